"""The rules of the documentation are rules that work."""

import re
from pathlib import Path

from consumers import Judge, MemoryPast, RuleBook, Templates
from schemas import ModelDeleted, raw
from tests.factories import an_event

PAGE = Path(__file__).parents[2] / "docs" / "notifications.md"


def test_the_rules_of_the_page_say_what_it_says():
    """Copied as they stand."""
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    module: dict = {}
    exec(block, module)  # noqa: S102  (our own page)
    changed = an_event()
    gone = an_event(ModelDeleted(before={"name": raw('"A"')}), subject="captable.Company/3")
    judge = Judge(
        RuleBook(module["rules"].all), Templates(), MemoryPast([changed]), now=lambda: changed.time
    )

    told = judge.judge(changed).deliveries
    assert [each.target.address for each in told] == ["#cap-table", "#3-owners"]
    assert told[0].content["text"] == "captable.Certificate/7: sold to Bo (1 changes before)"
    (alarm,) = judge.judge(gone).deliveries
    assert (alarm.target.address, alarm.title) == (
        "legal@example.com",
        "captable.Company/3 was deleted",
    )
