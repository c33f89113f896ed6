"""What the payer does on purpose: to claims named beforehand, and by chance to a share of the others.

Chance is a hash of the seed and the claim's number: the order of files changes nothing, and the same claims fare the same again.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from claimwright.claims.model import Claim
from claimwright.payers.sandbox.model import WHOLE, Behaviour, Book, Condition, Habit

# Of the habits in one row at most one befalls a claim; the rows are drawn independently.
ASPECTS: Final = (
    ("underpay", "deny", "down_code", "bundle", "excess"),
    ("pend", "interest", "silence"),
    ("reverse", "void", "recoup"),
    ("split_claim", "claim_level", "claim_level_share"),
    ("split_lines", "merge_lines"),
    ("change_modifier", "drop_modifiers"),
    ("omit_line_numbers",),
    ("crossover",),
    ("unknown_claim",),
)
# The same for payments.
PAYMENT_ASPECTS: Final = (("twice", "renamed"), ("late_file",), ("adjust",))
_ASPECT: Final = {do: aspect[0] for aspect in (*ASPECTS, *PAYMENT_ASPECTS) for do in aspect}
OF_PAYMENTS: Final = frozenset(do for aspect in PAYMENT_ASPECTS for do in aspect)


def chance(seed: int, *parts: str) -> int:
    """An even number from a hash: the same for the same words on every machine."""
    return int.from_bytes(blake2b("\x1f".join((str(seed), *parts)).encode(errors="replace"), digest_size=8).digest())


def behaviours(book: Book, claim: Claim, do: str) -> list[Behaviour]:
    """What the payer does on purpose with this claim; a corrected claim is treated as it should be."""
    if claim.frequency != "1":
        return []
    found = []
    if book.behaviours:
        member_id, on = claim.insured.member_id, claim.first_service
        found = [b for b in book.behaviours if (b.member_id, b.on, b.do) == (member_id, on, do)]
    if book.habits and (habit := _befalling(book, claim).get(do)):
        found.append(_behaviour(book, claim, habit))
    return found


def habit_of(book: Book, claim: Claim, do: str) -> Habit | None:
    """The habit that befalls this claim, if it is this one."""
    return _befalling(book, claim).get(do) if book.habits and claim.frequency == "1" else None


_latest: tuple[Book | None, Claim | None, dict[str, Habit]] = (None, None, {})


def _befalling(book: Book, claim: Claim) -> dict[str, Habit]:
    """All habits that befall a claim. The latest claim's are remembered: they are asked for one by one."""
    global _latest
    of_book, of_claim, found = _latest
    if of_book is book and of_claim is claim:
        return found
    rows: dict[str, list[Habit]] = {}
    for habit in book.habits:
        if habit.do not in OF_PAYMENTS and _fits(habit.when, claim):
            rows.setdefault(_ASPECT[habit.do], []).append(habit)
    named = claim.billing.npi, claim.patient_control_number
    drawn = (_drawn(book, rivals, aspect, *named) for aspect, rivals in rows.items())
    found = {habit.do: habit for habit in drawn if habit}
    _latest = book, claim, found
    return found


def habit_of_payment(book: Book, trace: str, do: str) -> Habit | None:
    """The same for a payment, by its trace number."""
    found = _drawn(book, [habit for habit in book.habits if _ASPECT[habit.do] == _ASPECT[do]], _ASPECT[do], trace)
    return found if found and found.do == do else None


def doings(book: Book, claim: Claim) -> tuple[str, ...]:
    """All that is done to a claim on purpose."""
    return tuple(sorted(_befalling(book, claim))) if claim.frequency == "1" else ()


def _drawn(book: Book, rivals: list[Habit], aspect: str, *named: str) -> Habit | None:
    if not rivals:
        return None
    left = chance(book.seed, aspect, *named) % WHOLE
    for habit in rivals:
        left -= habit.share
        if left < 0:
            return habit
    return None


def _fits(when: Condition, claim: Claim) -> bool:
    return (
        (not when.forms or claim.form in when.forms)
        and (not when.filing or claim.filing_indicator in when.filing)
        and (not when.places or claim.place_of_service in when.places)
        and (not when.payers or claim.payer.payer_id in when.payers)
        and (not when.procedures or any(line.procedure in when.procedures for line in claim.lines))
        and claim.charge >= when.charge_from
        and len(claim.lines) >= when.lines_from
    )


def _behaviour(book: Book, claim: Claim, habit: Habit) -> Behaviour:
    """The habit as it befalls this claim: its reason and its line by chance."""
    drawn = chance(book.seed, "which", habit.do, claim.billing.npi, claim.patient_control_number)
    why = habit.reasons[drawn % len(habit.reasons)] if habit.reasons else None
    one = claim.lines[(drawn >> 20) % len(claim.lines)].number
    return Behaviour(
        member_id=claim.insured.member_id,
        on=claim.first_service,
        do=habit.do,
        group=why.group if why else "",
        reason=why.reason if why else "",
        remark=why.remark if why else "",
        line=0 if habit.whole or habit.do not in ("deny", "underpay", "recoup") else one,
        percent=habit.percent,
        days=habit.days,
        quietly=habit.quietly,
    )
