"""Amounts as people write them."""

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def shares(amount: Decimal | int | None) -> str:
    """1250000.0000 becomes 1,250,000; digits that say something stay."""
    return "" if amount is None else f"{Decimal(amount).normalize():,f}"
