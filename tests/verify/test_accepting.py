"""``backstory verify accept``: what nobody can mend is a decision, and no alarm for ever."""

import json
from collections.abc import Callable

from click.testing import CliRunner, Result

from infra.cli import main
from tests.consumers.observing import rows
from tests.verify.conftest import Verify, Write, behind_its_back
from tests.verify.test_verify import A_ROW

Run = Callable[..., Result]
LOSE_ONE = f"DELETE FROM history.events WHERE id = {A_ROW}"
ACCEPT = ("accept", "--source", "cap", "--actor", "ann", "--reason", "no copy exists", "--window")


def test_accepted_loss_is_named_and_ends_with_0(
    run: Run, write: Write, verify: Verify, history: str
):
    """Who accepted it and why stays in every report; an alarm that never ends is no alarm."""
    write(2)
    write(4)
    write(2)
    behind_its_back(history, LOSE_ONE)
    assert verify()["windows"] == {"proved": 2, "incomplete": 1}

    done = run(*ACCEPT, "1-9")

    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("accepted: cap window 2 (20")
    (kept,) = rows(history, "SELECT kind, actor, reason, facts FROM history.decisions")
    assert kept[:3] == ("fault accepted", "ann", "no copy exists")
    assert (kept[3]["source"], kept[3]["windows"], kept[3]["missing_events"]) == ("cap", [2], 1)
    for words, windows in (((), {}), (("--all",), {"proved": 2, "accepted": 1})):
        report = verify(*words)
        assert (report["verdict"], report["windows"], report["findings"]) == (
            "complete but for what was accepted",
            windows,
            [],
        )
        (accepted,) = report["accepted"]
        assert (accepted["first_window"], accepted["missing_events"]) == (2, 1)
    page = run().stdout
    assert "is COMPLETE BUT FOR WHAT WAS ACCEPTED." in page
    assert "accepted  cap window 2, 1 events missing: decision 1 of ann at 20" in page
    assert "decisions 1 fault accepted" in page


def test_accepted_window_that_changes_again_is_told_anew(
    run: Run, write: Write, verify: Verify, history: str
):
    """One loss was accepted, not every loss of that window; the next is a decision of its own."""
    write(2)
    write(4)
    behind_its_back(history, LOSE_ONE)
    verify()
    assert run(*ACCEPT, "2").exit_code == 0
    behind_its_back(history, LOSE_ONE)

    for report in (verify("--all"), verify()):
        assert (report["windows"]["incomplete"], report["accepted"]) == (1, [])
        assert "not what was accepted by decision 1" in report["findings"][0]

    assert run(*ACCEPT, "2").exit_code == 0
    assert verify("--all")["windows"] == {"proved": 1, "accepted": 1}
    assert rows(history, "SELECT count(*) FROM history.decisions") == [(2,)]


def test_untold_windows_are_accepted_with_and_without_the_ledger(
    run: Run, write: Write, verify: Verify, history: str, app_url: str
):
    """Who decides may know the application's ledger, and who watches may not."""
    for _ in range(3):
        write(1)
    for number in ("1", "2"):
        for drop in (
            "DELETE FROM history.events WHERE type = 'relay.window' AND object_id = %s",
            "DELETE FROM history.events WHERE ledger_window = %s::bigint",
        ):
            behind_its_back(history, drop, number)
    assert verify(BACKSTORY_APP_URL=app_url)["windows"] == {"untold": 2, "proved": 1}

    assert run(*ACCEPT, "1-2", BACKSTORY_APP_URL=app_url).exit_code == 0

    assert verify("--all", BACKSTORY_APP_URL=app_url)["windows"] == {"accepted": 2, "proved": 1}
    assert verify("--all")["windows"] == {"accepted": 2, "proved": 1}


def test_only_what_is_at_fault_can_be_accepted_and_not_without_a_reason(
    run: Run, write: Write, verify: Verify, history: str, env: dict[str, str]
):
    """Nobody accepts in advance, nor by a slip of the keyboard."""
    write(2)
    write(4)
    behind_its_back(history, LOSE_ONE)
    assert "`backstory verify` says which are" in run(*ACCEPT, "2").output  # nobody looked yet
    verify()

    for words in ((*ACCEPT, "1"), (*ACCEPT, "3-9"), (*ACCEPT, "2", "--reason", "")):
        assert run(*words).exit_code == 1, words
    for words in ((*ACCEPT, "x"), ("accept", "--source", "cap", "--window", "2")):
        assert run(*words).exit_code == 2, words

    assert rows(history, "SELECT count(*) FROM history.decisions") == [(0,)]
    assert (
        json.loads(CliRunner().invoke(main, ["verify", "--lag", "0", "--json"], env=env).stdout)[
            "windows"
        ]["incomplete"]
        == 1
    )
