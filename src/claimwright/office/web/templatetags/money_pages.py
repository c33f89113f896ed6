"""How the money pages write amounts into fields, days ahead, accounts, and the way from a balance to its entries."""

from datetime import date, timedelta

from django import template
from django.template import Context

from claimwright.ledger.chart import chart
from claimwright.money import dollars
from claimwright.office.records.models import User

register = template.Library()


@register.filter
def plain_dollars(amount: int) -> str:
    """Cents as they stand in a field: 1234.50."""
    return dollars(amount).replace(",", "")


@register.filter
def person(user: User | None) -> str:
    """Who it was; what nobody did by hand, the system did."""
    return (user.get_full_name() or user.username) if user else "the system"


@register.filter
def positive(number: int) -> int:
    """Without its sign."""
    return abs(number)


@register.filter
def plus_days(on: date, days: int) -> date:
    """So many days later."""
    return on + timedelta(days=days)


@register.filter
def account_name(account: str) -> str:
    """An account by its name in the chart."""
    return chart()[account].name if account in chart() else account


@register.simple_tag(takes_context=True)
def query_with(context: Context, name: str, value: str) -> str:
    """The query of this page with one word more and without how it was grouped."""
    query = context["request"].GET.copy()
    for word in ("page", "by"):
        query.pop(word, None)
    query[name] = value
    return f"?{query.urlencode()}"
