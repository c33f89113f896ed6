"""Ask payers where claims stand (276), and take in what they answer (277). Amounts in cents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction

from claimwright.claims.states import ACCEPTED, PENDING, REJECTED, SENT
from claimwright.codesets.reference import claim_status, claim_status_category
from claimwright.findings import Finding
from claimwright.money import dollars
from claimwright.office.records.claimstore import claim_of
from claimwright.office.records.content import pack
from claimwright.office.records.convert import billing_provider, payer_of
from claimwright.office.records.models import ClaimInquiry, ClaimRecord, File, PayerRecord, Practice, User
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.claims import scrub_claim
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import content_of, control_number, envelope_to, keep_file
from claimwright.office.workflow.trail import books, changed, find, tell, touched
from claimwright.x12.claim_status import Receiver, Status, StatusAnswer, StatusInquiry, read_277, write_276

ASKABLE = (SENT, ACCEPTED, PENDING)
NOT_TAKEN_IN = ("A3", "A6", "A7", "A8")


@transaction.atomic
def ask_status(*, practice: Practice, by: User | None, today: date, claim_ids: Sequence[int]) -> list[File]:
    """Write one 276 a payer about claims that are with their payers. One asked about today already is not asked about twice."""
    books(practice)
    rows = ClaimRecord.objects.select_for_update(of=("self",)).filter(practice=practice, pk__in=claim_ids)
    claims = list(rows.select_related("patient", "payer").order_by("payer_id", "patient_id", "pk"))
    if len(claims) < len(set(claim_ids)) or not claims:
        raise Refused("Some of these claims are not in this practice." if claims else "Choose the claims to ask about.")
    if other := next((claim for claim in claims if claim.state not in ASKABLE), None):
        raise Refused(f"Claim {other.patient_control_number} is {other.state}; only what a payer has not decided is asked about.")
    asked = set(ClaimInquiry.objects.filter(claim__in=claims, asked_on=today).values_list("claim", flat=True))
    by_payer: dict[int, list[ClaimRecord]] = defaultdict(list)
    for claim in claims:
        if claim.pk not in asked:
            by_payer[claim.payer_id].append(claim)
    if not by_payer:
        raise Refused("The payer was asked today already; its answer shows by itself.")
    return [_ask(practice, batch[0].payer, batch, today, by) for _, batch in sorted(by_payer.items())]


def _ask(practice: Practice, payer: PayerRecord, claims: Sequence[ClaimRecord], today: date, by: User | None) -> File:
    envelope = envelope_to(practice, payer, today)
    batch = f"Q{next_number(practice, 'status batch'):08d}"
    first = next_number(practice, "status inquiry", len(claims))
    traces = [f"{practice.pk}S{number:08d}" for number in range(first, first + len(claims))]
    content = write_276([_inquiry(claim, trace, batch) for claim, trace in zip(claims, traces, strict=True)], envelope)
    number = control_number(envelope)
    file = keep_file(
        practice,
        direction="out",
        kind="276",
        name=f"{payer.payer_id}-{number}.276",
        content=content,
        today=today,
        control_number=number,
    )
    for claim, trace in zip(claims, traces, strict=True):
        ClaimInquiry.objects.create(claim=claim, trace=trace, batch=batch, file=file, asked_on=today)
        tell(claim, today=today, kind="276", text=f"Asked {payer.name} where it stands", key=f"276:{trace}", by=by, file=file)
        touched(practice, by, claim.patient, "payer asked about a claim")
    return file


def _inquiry(record: ClaimRecord, trace: str, batch: str) -> StatusInquiry:
    claim, practice = claim_of(record), record.practice
    return StatusInquiry(
        payer=payer_of(record.payer),
        receiver=Receiver(name=practice.name, identifier=practice.submitter_id),
        provider=billing_provider(practice),
        subscriber=claim.insured.person,
        member_id=claim.insured.member_id,
        dependent=None if claim.insured.relationship == "18" else claim.patient,
        trace=trace,
        reference=batch,
        payer_control_number=record.payer_control_number,
        patient_control_number=claim.patient_control_number,
        first_service=claim.first_service,
        last_service=claim.last_service,
        charge=claim.charge,
    )


@transaction.atomic
def take_up_again(*, practice: Practice, by: User | None, today: date, claim_id: int) -> ClaimRecord:
    """A claim that its payer says it does not know is taken for not arrived: it is checked, and may be sent again as it was."""
    books(practice)
    claim = find(ClaimRecord, practice, claim_id, "patient", "payer")
    last = claim.inquiries.last()
    if claim.state not in ASKABLE or last is None or last.status != "unknown":
        raise Refused("Only a claim that its payer does not know is sent again as it was.")
    text = f"Taken for not arrived: {claim.payer.name} does not know it"
    tell(claim, today=today, kind="not arrived", text=text, key=f"not-arrived:{last.pk}", state=REJECTED, by=by)
    touched(practice, by, claim.patient, "claim taken up again")
    scrub_claim(practice=practice, by=by, today=today, claim_id=claim.pk)
    claim.refresh_from_db()
    return claim


# The answer ----------------------------------------------------------------------------------------------------------


def take_status(practice: Practice, file: File, today: date, cut: list[Finding]) -> tuple[int, int]:
    """Keep each answer of a 277 with the claim that was asked about; how many claims it spoke of, and how many answers of it
    are about no claim of ours. `cut` gains where the file breaks off."""
    books(practice)
    told: dict[int, list[StatusAnswer]] = defaultdict(list)
    unknown = 0
    for answer in read_277(content_of(file), cut):
        found = _asked(practice, answer, file)
        unknown += not found
        for inquiry in found:
            told[inquiry.pk].append(answer)
    for inquiry in ClaimInquiry.objects.filter(pk__in=told).select_related("claim__payer", "file").order_by("pk"):
        _keep(inquiry, told[inquiry.pk], file, today)
        if file.answers_id is None and inquiry.file is not None:
            changed(file, answers=inquiry.file)
    return len(told), unknown


def _asked(practice: Practice, answer: StatusAnswer, file: File) -> list[ClaimInquiry]:
    """What an answer answers: by its trace, else by the claim's number; one for all that was asked, each of them."""
    mine = ClaimInquiry.objects.filter(claim__practice=practice)
    if answer.level != "claim":
        return list(mine.filter(batch=answer.trace)) if answer.trace else []
    if found := mine.filter(trace=answer.trace).first():
        return [found]
    number = answer.patient_control_number
    claim = ClaimRecord.objects.filter(practice=practice, patient_control_number=number).first() if number else None
    if claim is None:
        return []
    return [mine.filter(claim=claim, status="asked").last() or _unasked(claim, file)]


def _unasked(claim: ClaimRecord, file: File) -> ClaimInquiry:
    """A row for what a payer tells of itself, one a claim and file."""
    inquiry, _ = ClaimInquiry.objects.get_or_create(trace=f"{claim.practice_id}U{file.pk}-{claim.pk}", defaults={"claim": claim})
    return inquiry


def _keep(inquiry: ClaimInquiry, answers: Sequence[StatusAnswer], file: File, today: date) -> None:
    """Of several claims that fit the question, the one that carries our number, then the last word, is the answer."""
    claim = inquiry.claim
    ours = claim.patient_control_number
    answer = max(answers, key=lambda one: (one.patient_control_number == ours, _on(one) or date.min))
    sure = answer.patient_control_number == ours and answer.charge in (None, claim.charge)
    status = meaning_of(answer)
    message = _in_words(claim, answer, len(answers))
    changed(inquiry, answered_on=today, status=status, message=message[:300], answer=pack(answer))
    if sure and answer.payer_control_number and not claim.payer_control_number:
        changed(claim, payer_control_number=answer.payer_control_number)
    # Final and unmistakable is only that the payer did not take it in; what was paid or denied, the 835 says.
    state = REJECTED if status == "rejected" and sure and claim.state in ASKABLE else ""
    text = f"{claim.payer.name}: {message}"
    tell(claim, today=today, kind="277", text=text, key=f"277:{inquiry.pk}:{file.pk}", state=state, file=file)


def meaning_of(answer: StatusAnswer) -> str:
    """One word for an answer: received, pending, wanted, rejected, unknown, paid, denied, decided, not answered."""
    category = answer.category
    if category in ("A4", "D0"):
        return "unknown"
    if category in NOT_TAKEN_IN:
        return "rejected"
    if category[:1] == "R" or category == "P3":
        return "wanted"
    if category in ("F1", "F2"):
        return "paid" if category == "F1" else "denied"
    return {"A": "received", "P": "pending", "F": "decided"}.get(category[:1], "not answered")


def _on(answer: StatusAnswer) -> date | None:
    return next((one.effective for one in answer.statuses if one.effective), None)


def _in_words(claim: ClaimRecord, answer: StatusAnswer, claims: int) -> str:
    """What the payer said, with its codes, dates and money."""
    said = [*dict.fromkeys(_said(answer.statuses)), *_money(claim, answer)]
    if claims > 1:
        said.append(f"{claims} claims at the payer fit the question.")
    number = answer.patient_control_number
    if number and number != claim.patient_control_number:
        said.append(f"It speaks of claim {number}.")
    return " ".join(said) or "It answers without a status."


def _said(statuses: Iterable[Status]) -> Iterable[str]:
    for status_row in statuses:
        for code in status_row.codes:
            category, status = claim_status_category(code.category), claim_status(code.code)
            known = [category, status if code.code_list != "RX" else None]
            words = ": ".join(dict.fromkeys(one.text for one in known if one)) or "A status that is in no table"
            numbers = "·".join(part for part in (code.category, code.code, code.entity) if part)
            yield f"{words} ({numbers})."


def _money(claim: ClaimRecord, answer: StatusAnswer) -> Iterable[str]:
    if answer.charge is not None and answer.charge != claim.charge:
        yield f"It has ${dollars(answer.charge)} as charged, not ${dollars(claim.charge)}."
    paid = next((one for one in answer.statuses if one.paid), None)
    if paid is not None:
        number = f", payment {paid.check_number}" if paid.check_number else ""
        yield f"Paid ${dollars(paid.paid or 0)}{f' on {paid.paid_on}' if paid.paid_on else ''}{number}."
    elif done := next((one.finalized for one in answer.statuses if one.finalized), None):
        yield f"Decided on {done}."
