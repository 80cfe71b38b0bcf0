"""The traffic reads pages as a browser does."""

from infra.demo.traffic.cast import Markers, run_name
from infra.demo.traffic.forms import Page

PAGE = """
<header><form><input type="hidden" name="csrfmiddlewaretoken" value="t"></form></header>
<main><form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="t">
<input name="number" value="CS-1"><textarea name="notes">
two
lines</textarea>
<select name="holder"><option value="">-</option><option value="3" selected>Ines</option>
<option value="4">Jonas</option></select>
<input type="checkbox" name="legends" value="1" checked>
<input type="checkbox" name="legends" value="2">
<button name="preview" value="1">Check</button></form><a href="/companies/1/">Back</a></main>
"""


def test_fields_are_what_a_browser_would_send():
    """An edit that forgot a field would change it, and the ledger would not know."""
    page = Page(PAGE)

    assert page.fields == {
        "csrfmiddlewaretoken": ["t"],
        "number": ["CS-1"],
        "notes": ["two\nlines"],
        "holder": ["3"],
        "legends": ["1"],
    }
    assert {name: list(found) for name, found in page.options.items()} == {
        "holder": ["3", "4"],
        "legends": ["1", "2"],
    }
    assert page.links == ["/companies/1/"]
    assert page.token == "t"


def test_markers_are_never_the_same_twice():
    """Two runs on the same data must not write the same value: nothing would change then."""
    first, second = Markers(run_name(1_800_000_000)), Markers(run_name(1_800_000_010))

    made = [make() for each in (first, second) for make in (each.minute, each.price) * 3]

    assert len(set(made)) == len(made)
