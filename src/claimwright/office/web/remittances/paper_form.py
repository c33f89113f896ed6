"""A paper remittance as it is keyed in: what was typed, what is wrong beside each field, and the claims once all adds up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec
from django.utils.datastructures import MultiValueDict

from claimwright.claims.model import Adjustment
from claimwright.money import Cents, cents, dollars
from claimwright.office.records.models import ClaimRecord
from claimwright.remits.model import ProviderAdjustment, RemitClaim, RemitLine

STATUSES = [("1", "Primary"), ("2", "Secondary"), ("3", "Tertiary"), ("4", "Denied"), ("22", "Takes back")]
USUAL = {"contract": ("CO", "45"), "deductible": ("PR", "1"), "coinsurance": ("PR", "2"), "copay": ("PR", "3")}
_OTHER = re.compile(r"([A-Z]{2})[- ]?([A-Z0-9]{1,5})[: ]+\(?(-?\$?[\d,]*\.?\d{1,2})\)?", re.ASCII)
_REMARK = re.compile(r"\b(?:MA?|N)\d{1,4}\b")
_LOWERS_PAYMENT_ONLY = frozenset({"253", "23", "104", "237"})
LINE_FIELDS = ("code", "day", "charge", "allowed", "paid", *USUAL, "other")
MOST = 60
"""Claims and lines that one paper may carry."""


class PaperLine(msgspec.Struct):
    """A line as typed; `fault` names what is wrong by field."""

    typed: dict[str, str]
    control: str = ""
    fault: dict[str, str] = msgspec.field(default_factory=dict)
    said: Any = None  # RemitLine


class PaperClaim(msgspec.Struct):
    """A claim as typed, with what we know of it if it is ours."""

    typed: dict[str, str]
    lines: list[PaperLine]
    ours: Any = None  # ClaimRecord
    fault: dict[str, str] = msgspec.field(default_factory=dict)

    @property
    def paid(self) -> Cents:
        """What its lines come to."""
        return sum(line.said.paid for line in self.lines if line.said)

    @property
    def charge(self) -> Cents:
        """What its lines were billed at."""
        return sum(line.said.charge for line in self.lines if line.said)


class Paper(msgspec.Struct):
    """Everything typed, read and judged."""

    typed: dict[str, str]
    claims: list[PaperClaim]
    beside: list[tuple[str, str, str]]  # reason, effect on the check as typed, what is wrong
    fault: dict[str, str]
    paid: Cents = 0
    paid_on: date | None = None

    @property
    def lines_paid(self) -> Cents:
        """What the claims come to."""
        return sum(claim.paid for claim in self.claims)

    @property
    def beside_claims(self) -> Cents:
        """What was added to the check (or taken, negative) beside the claims."""
        return sum(_cents(effect) or 0 for _, effect, _ in self.beside)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        lines = [line for claim in self.claims for line in claim.lines]
        faults = [self.fault, *(one.fault for one in (*self.claims, *lines))]
        return not any(faults) and not any(wrong for _, _, wrong in self.beside)

    def provider_adjustments(self, npi: str) -> list[ProviderAdjustment]:
        """The PLB rows; what lowers the check is positive there."""
        return [
            ProviderAdjustment(npi=npi, fiscal_period_end=None, reason=reason, amount=-(_cents(effect) or 0))
            for reason, effect, _ in self.beside
            if effect.strip()
        ]

    def remit_claims(self) -> list[RemitClaim]:
        """The claims as an 835 would tell them."""
        return [_remit_claim(claim) for claim in self.claims]


def blank_claim(ours: ClaimRecord | None = None) -> PaperClaim:
    """A claim to fill in: ours with its lines, or an unknown one with an empty line."""
    if ours is None:
        return PaperClaim(typed={"status": "1"}, lines=[PaperLine(typed={})])
    lines = [
        PaperLine(
            typed={
                "code": "-".join([line.procedure, *line.modifiers.split()]),
                "day": ours.first_service.isoformat(),
                "charge": _plain(line.charge),
            },
            control=line.control_number,
        )
        for line in ours.lines.all()
    ]
    order = {"P": "1", "S": "2", "T": "3"}.get(ours.responsibility, "1")
    typed = {
        "number": ours.patient_control_number,
        "last": ours.patient.last,
        "first": ours.patient.first,
        "member": ours.coverage.member_id,
        "status": order,
        "theirs": ours.payer_control_number,
    }
    return PaperClaim(typed=typed, lines=lines, ours=ours)


def _plain(amount: Cents) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def read_paper(post: MultiValueDict[str, str], ours: Callable[[set[str]], Mapping[str, ClaimRecord]]) -> Paper:
    """What was typed, judged. `ours`: our claims by number."""
    typed = {name: post.get(name, "").strip() for name in ("payer", "method", "trace", "paid", "paid_on")}
    counts = [min(int(count) if count.isdigit() else 0, MOST) for count in post.getlist("lines")][:MOST]
    found = ours({post.get(f"c{at}-number", "").strip() for at in range(len(counts))})
    claims = [_read_claim(post, at, lines, found) for at, lines in enumerate(counts)]
    beside = []
    for reason, effect in zip(post.getlist("plb"), post.getlist("effect"), strict=False):
        wrong = "Not an amount, like −12.50." if effect.strip() and _cents(effect) is None else ""
        beside.append((reason[:2], effect.strip(), wrong))
    paper = Paper(typed=typed, claims=claims, beside=beside, fault={})
    _judge(paper)
    return paper


def _judge(paper: Paper) -> None:
    said, fault = paper.typed, paper.fault
    if not said["trace"]:
        fault["trace"] = "The number of the check or payment."
    amount = _cents(said["paid"]) if said["paid"] else (0 if said["method"] == "NON" else None)
    if amount is None or amount < 0:
        fault["paid"] = "The amount of the check, like 245.10."
    else:
        paper.paid = amount
    try:
        paper.paid_on = date.fromisoformat(said["paid_on"])
    except ValueError:
        fault["paid_on"] = "The day on the check."
    if not paper.claims and not any(effect for _, effect, _ in paper.beside):
        fault["find"] = "Add at least one claim."
    for claim in paper.claims:
        if not claim.typed["number"] and not (claim.typed["last"] and claim.typed["member"]):
            claim.fault["number"] = "The claim's number, or name and member id."
    comes = paper.lines_paid + paper.beside_claims
    if "paid" not in fault and comes != paper.paid:
        more = "more" if comes > paper.paid else "less"
        fault["paid"] = (
            f"The claims and adjustments come to ${dollars(comes)}: ${dollars(abs(comes - paper.paid))} {more} than this."
        )


def _read_claim(post: MultiValueDict[str, str], at: int, lines: int, ours: Mapping[str, ClaimRecord]) -> PaperClaim:
    names = ("number", "last", "first", "member", "status", "theirs")
    typed = {name: post.get(f"c{at}-{name}", "").strip()[:60] for name in names}
    if typed["status"] not in dict(STATUSES):
        typed["status"] = "1"
    read = [_read_line(post, f"c{at}-{line}-", typed["status"] == "22") for line in range(lines)]
    return PaperClaim(typed=typed, lines=read, ours=ours.get(typed["number"]))


def _read_line(post: MultiValueDict[str, str], prefix: str, takes_back: bool) -> PaperLine:
    line = PaperLine(
        typed={name: post.get(prefix + name, "").strip()[:200] for name in LINE_FIELDS},
        control=post.get(f"{prefix}control", "").strip()[:30],
    )
    typed, fault = line.typed, line.fault
    if not re.fullmatch(r"[A-Za-z0-9]{3,7}([- ]+[A-Za-z0-9]{2}){0,4}", typed["code"]):
        fault["code"] = "A code, with modifiers like 99213-25."
    amounts: dict[str, Cents] = {}
    for name in ("charge", "allowed", "paid", *USUAL):
        amount = _cents(typed[name]) if typed[name] else 0
        if amount is None:
            fault[name] = "Not an amount."
        amounts[name] = amount or 0
    day = _day(typed["day"])
    if day is None:
        fault["day"] = "The day of service."
    adjustments, wrong = _adjustments(typed["other"], amounts)
    if wrong:
        fault["other"] = wrong
    if not fault:
        _balance(line, amounts, adjustments, takes_back)
        line.said = _remit_line(line, amounts, adjustments, day, takes_back)
    return line


def _adjustments(other: str, amounts: Mapping[str, Cents]) -> tuple[list[Adjustment], str]:
    """The usual columns and what is typed beside them; and what of that cannot be read."""
    found = [Adjustment(group=g, reason=r, amount=amounts[name]) for name, (g, r) in USUAL.items() if amounts[name]]
    text = other.upper()
    for group, reason, amount in _OTHER.findall(text):
        worth = _cents(amount)
        if group not in ("CO", "PR", "OA", "PI", "CR") or worth is None:
            return found, f"{group}-{reason}: a group is CO, PR, OA or PI."
        found.append(Adjustment(group=group, reason=reason, amount=worth))
    left = _REMARK.sub("", _OTHER.sub("", text)).strip(" ,;")
    return found, f"“{left[:20]}” is not like CO-97 20.00 or N130." if left else ""


def _balance(line: PaperLine, amounts: Mapping[str, Cents], adjustments: list[Adjustment], takes_back: bool) -> None:
    taken = sum(one.amount for one in adjustments)
    rest = amounts["charge"] - taken
    if rest != amounts["paid"]:
        words = f"Billed ${dollars(amounts['charge'])} less adjustments ${dollars(taken)} is ${dollars(rest)}."
        line.fault["paid"] = words
    patient = sum(one.amount for one in adjustments if one.group == "PR")
    lowered = sum(one.amount for one in adjustments if one.reason in _LOWERS_PAYMENT_ONLY)
    allowed = amounts["paid"] + patient + lowered
    if line.typed["allowed"] and amounts["allowed"] != allowed:
        line.fault["allowed"] = f"Paid and the patient's come to ${dollars(allowed)}."


def _remit_line(
    line: PaperLine, amounts: Mapping[str, Cents], adjustments: list[Adjustment], day: date | None, takes_back: bool
) -> RemitLine:
    code, *modifiers = re.split(r"[- ]+", line.typed["code"].upper())
    sign = -1 if takes_back else 1
    return RemitLine(
        procedure=code,
        modifiers=tuple(modifiers),
        charge=sign * amounts["charge"],
        paid=sign * amounts["paid"],
        allowed=sign * amounts["allowed"] if line.typed["allowed"] else None,
        first_service=day,
        control_number=line.control,
        adjustments=tuple(msgspec.structs.replace(one, amount=sign * one.amount) for one in adjustments),
        remarks=tuple(_REMARK.findall(line.typed["other"].upper())),
    )


def _remit_claim(claim: PaperClaim) -> RemitClaim:
    typed, lines = claim.typed, tuple(line.said for line in claim.lines if line.said)
    return RemitClaim(
        patient_control_number=typed["number"],
        status=typed["status"],
        charge=claim.charge,
        paid=claim.paid,
        patient_share=sum(one.amount for line in lines for one in line.adjustments if one.group == "PR"),
        payer_control_number=typed["theirs"],
        patient_last=typed["last"],
        patient_first=typed["first"],
        member_id=typed["member"],
        first_service=min((line.first_service for line in lines), default=None),
        lines=lines,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _cents(text: str) -> Cents | None:
    try:
        return cents(text.replace("−", "-").replace("$", "").replace(",", "").strip() or "0")
    except ValueError:
        return None
