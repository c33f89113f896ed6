"""Lines paid below the contract: found when a payment posts, disputed with a letter, accepted with a reason, recovered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from msgspec.structs import replace

from claimwright.denials.letter import appeal_pdf
from claimwright.denials.underpayment_letter import underpayment_letter
from claimwright.money import Cents, dollars
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import Many, insert_rows
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.models import ClaimRecord, File, PayerRecord, Practice, Remit, UnderpaidLine, User
from claimwright.office.records.money import contract_words
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import keep_file
from claimwright.office.workflow.trail import changed, event_number, find, tell, touched
from claimwright.remits.decide import PlannedLine
from claimwright.remits.underpaid import Underpayment

OPEN, DISPUTED, ACCEPTED, RECOVERED = "open", "disputed", "accepted", "recovered"


class Line(NamedTuple):
    """A claim's line, as far as a decision needs it."""

    pk: int
    claim: int
    number: int
    control_number: str
    procedure: str
    expected_allowed: Cents | None
    allowed: Cents | None


_found = asked(lambda claims: UnderpaidLine.objects.filter(claim__among=claims).order_by().values_list("pk"))


class Shortfalls:
    """What is short on the lines of some claims, as one payment finds it and leaves it."""

    def __init__(self, remit: Remit, claims: Iterable[int], today: date) -> None:
        self.remit, self.today = remit, today
        found = Many(pk for (pk,) in _found(claims))
        self.known = {row.line_id: row for row in UnderpaidLine.objects.filter(pk__among=found)} if found.values else {}
        self.fresh: list[UnderpaidLine] = []

    def keep(
        self,
        claim: ClaimRecord,
        lines: Iterable[Line],
        decided: Mapping[str, PlannedLine],
        short: Iterable[Underpayment],
    ) -> None:
        """Keep what a decision left short of the contract, line by line; what an earlier one left and this pays is recovered."""
        found = {one.control_number: one for one in short}
        for row in lines:
            line, one = decided.get(row.control_number), found.get(row.control_number)
            known = self.known.get(row.pk)
            if line is not None and known is not None:
                self._decided_again(claim, row, known, line, one)
            elif line is not None and one is not None:
                self.known[row.pk] = made = UnderpaidLine(
                    line_id=row.pk, claim_id=claim.pk, remit_id=self.remit.pk, found_on=self.today, expected=one.expected,
                    allowed=one.allowed, found_short=one.short, short=one.short, why=one.why[:300],
                )  # fmt: skip
                self.fresh.append(made)

    def taken_back(self, lines: Iterable[Line]) -> None:
        """The payer took its decision on a claim's lines back."""
        taken_back(self.known[line.pk] for line in lines if line.pk in self.known)

    def write(self) -> None:
        """Add what is new."""
        insert_rows(self.fresh)
        self.fresh = []

    def _decided_again(
        self, claim: ClaimRecord, row: Line, known: UnderpaidLine, line: PlannedLine, found: Underpayment | None
    ) -> None:
        before = known.short
        if line.denials:
            taken_back([known])  # refused now: a denial to work, and nothing came in
        elif found is not None:
            status = OPEN if known.status == RECOVERED else known.status
            _set(known, allowed=found.allowed, short=found.short, status=status, why=found.why[:300])
        elif line.allowed is not None and line.allowed >= known.expected:
            _set(known, allowed=line.allowed, short=0, status=RECOVERED)
        if known.short < before:
            text = f"${dollars(before - known.short)} of an underpayment came in for {row.procedure}"
            tell(claim, today=self.today, kind="recovered", text=text, key=f"recovered:{row.pk}:{self.remit.pk}")


def taken_back(rows: Iterable[UnderpaidLine]) -> None:
    """Nothing is known to be short, or paid, until the payer decides again."""
    for row in rows:
        _set(row, allowed=None, short=row.found_short, status=OPEN if row.status == RECOVERED else row.status)


def _set(row: UnderpaidLine, **values: Any) -> None:
    if row.pk is not None:
        changed(row, **values)
    else:  # new: it is added as it then is
        for name, value in values.items():
            setattr(row, name, value)


def _rows(practice: Practice, ids: Sequence[int]) -> list[UnderpaidLine]:
    rows = UnderpaidLine.objects.select_for_update(of=("self",)).filter(pk__in=ids, claim__practice=practice)
    found = list(rows.select_related("claim__payer", "claim__patient", "line", "remit").order_by("claim_id", "line__number"))
    if not found or len(found) < len(set(ids)):
        raise Refused("Choose underpaid lines of this practice first.")
    return found


@transaction.atomic
def dispute(*, practice: Practice, by: User | None, today: date, ids: Sequence[int], note: str = "") -> list[File]:
    """Ask the payers to allow what was agreed: a letter for each claim, kept with it. `note` goes into the letters."""
    rows = [row for row in _rows(practice, ids) if row.status in (OPEN, ACCEPTED)]
    if not rows:
        raise Refused("These lines are disputed or paid already.")
    if any(row.allowed is None for row in rows):
        raise Refused("The payer has taken its decision back: wait for the next one before you dispute it.")
    letters = []
    for _, group in groupby(rows, key=lambda row: row.claim_id):
        lines = list(group)
        letters.append(_dispute_claim(practice, by, today, lines[0].claim, lines, note))
    return letters


def _dispute_claim(
    practice: Practice, by: User | None, today: date, claim: ClaimRecord, rows: Sequence[UnderpaidLine], note: str
) -> File:
    content = claim_of(claim)
    letter = underpayment_letter(
        replace(content, payer_control_number=claim.payer_control_number or content.payer_control_number),
        [shortfall(row) for row in rows],
        terms=terms(rows[0]),
        written_on=today,
        decided_on=rows[0].remit.paid_on if rows[0].remit else rows[0].found_on,
        signer=(by.get_full_name() if by else "") or practice.name,
        argument=note,
    )
    number = event_number(claim, "disputed")
    name = f"dispute-{claim.patient_control_number}-{number}.pdf"
    file = keep_file(practice, direction="out", kind="pdf", name=name, content=appeal_pdf(letter), today=today)
    for row in rows:
        changed(row, status=DISPUTED, worked_on=today, worked_by=by, owner=row.owner or by, note=note.strip()[:300], letter=file)
    total = dollars(sum(row.short for row in rows))
    lines = ", ".join(row.line.procedure for row in rows)
    text = f"Disputed with {claim.payer.name}: ${total} below the contract on {lines}"
    tell(claim, today=today, kind="disputed", text=text, key=f"disputed:{number}", by=by, file=file)
    touched(practice, by, claim.patient, "underpayment disputed")
    return file


def shortfall(row: UnderpaidLine) -> Underpayment:
    """A kept shortfall as the core knows it, with the working that was stored when the claim was built."""
    return Underpayment(
        line=row.line.number,
        control_number=row.line.control_number,
        procedure=row.line.procedure,
        expected=row.expected,
        allowed=row.allowed or 0,
        short=row.short,
        why=row.why,
        working=tuple(row.line.price_working),
    )


def terms(row: UnderpaidLine) -> str:
    """The contract or table that a line was priced by, as a letter names it."""
    source = contract_words(row.claim.payer_id, row.claim.first_service) or row.line.price_source or "our agreement"
    return f"{source[:1].upper()}{source[1:]}"


@transaction.atomic
def accept(*, practice: Practice, by: User | None, today: date, ids: Sequence[int], reason: str) -> list[UnderpaidLine]:
    """Let it be, with the reason: what the payer wrote off stays written off."""
    if not reason.strip():
        raise Refused("Say why it is accepted, for whoever reads this later.")
    rows = _rows(practice, ids)
    for row in rows:
        if row.status == RECOVERED:
            raise Refused("Some of these lines were paid in full since.")
        changed(row, status=ACCEPTED, worked_on=today, worked_by=by, note=reason.strip()[:300])
        number = event_number(row.claim, "short accepted")
        text = f"${dollars(row.short)} below the contract accepted on {row.line.procedure}: {reason.strip()}"
        tell(row.claim, today=today, kind="short accepted", text=text, key=f"short-accepted:{number}", by=by)
        touched(practice, by, row.claim.patient, "underpayment accepted")
    return rows


@transaction.atomic
def work_again(*, practice: Practice, by: User | None, today: date, ids: Sequence[int]) -> list[UnderpaidLine]:
    """Back to the worklist: a dispute or an acceptance that was a mistake. What was sent stays with the claim."""
    rows = _rows(practice, ids)
    for row in rows:
        if row.status not in (DISPUTED, ACCEPTED):
            raise Refused("Only what is disputed or accepted goes back to the worklist.")
        changed(row, status=OPEN, worked_on=today, worked_by=by)
        number = event_number(row.claim, "short reopened")
        text = f"${dollars(row.short)} below the contract on {row.line.procedure} is worked again"
        tell(row.claim, today=today, kind="short reopened", text=text, key=f"short-reopened:{number}", by=by)
    return rows


@transaction.atomic
def assign(*, practice: Practice, by: User | None, today: date, ids: Sequence[int], owner_id: int | None) -> list[UnderpaidLine]:
    """Give lines to someone of the practice, or to nobody."""
    owner = User.objects.filter(pk=owner_id, membership__practice=practice).first() if owner_id else None
    if owner_id and owner is None:
        raise Refused("There is no such person in this practice.")
    rows = _rows(practice, ids)
    for row in rows:
        changed(row, owner=owner)
    return rows


@transaction.atomic
def set_tolerance(*, practice: Practice, by: User | None, today: date, amount: Cents | None, payer_id: int | None = None) -> None:
    """How much a line may fall short before it is work: for one payer, or for all. None for a payer: as the practice says."""
    if amount is not None and not 0 <= amount <= 1_000_00:
        raise Refused("A tolerance is between nothing and $1,000.00 a line.")
    if payer_id is not None:
        changed(find(PayerRecord, practice, payer_id), underpaid_tolerance=amount)
    elif amount is None:
        raise Refused("Say how much a line may fall short; 0 for nothing.")
    else:
        changed(practice, underpaid_tolerance=amount)
