"""The fields of a paper remittance, each with what is wrong beside it."""

from typing import Any

from django import template

register = template.Library()

LABELS = {
    "code": "Code",
    "day": "Day of service",
    "charge": "Billed",
    "allowed": "Allowed",
    "contract": "Written off by agreement, CO-45",
    "deductible": "Deductible, PR-1",
    "coinsurance": "Coinsurance, PR-2",
    "copay": "Copay, PR-3",
    "other": "Other reasons and remarks, like CO-97 20.00 N130",
    "paid": "Paid",
}
NOT_MONEY = ("code", "day", "other")


@register.inclusion_tag("remittances/_entry.html")
def entry(name: str, label: str, value: str, fault: str, judged: bool, kind: str, width: str, prefix: str = "") -> dict[str, Any]:
    """One field with its label; what is wrong is told once the form was judged."""
    mark = f"check-{name}" if kind == "money" else ""
    return {
        "name": f"{prefix}{name}",
        "label": label,
        "value": value,
        "fault": fault if judged else "",
        "kind": kind,
        "width": width,
        "mark": mark,
    }


@register.inclusion_tag("remittances/_claimfields.html")
def claimfields(at: int, claim: Any, judged: bool, statuses: Any) -> dict[str, Any]:
    """Who the claim is of."""
    return {"prefix": f"c{at}-", "claim": claim, "judged": judged, "statuses": statuses}


@register.inclusion_tag("remittances/_linefields.html")
def linefields(at: int, number: int, line: Any, judged: bool) -> dict[str, Any]:
    """One line's row."""
    fields = [
        {
            "name": name,
            "label": label,
            "short": label.partition(",")[0],
            "value": line.typed.get(name, ""),
            "fault": line.fault.get(name, "") if judged else "",
            "money": name not in NOT_MONEY,
        }
        for name, label in LABELS.items()
    ]
    return {"prefix": f"c{at}-{number}-", "fields": fields, "control": line.control}
