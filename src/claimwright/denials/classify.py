"""What kind of denial this is, what to do next and by when; and what not to appeal because it cannot be won."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

from claimwright.claims.model import Claim
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables, starter
from claimwright.money import Cents
from claimwright.parties import Struct
from claimwright.remits.decide import PlannedDenial

Action = Literal["correct", "appeal", "bill patient", "write off", "call"]

SHORT_DAYS: Final = 30  # our own habit: a call, a bill or a write-off is not left lying longer

# Reason -> what to do. Reasons not listed here follow their category (see _BY_CATEGORY).
_ACTIONS: Final[dict[str, Action]] = {
    "4": "correct", "5": "correct", "6": "correct", "7": "correct", "9": "correct", "10": "correct", "11": "correct",
    "12": "correct", "13": "call", "14": "correct", "15": "correct", "16": "correct", "18": "write off", "19": "correct",
    "20": "correct", "21": "correct", "22": "correct", "26": "correct", "27": "correct", "29": "appeal", "31": "correct",
    "35": "bill patient", "39": "appeal", "49": "bill patient", "50": "appeal", "55": "appeal", "56": "appeal", "96": "appeal",
    "97": "correct", "107": "correct", "109": "correct", "119": "bill patient", "129": "correct", "146": "correct",
    "147": "appeal", "148": "correct", "149": "bill patient", "150": "appeal", "151": "appeal", "152": "appeal", "163": "correct",
    "164": "correct", "165": "correct", "167": "correct", "170": "correct", "181": "correct", "182": "correct", "183": "correct",
    "185": "correct", "193": "appeal", "197": "appeal", "198": "appeal", "199": "correct", "200": "bill patient", "204": "appeal",
    "208": "correct", "222": "appeal", "226": "correct", "227": "call", "231": "correct", "236": "correct", "242": "appeal",
    "243": "appeal", "252": "correct", "256": "appeal", "B7": "correct", "B9": "correct", "B10": "correct", "B11": "call",
    "B13": "write off", "B15": "correct", "B16": "correct", "B20": "write off",
}  # fmt: skip

_BY_CATEGORY: Final[dict[str, Action]] = {
    "front desk": "correct",
    "coding": "correct",
    "coordination": "correct",
    "authorization": "appeal",
    "contract": "call",
    "patient": "bill patient",
    "payer": "call",
}

_BUNDLED: Final = frozenset({"97", "231", "236", "B10", "B15"})
_DUPLICATE: Final = frozenset({"18", "B13"})
_TIMELY: Final = "29"


class DenialWork(Struct):
    """One denial as a worklist row. Cents."""

    group: str
    reason: str
    amount: Cents
    category: str
    words: str
    next_step: str
    action: Action
    deadline: date
    line: str = ""  # line control number
    remarks: tuple[str, ...] = ()
    appealable: bool = True
    why_not: str = ""  # why an appeal cannot win


def classify(
    denial: PlannedDenial,
    *,
    denied_on: date,
    claim: Claim | None = None,
    appeal_days: int = 180,
    timely_filing_days: int = 365,
    tables: Tables | None = None,
) -> DenialWork:
    """Make a denial workable. With the claim at hand, bundling and authorizations are judged from its own lines.

    `tables` hold the NCCI pairs; without them, those that come with the package.
    """
    known = reference.carc(denial.reason)
    category = known.category if known else "payer"
    words = known.text if known else f"The payer gave reason {denial.reason}, which we have no words for."
    next_step = f"{known.next_step.rstrip('.')}." if known else "Ask the payer what it needs."
    action = _ACTIONS.get(denial.reason, _BY_CATEGORY.get(category, "call"))
    why_not = ""
    if denial.group == "PR":
        action, next_step = _for_patient(denial, action, next_step)
    elif denial.reason in _DUPLICATE:
        why_not = "A duplicate cannot be won: the first claim decides."
        next_step = (
            "Find the first claim. If it paid for the same service, take this charge off; if it was lost, send the first again."
        )
    elif denial.reason in _BUNDLED:
        action, next_step, why_not = _for_bundled(denial, claim, next_step, tables)
    elif denial.reason == "197" and claim is not None and not claim.prior_authorization:
        action = "call"
        next_step = (
            "No authorization was on the claim. Ask the payer for a retroactive one; with its number, send a corrected claim."
        )
    elif denial.reason == _TIMELY:
        next_step = "Appeal with the payer's own acceptance (277CA) as proof of timely filing; without proof it cannot be won."
    elif action == "bill patient":
        action = "call"
        next_step = (
            f"The payer puts this on the practice ({denial.group}), so the patient may not be billed. Bill another coverage "
            "if there is one; ask the payer why; else write it off."
        )
    return DenialWork(
        group=denial.group,
        reason=denial.reason,
        amount=denial.amount,
        category=category,
        words=words,
        next_step=next_step,
        action=action,
        deadline=_deadline(action, denied_on, claim, appeal_days, timely_filing_days),
        line=denial.line,
        remarks=denial.remarks,
        appealable=not why_not and denial.group != "PR",
        why_not=why_not,
    )


def _for_patient(denial: PlannedDenial, action: Action, next_step: str) -> tuple[Action, str]:
    """The payer says it is the patient's: believed only after a look (P17)."""
    if action == "correct":
        return action, f"{next_step} Only if nothing else covers the visit, move it to the patient."
    return "bill patient", f"{next_step} Check the plan's terms, then move it to the patient with a word of explanation."


def _for_bundled(denial: PlannedDenial, claim: Claim | None, next_step: str, tables: Tables | None) -> tuple[Action, str, str]:
    """NCCI indicator 0: never paid beside the other code. Indicator 1: paid with a modifier when the note supports it."""
    line = next((line for line in claim.lines if line.control_number == denial.line), None) if claim else None
    if claim is None or line is None:
        return "correct", next_step, ""
    tables = tables or starter()
    for other in claim.lines:
        if other.number == line.number or other.first_service != line.first_service:
            continue
        pair = tables.pair(other.procedure, line.procedure, line.first_service)
        if pair and pair.indicator == "0":
            never = f"NCCI never allows {line.procedure} beside {other.procedure} (indicator 0): no modifier, no appeal."
            return "write off", "Take the charge off; see why it passed the scrub.", never
        if pair and pair.indicator == "1":
            return (
                "correct",
                f"{line.procedure} is bundled into {other.procedure}. If the note shows a separate service, send a "
                "corrected claim with the modifier that says so (25, 59 or X); if it does not, take the charge off.",
                "",
            )
    return "correct", next_step, ""


def _deadline(action: Action, denied_on: date, claim: Claim | None, appeal_days: int, timely_filing_days: int) -> date:
    """Appeals by the payer's limit; corrections also within timely filing, unless that has passed already."""
    appeal = denied_on + timedelta(days=appeal_days)
    if action == "appeal":
        return appeal
    if action != "correct":
        return min(appeal, denied_on + timedelta(days=SHORT_DAYS))
    filing = claim.first_service + timedelta(days=timely_filing_days) if claim else appeal
    return min(appeal, filing) if filing > denied_on else appeal
