"""Where a mistake of somebody else's would let something out, nothing goes out."""

from consumers import HistorySink
from consumers.forward import MemoryProduct, Policy, tracked
from consumers.forward.consumer import Forwarding
from schemas import Event, ModelUpdated, PageViewed, raw
from tests.consumers.sink_contract import a_batch
from tests.factories import an_event


def test_a_masked_value_stays_though_its_name_is_allowed():
    """None comes this far; were there one, the setting would be the mistake."""
    change = ModelUpdated(
        before={}, after={"pin": raw('"1234"'), "shares": raw(2)}, masked=("pin",)
    )
    names = ("captable.Certificate.pin", "captable.Certificate.shares")
    policy = Policy(types=frozenset({"model.updated"}), salt=b"s", allowed=frozenset(names))

    leaving = tracked(an_event(change), policy)

    assert leaving.properties["after.shares"] == 2
    assert "1234" not in str(leaving)


def test_an_event_whose_consent_cannot_be_asked_stays(history: str):
    """A dead letter, to be retried when the function is mended; the others leave."""

    def consents(event: Event) -> bool:
        if event.sequence == doubtful.sequence:
            raise LookupError("no such person")
        return True

    doubtful, clear = (an_event(PageViewed(path="/", duration_ms=1.0)) for _ in range(2))
    product = MemoryProduct()
    policy = Policy(types=frozenset({"page.viewed"}), salt=b"s", consents=consents)
    sink = HistorySink(history, keep=Forwarding(product, policy))

    written = sink.write(a_batch([doubtful, clear]))
    sink.close()

    (letter,) = written.dead
    assert letter.reason == "asking for consent failed with LookupError: no such person"
    assert list(product.taken) == [clear.id]
