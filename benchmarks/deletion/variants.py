"""Ways to delete, and to bring back, the same three generations."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType

from benchmarks.project import present_variants, variant_module

CHILDREN, GRANDCHILDREN = 10, 3
ONE_BY_ONE = 50


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A way to delete.

    Attributes:
        app: the folder under ``variants/``.
        restore: brings the last deletion back; None when nothing can be.
        part: it writes row by row, so it is given one root of so many, and what it took is
            multiplied.
    """

    name: str
    app: str
    restore: Callable[[ModuleType], None] | None = None
    part: int = 1

    @property
    def models(self) -> ModuleType:
        return importlib.import_module(f"{variant_module(self.app)}.models")

    def roots_of(self, roots: int) -> int:
        """Return how many roots it is given of those the others get."""
        return max(1, roots // self.part)

    def delete(self) -> None:
        """Delete every root that is there."""
        self.models.Company.objects.all().delete()

    def bring_back(self) -> None:
        """Restore what was deleted last."""
        assert self.restore is not None
        self.restore(self.models)


def fill(models: ModuleType, roots: int) -> None:
    """Save roots with ten children of three children each."""
    companies = models.Company.objects.bulk_create(
        models.Company(name=f"Company {number}") for number in range(roots)
    )
    holders = models.Holder.objects.bulk_create(
        models.Holder(company=company, name=f"Holder {number}")
        for company in companies
        for number in range(CHILDREN)
    )
    models.Certificate.objects.bulk_create(
        models.Certificate(
            holder=holder, number=f"CS-{number}", status="active", shares=Decimal("12.5")
        )
        for holder in holders
        for number in range(GRANDCHILDREN)
    )


def _restore(models: ModuleType) -> None:
    models.Company.objects.all().restore()


def _undelete(models: ModuleType) -> None:
    models.Company.deleted_objects.all().undelete()


PHYSICAL = Variant(name="Django, physically", app="voids_plain")
BACKSTORY = Variant(name="backstory", app="voids_backstory", restore=_restore)
SAFEDELETE = Variant(name="safedelete", app="voids_safedelete", restore=_undelete, part=ONE_BY_ONE)


def present() -> tuple[Variant, ...]:
    """Return the variants whose package is installed."""
    apps = present_variants()
    return tuple(each for each in (PHYSICAL, BACKSTORY, SAFEDELETE) if each.app in apps)
