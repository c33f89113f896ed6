"""What `show` says of each row to people: one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from claimwright.money import dollars

Row = dict[str, Any]


def sentences(rows: Iterable[Row]) -> Iterator[tuple[str, str, str]]:
    """Each row in three columns: what it is, its control number, and the gist."""
    for row in rows:
        gist = _GISTS.get(row["kind"])
        if row["kind"] == "segment":
            yield "segment", str(row["line"]), " ".join(part or "·" for part in row["segment"])[:200]
        elif gist and not row.get("findings"):
            yield row["kind"], row["control_number"], gist(row)
        else:
            said = " ".join(one["message"] for one in row.get("findings", ())) or "read"
            yield row["kind"], row.get("control_number", ""), said


def _claim_gist(row: Row) -> str:
    claim = row["claim"]
    lines = ", ".join(
        f"{line.get('procedure') or line.get('revenue_code', '')} {dollars(line['charge'])}" for line in claim["lines"]
    )
    codes = " ".join(one["code"] for one in claim["diagnoses"])
    return f"{dollars(claim['charge'])} to {claim['payer']['name']}; {lines}{'; dx ' + codes if codes else ''}"


def _payment_gist(row: Row) -> str:
    paid = row["payment"]
    balance = "balanced" if row["balanced"] else "does not balance"
    return f"{dollars(paid['paid'])} {paid.get('method', 'ACH')} on {paid['paid_on']} from {paid['payer']['name']}; {balance}"


def _payment_claim_gist(row: Row) -> str:
    claim = row["claim"]
    lines = ", ".join(
        f"{line['procedure']} {dollars(line['paid'])} of {dollars(line['charge'])}" for line in claim.get("lines", ())
    )
    share = dollars(claim.get("patient_share", 0))
    said = _CLAIMS.get(claim["status"], f"status {claim['status']}")
    money = f"paid {dollars(claim['paid'])} of {dollars(claim['charge'])}, patient's part {share}"
    return f"{said}: {money}{'; ' + lines if lines else ''}"


def _adjustment_gist(row: Row) -> str:
    one = row["adjustment"]
    what = "taken from" if one["amount"] > 0 else "added to"
    about = f", reference {one['reference']}" if one.get("reference") else ""
    return f"{one['reason']}: {dollars(abs(one['amount']))} {what} the payment{about}"


def _benefit_gist(row: Row) -> str:
    one = row["benefit"]
    said = [_BENEFITS.get(one["information"], f"EB {one['information']}")]
    if one.get("amount") is not None:
        said.append(dollars(one["amount"]))
    if one.get("percent") is not None:
        said.append(f"{(Decimal(one['percent']) * 100).normalize():f}%")
    said += [
        _PERIODS.get(one.get("period", ""), ""),
        {"FAM": "family", "IND": "individual"}.get(one.get("coverage_level", ""), ""),
    ]
    services = " ".join(one.get("service_types", ()))
    said += [
        f"service types {services}" if services else "",
        {"Y": "in network", "N": "out of network"}.get(one.get("in_network", ""), ""),
    ]
    said += [one.get("plan_name", ""), one.get("message", "")]
    return ", ".join(part for part in said if part)


def _eligibility_gist(row: Row) -> str:
    answer = row["answer"]
    refused = ", ".join(one["reason"] for one in answer.get("rejections", ()))
    said = f"refused: {refused}" if refused else "active" if row["active"] else "not active"
    return f"{said} with {answer['payer']['name']} on {answer['on']}"


def _inquiry_gist(row: Row) -> str:
    one = row["inquiry"]
    services = " ".join(one.get("service_types", ("30",)))
    return f"is the patient covered by {one['payer']['name']} on {one['on']}? service types {services}"


def _status_gist(row: Row) -> str:
    one = row["status"]
    said = "accepted" if one["accepted"] else "refused"
    number = f", payer's number {one['payer_control_number']}" if one.get("payer_control_number") else ""
    return f"{said} with {one['category']}:{one['status']}, charge {dollars(one.get('charge', 0))}{number}"


def _batch_gist(row: Row) -> str:
    one = row["status"]
    return f"{one['payer']['name']} says nothing of single claims"


def _status_inquiry_gist(row: Row) -> str:
    one = row["inquiry"]
    charge = f" of {dollars(one['charge'])}" if one.get("charge") is not None else ""
    return f"where does the claim{charge}{_on(one)} stand? asked of {one['payer']['name']}"


def _claim_status_gist(row: Row) -> str:
    one = row["answer"]
    head = (one.get("statuses") or [{}])[0]
    codes = " ".join(f"{code['category']}:{code['code']}" for each in one.get("statuses", ()) for code in each["codes"])
    category = row["category"]
    said = _CATEGORIES.get(category) or _CATEGORIES.get(category[:1], "status")
    if head.get("paid") is not None and head.get("charge") is not None:
        said += f", {dollars(head['paid'])} of {dollars(head['charge'])}"
    elif head.get("charge") is not None:
        said += f", charge {dollars(head['charge'])}"
    if head.get("paid_on"):
        said += f", on {head['paid_on']}" + (f" by {head['check_number']}" if head.get("check_number") else "")
    return f"{said} ({codes}), {one['payer']['name']}"


def _review_request_gist(row: Row) -> str:
    one = row["request"]
    what = _REVIEWS.get(one.get("category", "HS"), "review")
    return f"{what} asked of {one['umo']['name']}{_on(one)}: {_services(one) or 'no single service'}"


def _review_gist(row: Row) -> str:
    one = row["answer"]
    decision = one.get("decision")
    if decision is None:
        refused = ", ".join(each["reason"] for each in one.get("rejections", ()))
        return f"rejected by {one['umo']['name']}: {refused}" if refused else f"no decision by {one['umo']['name']}"
    said = _ACTIONS.get(decision["action"], decision["action"])
    number = f", number {decision['certification_number']}" if decision.get("certification_number") else ""
    until = f", until {one['expires']}" if one.get("expires") else ""
    services = _services(one)
    return f"{said} by {one['umo']['name']}{number}{until}{'; ' + services if services else ''}"


def _services(one: Row) -> str:
    """Services with their units and, in an answer, their own decisions."""
    listed = []
    for each in one.get("services", ()):
        units = f" x {each['units']}" if each.get("units") else ""
        action = (each.get("decision") or {}).get("action", "")
        decided = f" {_ACTIONS.get(action, action)}" if action else ""
        listed.append(f"{each.get('procedure') or each.get('revenue_code', '')}{units}{decided}")
    return ", ".join(listed)


def _on(one: Row) -> str:
    return f" for {one['first_service']}" if one.get("first_service") else ""


def _ack_gist(row: Row) -> str:
    one = row["acknowledgement"]
    refused = " ".join(each["set_control"] for each in one.get("sets", ()) if not each["accepted"])
    said = {"A": "accepted", "E": "accepted with errors", "P": "accepted in part"}.get(one["code"], "refused")
    return f"{said}: {one['accepted']} of {one['included']} sets{'; refused: ' + refused if refused else ''}"


def _interchange_gist(row: Row) -> str:
    one = row["acknowledgement"]
    note = one.get("note", "000")
    said = {"A": "accepted", "E": "accepted with errors"}.get(one.get("code", "A"), "refused")
    return said if note == "000" else f"{said}, note {note}"


_CLAIMS = {
    "1": "decided as primary", "2": "decided as secondary", "3": "decided as tertiary", "4": "denied", "22": "reversed",
    "19": "decided as primary and forwarded", "20": "decided as secondary and forwarded", "25": "predetermined, nothing paid",
}  # fmt: skip
_BENEFITS = {
    "1": "active", "2": "active, full risk", "3": "active, capitated", "4": "active, under another", "5": "active, pending",
    "6": "inactive", "A": "coinsurance", "B": "copay", "C": "deductible", "D": "benefit", "E": "exclusions", "F": "limit",
    "G": "out-of-pocket maximum", "I": "not covered", "L": "primary care provider", "R": "other payer", "V": "cannot be told",
}  # fmt: skip
_PERIODS = {"23": "a calendar year", "29": "left", "27": "a visit", "7": "a day", "25": "under this contract", "32": "a lifetime"}
_CATEGORIES = {
    "A4": "not found", "A": "acknowledged", "P": "pending", "F0": "finished", "F1": "paid", "F2": "denied", "F3": "revised",
    "F4": "finished, no payment to come", "F": "finished", "R": "more is wanted", "D": "not found by what was asked",
    "E": "the question could not be answered",
}  # fmt: skip
_REVIEWS = {"AR": "admission review", "HS": "services review", "SC": "specialty care review", "IN": "review"}
_ACTIONS = {
    "A1": "certified", "A2": "certified in part", "A3": "not certified", "A4": "pended", "A6": "certified with changes",
    "C": "cancelled", "CT": "to be asked by telephone", "NA": "no certification needed",
}  # fmt: skip
_GISTS: dict[str, Callable[[Row], str]] = {
    "claim": _claim_gist,
    "payment": _payment_gist,
    "payment claim": _payment_claim_gist,
    "provider adjustment": _adjustment_gist,
    "inquiry": _inquiry_gist,
    "eligibility": _eligibility_gist,
    "benefit": _benefit_gist,
    "status": _status_gist,
    "batch status": _batch_gist,
    "status inquiry": _status_inquiry_gist,
    "claim status": _claim_status_gist,
    "review request": _review_request_gist,
    "review": _review_gist,
    "acknowledgement": _ack_gist,
    "interchange acknowledgement": _interchange_gist,
}
