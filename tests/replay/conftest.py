"""What the tests of replay share with those of the persister: a migrated history, producing."""

from tests.consumers.conftest import history, produce

__all__ = ["history", "produce"]
