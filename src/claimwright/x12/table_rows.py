"""What a file says as one flat table: a row a service line, payment, benefit, status or answer, always the same columns.

For spreadsheets and data frames. Amounts are Decimal with two places, days are dates; what a kind does not have is None.
`amount` of a row counts once: add `charge` and `paid` over lines, `payment_amount` over payments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
# Name and type of each column: text, whole, money, number (three places), date.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("kind", "text"), ("transaction", "text"), ("control_number", "text"), ("segment_line", "whole"), ("interchange", "text"),
    ("set", "text"), ("batch", "text"), ("trace", "text"), ("payer_id", "text"), ("payer_name", "text"), ("billing_npi", "text"),
    ("billing_name", "text"), ("rendering_npi", "text"), ("patient_last", "text"), ("patient_first", "text"),
    ("patient_birth", "date"), ("member_id", "text"), ("payer_control_number", "text"), ("status", "text"),
    ("frequency", "text"), ("place_of_service", "text"), ("bill_type", "text"), ("diagnoses", "text"),
    ("claim_charge", "money"), ("claim_paid", "money"), ("claim_patient_share", "money"), ("line_number", "whole"),
    ("line_control_number", "text"), ("procedure", "text"), ("modifiers", "text"), ("revenue_code", "text"),
    ("units", "number"), ("charge", "money"), ("paid", "money"), ("allowed", "money"), ("adjustments", "text"),
    ("remarks", "text"), ("first_service", "date"), ("last_service", "date"), ("payment_amount", "money"),
    ("payment_date", "date"), ("payment_method", "text"), ("amount", "money"), ("percent", "number"),
    ("service_types", "text"), ("coverage_level", "text"), ("message", "text"),
)  # fmt: skip
_TYPES = dict(COLUMNS)


def table_rows(shown: Iterable[Row]) -> Iterator[Row]:
    """The rows of `show`, flattened; every row has every column."""
    payment: Row = {}
    for row in shown:
        if row["kind"] == "payment":
            payment = row.get("payment", {})
        for flat in _FLAT.get(row["kind"], _other)(row, payment):
            common = {"kind": row["kind"], "control_number": row.get("control_number"), "segment_line": row.get("line")}
            common |= {name: row.get(name) for name in ("transaction", "interchange", "set", "batch", "trace")}
            said = " ".join(one["message"] for one in row.get("findings", ()))
            if said and not flat.get("message"):
                flat["message"] = said
            whole = common | {name: value for name, value in flat.items() if value not in (None, "")}
            yield {name: _typed(whole.get(name), kind) for name, kind in COLUMNS}


def _typed(value: Any, kind: str) -> Any:
    if value is None or value == "":
        return None
    if kind == "money":
        return Decimal(value).scaleb(-2)
    if kind == "number":
        return Decimal(str(value))
    if kind == "date":
        return date.fromisoformat(str(value)[:10])
    return int(value) if kind == "whole" else str(value)


def _listed(values: Iterable[Any] | None) -> str:
    return " ".join(str(one) for one in values or ())


def _adjusted(line: Row) -> str:
    """Group, reason and amount of each adjustment."""
    return "; ".join(
        f"{one['group']}-{one['reason']} {Decimal(one['amount']).scaleb(-2)}" for one in line.get("adjustments", ())
    )  # fmt: skip


def _line(number: int, line: Row) -> Row:
    """What claims' and payments' lines have in common."""
    names = ("procedure", "revenue_code", "units", "charge", "paid", "allowed", "first_service", "last_service")
    row = {name: line.get(name) for name in names}
    row |= {"line_number": line.get("number", number), "line_control_number": line.get("control_number")}
    row |= {"modifiers": _listed(line.get("modifiers")), "remarks": _listed(line.get("remarks")), "adjustments": _adjusted(line)}
    return row


def _person(person: Row | None) -> Row:
    person = person or {}
    return {"patient_last": person.get("last"), "patient_first": person.get("first"), "patient_birth": person.get("birth")}


def _payer(payer: Row | None) -> Row:
    return {"payer_id": (payer or {}).get("payer_id"), "payer_name": (payer or {}).get("name")}


def _provider(provider: Row | None) -> Row:
    return {"billing_npi": (provider or {}).get("npi"), "billing_name": (provider or {}).get("name")}


def _claim(row: Row, payment: Row) -> Iterator[Row]:
    claim = row.get("claim")
    if claim is None:
        yield {}
        return
    head = {**_payer(claim.get("payer")), **_provider(claim.get("billing")), **_person(claim.get("patient"))}
    head |= {name: claim.get(name) for name in ("frequency", "place_of_service", "bill_type", "payer_control_number")}
    head |= {"member_id": claim.get("insured", {}).get("member_id"), "claim_charge": claim.get("charge")}
    head |= {"rendering_npi": (claim.get("rendering") or {}).get("npi"), "frequency": claim.get("frequency", "1")}
    head |= {"diagnoses": _listed(one["code"] for one in claim.get("diagnoses", ()))}
    for number, line in enumerate(claim.get("lines", ()), 1):
        own = _line(number, {"units": "1", **line})
        if line.get("rendering"):
            own["rendering_npi"] = line["rendering"].get("npi")
        if line.get("place_of_service"):
            own["place_of_service"] = line["place_of_service"]
        yield head | own
    if not claim.get("lines"):
        yield head


def _payment(row: Row, payment: Row) -> Iterator[Row]:
    flat: Row = {
        **_payer(payment.get("payer")),
        "billing_npi": payment.get("payee_npi"),
        "billing_name": payment.get("payee_name"),
    }
    flat |= {"trace": payment.get("trace"), "payment_amount": payment.get("paid"), "payment_date": payment.get("paid_on")}
    yield flat | {"payment_method": payment.get("method", "ACH")} if payment else flat


def _payment_claim(row: Row, payment: Row) -> Iterator[Row]:
    claim = row["claim"]
    head = {**_payer(payment.get("payer")), "billing_npi": payment.get("payee_npi"), "billing_name": payment.get("payee_name")}
    head |= {name: claim.get(name) for name in ("status", "patient_last", "patient_first", "member_id", "payer_control_number")}
    head |= {
        name: claim.get(name) for name in ("rendering_npi", "frequency", "place_of_service", "first_service", "last_service")
    }
    head |= {"claim_charge": claim.get("charge"), "claim_paid": claim.get("paid", 0), "payment_date": payment.get("paid_on")}
    head |= {"claim_patient_share": claim.get("patient_share", 0), "remarks": _listed(claim.get("remarks"))}
    head |= {"payment_method": payment.get("method", "ACH")}
    for number, line in enumerate(claim.get("lines", ()), 1):
        own = {name: value for name, value in _line(number, {"units": "1", "paid": 0, **line}).items() if value not in (None, "")}
        yield head | own
    if not claim.get("lines"):
        yield head | {"adjustments": _adjusted(claim)}


def _provider_adjustment(row: Row, payment: Row) -> Iterator[Row]:
    one = row["adjustment"]
    flat = {**_payer(payment.get("payer")), "billing_npi": one.get("npi"), "trace": row.get("control_number")}
    yield flat | {"amount": one.get("amount"), "adjustments": one.get("reason"), "message": one.get("reference")}


def _benefit(row: Row, payment: Row) -> Iterator[Row]:
    one = row["benefit"]
    flat = {"status": one.get("information"), "amount": one.get("amount"), "percent": one.get("percent")}
    flat |= {"service_types": _listed(one.get("service_types")), "coverage_level": one.get("coverage_level")}
    yield flat | {"message": " ".join(text for text in (one.get("plan_name"), one.get("message")) if text)}


def _asked_or_answered(row: Row, payment: Row) -> Iterator[Row]:
    """An inquiry, eligibility, status or review: payer, provider, patient, number and amount, by the names they share."""
    one: Row = next((row[name] for name in ("inquiry", "answer", "status", "request") if isinstance(row.get(name), dict)), {})
    patient = one.get("patient") or one.get("dependent") or one.get("subscriber")
    flat = {**_payer(one.get("payer") or one.get("umo")), **_provider(one.get("provider") or one.get("requester"))}
    flat |= _person(patient) if patient else {name: one.get(name) for name in ("patient_last", "patient_first")}
    flat |= {"member_id": one.get("member_id") or (one.get("insured") or {}).get("member_id")}
    flat |= {name: one.get(name) for name in ("payer_control_number", "first_service", "last_service", "trace")}
    flat |= {"claim_charge": one.get("charge"), "service_types": _listed(one.get("service_types"))}
    codes = [code for status in one.get("statuses", ()) for code in status.get("codes", ())] or [one]
    said = [f"{code['category']}:{code.get('code', code.get('status', ''))}" for code in codes if code.get("category")]
    refused = [f"AAA {each['reason']}" for each in one.get("rejections", ())]
    active = {True: "active", False: "not active"}.get(row.get("active", ""))
    yield flat | {
        "status": " ".join(refused or said) or active,
        "claim_paid": next((s["paid"] for s in one.get("statuses", ()) if "paid" in s), None),
    }


def _answered_group(row: Row, payment: Row) -> Iterator[Row]:
    ack = row["acknowledgement"]
    yield {"status": ack.get("code", "A"), "message": ack.get("note")}
    for one in ack.get("sets", ()):
        errors = " ".join(each["code"] for each in one.get("errors", ()))
        yield {"status": one.get("code", "A"), "set": one.get("set_control"), "transaction": one.get("set_id"), "message": errors}


def _segment(row: Row, payment: Row) -> Iterator[Row]:
    yield {"message": "*".join(row["segment"])}


def _other(row: Row, payment: Row) -> Iterator[Row]:
    yield from _asked_or_answered(row, payment)


_FLAT: dict[str, Callable[[Row, Row], Iterator[Row]]] = {
    "claim": _claim, "payment": _payment, "payment claim": _payment_claim, "provider adjustment": _provider_adjustment,
    "benefit": _benefit, "acknowledgement": _answered_group, "interchange acknowledgement": _answered_group, "segment": _segment,
}  # fmt: skip
