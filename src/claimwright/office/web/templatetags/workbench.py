"""How the workbench writes money, dates, ages and names; the rail; forms; lists in pages."""

import json
import re
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from claimwright.codesets import icd10cm, procedures, reference
from claimwright.effective import age_on
from claimwright.money import dollars
from claimwright.office.clock import today
from claimwright.office.reports import counts, patients
from claimwright.office.web.access import BILLING, CODING, DESK, EVERYONE, LEAD

register = template.Library()

RAIL = (
    ("today", "Today", EVERYONE),
    ("schedule", "Schedule", DESK),
    ("patients", "Patients", EVERYONE),
    ("coding", "Coding", CODING),
    ("claims", "Claims", CODING),
    ("remittances", "Remittances", BILLING),
    ("denials", "Denials", BILLING),
    ("statements", "Statements", DESK),
    ("reports", "Reports", BILLING),
    ("settings", "Settings", LEAD),
)


@register.filter
def money(amount: int | None) -> str:
    """Cents as $1,234.50; a true minus sign; nothing known is a dash."""
    if amount is None or amount == "":
        return "–"
    return f"−${dollars(-amount)}" if amount < 0 else f"${dollars(amount)}"


@register.filter
def some(amount: int | None) -> str:
    """Money where zero means nothing: a dash."""
    return money(amount) if amount else "–"


@register.filter
def day(on: date | datetime | str | None) -> str:
    """Mon 2 Nov 2026."""
    if not on:
        return "–"
    if isinstance(on, str):
        on = date.fromisoformat(on)
    return f"{on:%a} {on.day} {on:%b %Y}"


ISO_DATE = re.compile(r"\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b")


@register.filter
def spoken(text: str | None) -> str:
    """A sentence of the core or of the records, its dates as people say them."""
    return ISO_DATE.sub(lambda found: day(found[0]), str(text or ""))


@register.filter
def moment(at: datetime | None) -> str:
    """Mon 2 Nov 2026, 09:40."""
    return f"{day(localtime(at))}, {localtime(at):%H:%M}" if at else "–"


@register.filter
def ago(on: date | None) -> str:
    """How old: 3 d; a day to come: in 3 d."""
    if not on:
        return "–"
    days = (today() - on).days
    return f"{days} d" if days >= 0 else f"in {-days} d"


@register.filter
def until(on: date | None) -> str:
    """How long is left: in 12 d, today, 3 d ago."""
    if not on:
        return "–"
    days = (on - today()).days
    return "today" if days == 0 else f"in {days} d" if days > 0 else f"{-days} d ago"


@register.filter
def years(birth: date | None) -> str:
    """Age in completed years."""
    return f"{age_on(birth, today())}" if birth else "–"


@register.filter
def sex(letter: str) -> str:
    """The word for the 837's letter."""
    return {"F": "female", "M": "male"}.get(letter, "unknown")


@register.filter
def phone(digits: str) -> str:
    """(555) 010-2000."""
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else digits


@register.filter
def zipcode(digits: str) -> str:
    """43098-1204."""
    return f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else digits


@register.filter
def percent(rate: float | None) -> str:
    """A fraction as 12.5%."""
    return "–" if rate is None else f"{float(rate) * 100:.1f}%"


@register.simple_tag
def part(count: int, of: int) -> str:
    """A share in whole percent; all but one of many is not 100%."""
    return f"{100 * count // of}%" if of else "–"


@register.filter
def units(count: Any) -> str:
    """Units without trailing zeros."""
    return f"{float(count):g}"


@register.filter
def carc(code: str) -> str:
    """A claim adjustment reason in our words."""
    known = reference.carc(code)
    return known.text if known else "Reason not in the tables"


@register.filter
def rarc(code: str) -> str:
    """A remittance advice remark in our words."""
    known = reference.rarc(code)
    return known.text if known else ""


@register.filter
def negative(amount: int) -> int:
    """The other sign: a provider-level adjustment lowers the payment."""
    return -amount


ACCOUNTS = {
    "insurance_ar": "insurance receivable",
    "patient_ar": "patient receivable",
    "contractual": "contractual adjustment",
    "write_off": "written off",
    "unapplied": "held for patients",
    "payer_balance": "owed back to payers",
    "refunds_due": "refunds approved, not yet paid out",
    "interest": "interest from payers",
    "capitation": "capitation",
    "other_income": "other payments of payers",
    "withheld": "withheld by payers",
    "payer_charges": "fees and penalties of payers",
}


TABLES = {
    "ncci": "NCCI: codes not paid together",
    "mue": "MUE: most units a day",
    "addons": "Add-on codes",
    "global days": "Days of follow-up included",
}


@register.filter
def table_name(name: str) -> str:
    """A code table as people say it."""
    return TABLES.get(name, f"{name[:1].upper()}{name[1:]}")


@register.filter
def words(name: str) -> str:
    """A ledger account or event kind as people say it."""
    return ACCOUNTS.get(name, name.replace("_", " "))


@register.filter
def procedure_label(code: str, on: date | None = None) -> str:
    """Our own label for a procedure code."""
    known = procedures.procedure(code, on or today())
    return known.label if known else ""


@register.filter
def diagnosis_label(code: str, on: date | None = None) -> str:
    """The ICD-10-CM description."""
    known = icd10cm.lookup(code, on or today())
    return known.description if known else ""


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """A value by key."""
    return mapping.get(key)


@register.filter
def benefits(check: Any) -> list[dict[str, str]]:
    """A 271's benefits in plain rows."""
    return patients.benefits(check)


@register.filter
def eligibility_summary(check: Any) -> dict[str, str]:
    """Copay, deductible left, coinsurance, out-of-pocket left."""
    return patients.summary(check)


@register.inclusion_tag("parts/rail.html", takes_context=True)
def rail(context: Context) -> dict[str, Any]:
    """The journey, top to bottom, with what waits for this role."""
    request = context["request"]
    role = getattr(request, "role", "")
    waiting = counts.waiting(request.practice, role, today()) if role else {}
    here = request.path.strip("/").split("/")[0] or "today"
    entries = [(name, label, waiting.get(name), name == here) for name, label, allowed in RAIL if role in allowed]
    return {"entries": entries}


@register.simple_tag(takes_context=True)
def address(context: Context, **changes: Any) -> str:
    """This page's address with some words of its query changed (None takes one out)."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def refusal(context: Context, at: str, pk: int | None = None) -> SafeString | str:
    """Why the action here could not be done, once, beside it; with what was typed, which its form takes up again."""
    at = at if pk is None else f"{at}-{pk}"
    kept = context["request"].session.get("refused", {})
    if at not in kept:
        return ""
    refused = kept.pop(at)
    context["request"].session["refused"] = kept
    form = json.dumps({name: refused[name] for name in ("action", "field", "typed")})
    return format_html('<p class="refusal" role="alert" data-refused="{}">{}</p>', form, spoken(refused["words"]))


@register.inclusion_tag("parts/field.html")
def field(bound: Any, hint: str = "", wide: bool = False) -> dict[str, Any]:
    """A form field: label, control, hint and errors, tied together."""
    described = " ".join(
        name
        for name, held in ((f"{bound.id_for_label}-hint", hint or bound.help_text), (f"{bound.id_for_label}-error", bound.errors))
        if held
    )
    attributes = {"aria-describedby": described} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "hint": hint or bound.help_text, "wide": wide}


@register.inclusion_tag("parts/pager.html", takes_context=True)
def pager(context: Context, rows: Any) -> dict[str, Any]:
    """Which part of the list this is."""
    return {"rows": rows, "request": context["request"]}
