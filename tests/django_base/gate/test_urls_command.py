"""``manage.py backstory_urls`` says of each URL whom it lets in."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.urls("gatehouse.front")


def printed(*arguments):
    out = StringIO()
    call_command("backstory_urls", *arguments, stdout=out)
    return out.getvalue()


def test_each_url_is_listed_with_who_may_see_it():
    """A page that a person reads before a release."""
    text = printed()

    assert "/forgotten/<int:key>/\n    REFUSED: no declaration covers it" in text
    assert "takes RequiresStaff · accepts_any (one of them is for staff)" in text
    assert "public (a page of a vendor's)" in text
    assert "declared in gatehouse.front" in text
    assert "gatehouse/views.py:" in text


def test_as_json_it_is_for_programs():
    """All that the text says."""
    urls = {each["url"]: each for each in json.loads(printed("--json"))}

    assert urls["/inner/"]["relaxed"]["any_member"] == "everybody who works here reads them"
    assert urls["/page/"]["relaxed"] == {"public": "a test"}
    assert urls["/page/"]["declared_in"] == ""
    assert urls["/nameless/"]["is_refused"]


def test_a_build_can_fail_on_what_is_refused():
    """As with models that are not captured."""
    with pytest.raises(CommandError, match="/async/forgotten/"):
        printed("--check")


def test_the_views_of_errors_are_listed_too():
    """They answer without a gate, so somebody should look at them."""
    assert "handler404\n    answers errors" in printed("--urlconf", "gatehouse.every")


def test_another_urlconf_can_be_listed():
    """Of tenants, or of an API on another host."""
    assert "/other/page/" in printed("--urlconf", "gatehouse.switching")
