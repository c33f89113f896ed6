"""One line's decision as money: what was paid, what the contract takes, what is the patient's, what stays open.

For every line: open before = paid + contractual + patient + to the next payer + left open. Nothing else exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from claimwright.claims.model import Adjustment
from claimwright.codesets import reference
from claimwright.findings import mid_sentence
from claimwright.money import Cents, dollars
from claimwright.parties import Struct
from claimwright.remits.lines import LineMatch
from claimwright.remits.model import RemitLine
from claimwright.remits.rules import PostingRules


class PlannedDenial(Struct, gc=False):
    """An amount the payer refused for a reason someone must work. It stays open with the payer."""

    group: str
    reason: str
    amount: Cents
    line: str = ""  # line control number
    remarks: tuple[str, ...] = ()


class PlannedLine(Struct, gc=False):
    """What one line's decision moves. Cents."""

    line: str  # line control number
    number: int
    procedure: str
    charge: Cents
    open_before: Cents
    paid: Cents
    contractual: Cents
    patient: Cents  # to the patient; negative when a later payer pays what the patient had been billed
    to_next_payer: Cents
    left_open: Cents
    matched_by: str
    why: tuple[str, ...]
    allowed: Cents | None = None  # by the amounts themselves; after another payer what this one states
    denials: tuple[PlannedDenial, ...] = ()
    remarks: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()  # why nothing of it may post by itself

    @property
    def moved(self) -> Cents:
        """What leaves this payer's receivable."""
        return self.paid + self.contractual + self.patient + self.to_next_payer

    @property
    def shared(self) -> bool:
        """Told only together with other lines: its own amounts are shares by charge."""
        return self.matched_by.endswith("by charge")

    @property
    def denied(self) -> Cents:
        """What was refused."""
        return sum(denial.amount for denial in self.denials)


@cache
def carc_words(group: str, reason: str) -> str:
    """A reason in our words, with its code: "over the agreed fee (CO-45)"."""
    known = reference.carc(reason)
    text = known.text if known else "a reason we have no words for"
    return f"{mid_sentence(text)} ({group}-{reason})"


def decide_line(
    match: LineMatch, rules: PostingRules, *, open_before: Cents, patient_open: Cents, coordinated: bool, waits: bool
) -> PlannedLine:
    """Turn one matched line into money.

    `coordinated`: an earlier payer has decided, so only what is open can move. `waits`: another payer must still decide on
    the patient's share, so the patient is not billed (P17).
    """
    line, decided = match.line, match.decided
    adjustments = [adjustment for one in decided for adjustment in one.adjustments if adjustment.amount]
    remarks = tuple(dict.fromkeys(remark for one in decided for remark in one.remarks))
    sorted_out = _Sorted(adjustments, rules, 0 if coordinated else line.charge)
    paid = sum(one.paid for one in decided)
    contractual, share = sorted_out.contractual, sorted_out.patient
    refused = sorted_out.refused if coordinated else [*sorted_out.refused, *sorted_out.prior]
    why = [f"${dollars(paid)} was paid."] if paid else []
    from_patient = 0
    if coordinated:
        rest = open_before - paid
        share = min(max(share, 0), max(rest, 0))
        contractual = _not_twice(contractual, rest - share)
        rest -= share + contractual
        # What an earlier payer is said to have taken but our books still hold open is work too, or it would lie forgotten.
        refused = _within([*refused, *sorted_out.prior], rest)
        from_patient = min(max(-rest, 0), max(patient_open, 0))
    why += _why_written_off(sorted_out, contractual, rules, coordinated)
    if from_patient:
        why.append(f"${dollars(from_patient)} of it had been billed to the patient, who owes that much less.")
    why += _why_patient(sorted_out, share, waits)
    denials = tuple(
        PlannedDenial(group=one.group, reason=one.reason, amount=one.amount, line=line.control_number, remarks=remarks)
        for one in refused
    )
    why += [_why_refused(one, rules, disguised=one in sorted_out.disguised) for one in refused]
    moved = paid + contractual + share - from_patient
    if open_before - moved < 0:
        why.append(f"That is ${dollars(moved - open_before)} more than was open: a credit to look at.")
    return PlannedLine(
        line=line.control_number,
        number=line.number,
        procedure=line.procedure,
        charge=line.charge,
        open_before=open_before,
        paid=paid,
        contractual=contractual,
        patient=(0 if waits else share) - from_patient,
        to_next_payer=share if waits else 0,
        left_open=open_before - moved,
        matched_by=match.matched_by,
        why=tuple(why) or ("Nothing was paid and nothing adjusted.",),
        allowed=_stated_allowed(decided) if coordinated else paid + sorted_out.patient + sorted_out.payment_only,
        denials=denials,
        remarks=remarks,
        holds=tuple(carc_words(one.group, one.reason) for one in sorted_out.held),
    )


class _Sorted:
    """A line's adjustments by what the rules make of them."""

    def __init__(self, adjustments: Sequence[Adjustment], rules: PostingRules, charge: Cents = 0) -> None:
        by: dict[str, list[Adjustment]] = {}
        for one in adjustments:
            by.setdefault(rules.verdict(one.group, one.reason), []).append(one)
        partly, lowered = by.get("write off", []), by.get("reduce payment", [])
        self.written_off = [*partly, *by.get("write off whole", []), *lowered]
        self.patients = by.get("patient", [])
        self.prior = by.get("prior payer", [])
        self.held = by.get("hold", [])
        self.refused = [*by.get("deny", []), *self.held]
        # A fee of nothing is a denial under another name: what is above the agreed fee is never the whole charge.
        self.disguised = partly if charge > 0 and len(adjustments) == len(partly) and _sum(partly) == charge else []
        if self.disguised:
            self.written_off, self.refused = [], [*partly]
        self.contractual: Cents = _sum(self.written_off)
        self.patient: Cents = _sum(self.patients)
        self.payment_only: Cents = _sum(lowered)


def _sum(adjustments: Sequence[Adjustment]) -> Cents:
    return sum(one.amount for one in adjustments)


def _stated_allowed(decided: Sequence[RemitLine]) -> Cents | None:
    """What the payer says it allowed (AMT*B6). After another payer the amounts themselves do not tell."""
    stated = [one.allowed for one in decided if one.allowed is not None]
    return sum(stated) if len(stated) == len(decided) else None


def _not_twice(contractual: Cents, rest: Cents) -> Cents:
    """A later payer's contractual amount, no further than what is open (or, when negative, than what was overpaid)."""
    return min(contractual, max(rest, 0)) if contractual > 0 else max(contractual, min(rest, 0))


def _within(refused: Sequence[Adjustment], rest: Cents) -> list[Adjustment]:
    """Denied amounts cut to what is still open: an earlier payer's part is not denied again."""
    kept: list[Adjustment] = []
    for one in refused:
        amount = min(one.amount, rest)
        if amount > 0:
            kept.append(msgspec.structs.replace(one, amount=amount))
            rest -= amount
    return kept


def _why_written_off(sorted_out: _Sorted, contractual: Cents, rules: PostingRules, coordinated: bool) -> list[str]:
    if coordinated:
        said = [
            f"${dollars(a.amount)} is what earlier payers paid or wrote off ({a.group}-{a.reason})." for a in sorted_out.prior
        ]
        reasons = ", ".join(f"{a.group}-{a.reason}" for a in sorted_out.written_off)
        if contractual < 0:
            said.append(f"${dollars(-contractual)} more is allowed by agreement ({reasons}).")
        elif contractual:
            said.append(f"${dollars(contractual)} that is still open is written off by agreement ({reasons}).")
        elif sorted_out.contractual:
            said.append("Its contractual adjustment is not written off again: the earlier payer's remittance did that.")
        return said
    return [
        f"${dollars(abs(a.amount))} {'is written off' if a.amount > 0 else 'more is allowed'} by agreement: "
        f"{carc_words(a.group, a.reason)}."
        for a in sorted_out.written_off
    ]


def _why_patient(sorted_out: _Sorted, share: Cents, waits: bool) -> list[str]:
    if not sorted_out.patients or not share:
        return []
    reasons = ", ".join(carc_words(a.group, a.reason) for a in sorted_out.patients)
    if waits:
        return [f"${dollars(share)} is the patient's share ({reasons}) but waits for the next payer, who may pay it."]
    return [f"${dollars(share)} is the patient's: {reasons}."]


def _why_refused(one: Adjustment, rules: PostingRules, *, disguised: bool) -> str:
    words = carc_words(one.group, one.reason)
    if disguised:
        return f"${dollars(one.amount)} is the whole charge: {words}. A fee of nothing is a denial: it stays open."
    if rules.verdict(one.group, one.reason) == "prior payer":
        return (
            f"${dollars(one.amount)} should have come from an earlier payer ({one.group}-{one.reason}), but is not in the books."
        )
    if one.group == "PR":
        return f"${dollars(one.amount)} was refused as the patient's: {words}. It stays open until someone has checked that."
    amount = f"{'−' if one.amount < 0 else ''}${dollars(abs(one.amount))}"
    return f"{amount} was denied: {words}. It stays open: a denial is never written off by itself."
