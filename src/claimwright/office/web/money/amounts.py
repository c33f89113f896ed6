"""What the money forms send: amounts, days, numbers of rows."""

from datetime import date

from django.http import HttpRequest

from claimwright.money import Cents, cents
from claimwright.office.web.shell import refused_at


def amount_of(request: HttpRequest, at: str, name: str = "amount") -> Cents | None:
    """Dollars as a person types them; what cannot be read is told beside the form."""
    try:
        return cents(request.POST.get(name, "").strip().lstrip("$").replace(",", ""))
    except ValueError:
        refused_at(request, at, "Give the amount in dollars, like 25 or 25.50.", name)
        return None


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day, or nothing. Raises ValueError where it is no day."""
    said = request.POST.get(name, "").strip()
    return date.fromisoformat(said) if said else None


def chosen(request: HttpRequest, name: str = "row") -> list[int]:
    """The rows that were ticked."""
    return [int(pk) for pk in request.POST.getlist(name) if pk.isdigit()]
