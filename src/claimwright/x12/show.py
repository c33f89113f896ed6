"""The typed content of any X12 file, a row a claim, payment claim, benefit, inquiry or answer, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from claimwright.money import dollars
from claimwright.x12.acknowledgement import read_277ca, read_999, read_ta1
from claimwright.x12.claim_reading import read_claims
from claimwright.x12.eligibility import read_270, read_271
from claimwright.x12.located import table_for, value
from claimwright.x12.remittance import read_remittances
from claimwright.x12.sniff import kind_of_set
from claimwright.x12.tokens import Segment, Tokens

Row = dict[str, Any]


def show(content: bytes) -> Iterator[Row]:
    """Every typed object of a file as a row of plain values, kind by kind; what has no typed form comes as segments."""
    kinds = _kinds(content)
    silent = False
    for kind, make in _TYPED:
        if kind in kinds:
            shown = 0
            for row in make(content):
                shown += 1
                yield row
            silent = silent or not shown
    if "segments" in kinds or not kinds or silent:
        yield from _segments(content, everything=silent)


def _kinds(content: bytes) -> set[str]:
    """What a file holds, set by set."""
    kinds: set[str] = set()
    group: Segment = []
    for segment in Tokens(content):
        if segment[0] == "GS":
            group = segment
        elif segment[0] == "TA1":
            kinds.add("TA1")
        elif segment[0] == "ST":
            set_id, version = value(segment, 1), value(segment, 3) or value(group, 8)
            kind = kind_of_set(set_id, version)
            typed = table_for(set_id, version) and kind in _TYPED_KINDS
            kinds.add(("837" if kind.startswith("837") else kind) if typed else "segments")
    return kinds


def _plain(value_: Any) -> Any:
    return msgspec.to_builtins(value_)


def _claims(content: bytes) -> Iterator[Row]:
    for one in read_claims(content):
        row: Row = {"kind": "claim", "transaction": one.transaction, "control_number": one.patient_control_number}
        row |= {"line": one.first_line, "batch": one.batch, "interchange": one.interchange, "set": one.set_control}
        if one.claim is not None:
            row["claim"] = _plain(one.claim)
        if one.findings:
            row["findings"] = _plain(one.findings)
        yield row


def _payments(content: bytes) -> Iterator[Row]:
    for one in read_remittances(content):
        remit = one.remittance
        if remit is None:
            yield {"kind": "payment", "line": one.first_line, "findings": _plain(one.findings)}
            continue
        head = _plain(remit)
        claims, adjustments = head.pop("claims", []), head.pop("provider_adjustments", [])
        row = {
            "kind": "payment",
            "control_number": remit.trace,
            "line": one.first_line,
            "balanced": remit.balanced,
            "payment": head,
        }
        if one.findings:
            row["findings"] = _plain(one.findings)
        yield row
        for claim, typed in zip(claims, remit.claims, strict=True):
            yield {
                "kind": "payment claim",
                "control_number": typed.patient_control_number,
                "trace": remit.trace,
                "balanced": typed.balanced,
                "claim": claim,
            }
        for adjustment in adjustments:
            yield {"kind": "provider adjustment", "control_number": remit.trace, "adjustment": adjustment}


def _inquiries(content: bytes) -> Iterator[Row]:
    for one in read_270(content):
        yield {"kind": "inquiry", "control_number": one.trace, "inquiry": _plain(one)}


def _benefits(content: bytes) -> Iterator[Row]:
    for one in read_271(content):
        head = _plain(one)
        benefits = head.pop("benefits", [])
        yield {"kind": "eligibility", "control_number": one.trace, "active": one.active, "answer": head}
        for benefit in benefits:
            yield {"kind": "benefit", "control_number": one.trace, "benefit": benefit}


def _functional(content: bytes) -> Iterator[Row]:
    for one in read_999(content):
        yield {"kind": "acknowledgement", "control_number": one.group_control, "acknowledgement": _plain(one)}


def _statuses(content: bytes) -> Iterator[Row]:
    for one in read_277ca(content):
        for ack in one.acks:
            yield {"kind": "status", "control_number": ack.patient_control_number, "batch": one.batch, "status": _plain(ack)}
        if not one.acks:
            head = _plain(one)
            yield {"kind": "batch status", "control_number": one.batch, "status": head}


def _interchanges(content: bytes) -> Iterator[Row]:
    for one in read_ta1(content):
        yield {"kind": "interchange acknowledgement", "control_number": one.interchange, "acknowledgement": _plain(one)}


def _segments(content: bytes, everything: bool = False) -> Iterator[Row]:
    """Segments of the sets that have no typed form; of everything, where a file is too broken to have any."""
    tokens = Tokens(content)
    typed, group, control = False, list[str](), ""
    for segment in tokens:
        if segment[0] == "GS":
            group, typed = segment, False
        elif segment[0] == "ST":
            set_id, version = value(segment, 1), value(segment, 3) or value(group, 8)
            typed = bool(table_for(set_id, version)) and kind_of_set(set_id, version) in _TYPED_KINDS
            control = value(segment, 2)
        elif segment[0] in ("GE", "IEA", "ISA"):
            typed, control = False, ""
        if everything or not typed:
            yield {"kind": "segment", "control_number": control, "line": tokens.line, "segment": segment}


_TYPED: tuple[tuple[str, Callable[[bytes], Iterator[Row]]], ...] = (
    ("TA1", _interchanges),
    ("837", _claims),
    ("835", _payments),
    ("270", _inquiries),
    ("271", _benefits),
    ("999", _functional),
    ("277CA", _statuses),
)
_TYPED_KINDS = frozenset({"837P", "837I", "837D", "835", "270", "271", "999", "277CA"})


# For people ----------------------------------------------------------------------------------------------------------


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
    return f"{dollars(claim['charge'])} to {claim['payer']['name']}; {lines}; dx {codes}"


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
    return f"status {claim['status']}: paid {dollars(claim['paid'])} of {dollars(claim['charge'])}, patient {share}; {lines}"


def _benefit_gist(row: Row) -> str:
    one = row["benefit"]
    parts = [f"EB {one['information']}", one.get("coverage_level", ""), " ".join(one.get("service_types", ()))]
    parts += [one.get("plan_name", ""), dollars(one["amount"]) if one.get("amount") is not None else ""]
    parts += [f"{one['percent']}" if one.get("percent") is not None else "", one.get("message", "")]
    return " ".join(part for part in parts if part)


def _eligibility_gist(row: Row) -> str:
    refused = ", ".join(one["reason"] for one in row["answer"].get("rejections", ()))
    said = f"refused: {refused}" if refused else "active" if row["active"] else "not active"
    return f"{said}, {row['answer']['payer']['name']}, on {row['answer']['on']}"


def _status_gist(row: Row) -> str:
    one = row["status"]
    return f"{'accepted' if one['accepted'] else 'refused'} {one['category']}:{one['status']} {dollars(one.get('charge', 0))}"


def _ack_gist(row: Row) -> str:
    one = row["acknowledgement"]
    refused = " ".join(each["set_control"] for each in one.get("sets", ()) if not each["accepted"])
    return f"{one['code']}: {one['accepted']} of {one['included']} sets accepted{'; refused ' + refused if refused else ''}"


_GISTS: dict[str, Callable[[Row], str]] = {
    "claim": _claim_gist,
    "payment": _payment_gist,
    "payment claim": _payment_claim_gist,
    "provider adjustment": lambda row: f"{row['adjustment']['reason']} {dollars(row['adjustment']['amount'])}",
    "inquiry": lambda row: f"to {row['inquiry']['payer']['name']}, on {row['inquiry']['on']}",
    "eligibility": _eligibility_gist,
    "benefit": _benefit_gist,
    "status": _status_gist,
    "acknowledgement": _ack_gist,
    "interchange acknowledgement": lambda row: (
        f"{row['acknowledgement'].get('code', 'A')} {row['acknowledgement'].get('note', '000')}"
    ),
}
