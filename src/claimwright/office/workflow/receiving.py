"""What comes in is kept, read and linked to what it answers. The same file twice changes nothing; a broken one is parked."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

from django.db import DataError, transaction

from claimwright.claims.states import ACCEPTED, REJECTED
from claimwright.codesets.reference import claim_status
from claimwright.findings import Finding
from claimwright.office.records.asked import asked
from claimwright.office.records.bulk import insert, insert_missing
from claimwright.office.records.content import pack_text
from claimwright.office.records.models import ClaimRecord, Deposit, File, PayerRecord, Practice, Remit, RemitClaimRow, User
from claimwright.office.records.outbox import enqueue
from claimwright.office.records.remittances import remittances, without_claims
from claimwright.office.workflow.authorizations import take_decision
from claimwright.office.workflow.eligibility import take_answer
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.posting import reconcile_deposits
from claimwright.office.workflow.status_inquiry import take_status
from claimwright.office.workflow.trail import books, changed, tell
from claimwright.remits.bank import BankFileError, is_bank_file, read_bank_file
from claimwright.remits.holding import NEXT_STEP
from claimwright.remits.model import Remittance
from claimwright.x12.acknowledgement import ClaimAck, read_277ca, read_999, read_ta1
from claimwright.x12.eligibility import read_271
from claimwright.x12.linking import Answered, answers, sent_sets
from claimwright.x12.remittance import ReadRemittance, read_remittances
from claimwright.x12.services_review import read_278_response
from claimwright.x12.sniff import kind as sniff
from claimwright.x12.values import UnreadableError

log = logging.getLogger(__name__)


class Unreadable(Exception):
    """Why a file is parked: about the file, never with anyone's data."""


_Reader = Callable[[Practice, File, date], None]


class Read(NamedTuple):
    """A file as far as it is known before the database is asked to write."""

    content: bytes
    digest: str
    kind: str
    reader: _Reader


def read_file(content: bytes) -> Read:
    """Read what can be read of a file by itself."""
    kind = _kind(content)
    reader = _reader_835(content) if kind == "835" else _READERS.get(kind, _unknown)
    return Read(content, hashlib.sha256(content).hexdigest(), kind, reader)


def receive_file(
    *, practice: Practice, by: User | None, today: date, name: str, content: bytes, read: Read | None = None
) -> File:
    """Keep a file and do what it says: an acknowledgement moves claims, an answer completes a question, a remittance waits
    to be posted, a bank file is reconciled. What cannot be read is parked with its reason. `read`: what was read before."""
    digest = read.digest if read else hashlib.sha256(content).hexdigest()
    if (known := next(_read_before([digest], practice=practice.pk), None)) is not None:
        return File.objects.get(pk=known[0])
    read = read or read_file(content)
    return _keep(practice, today, name, content, digest, read.kind, read.reader)


_read_before = asked(
    lambda digests, practice: File.objects.filter(
        practice=practice, direction="in", digest__among=digests, status="read"
    ).values_list("pk")
)


@transaction.atomic
def _keep(practice: Practice, today: date, name: str, content: bytes, digest: str, kind: str, reader: _Reader) -> File:
    file = File(practice=practice, direction="in", digest=digest, created_on=today)
    file.kind, file.name, file.content = kind[:8] or "unknown", name[:120], content
    names = ("practice", "direction", "digest", "created_on", "kind", "name", "content")
    if added := insert_missing(File, names, [(practice.pk, *(getattr(file, each) for each in names[1:]))]):
        file.pk = added[0]
    else:
        file = File.objects.get(practice=practice, direction="in", digest=digest)
    if file.status == "read":  # another process was first
        return file
    changed(file, reason="")
    try:
        with transaction.atomic():
            reader(practice, file, today)
    except (Unreadable, UnreadableError) as problem:
        changed(file, status="parked", reason=str(problem)[:300])
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, DataError) as problem:
        log.warning("File %s could not be read: %s", file.pk, type(problem).__name__)
        reason = f"It cannot be read as {kind}: its content is damaged."
        changed(file, status="parked", reason=reason[:300])
    else:
        changed(file, status="read")
    return file


def _kind(content: bytes) -> str:
    return "bank" if is_bank_file(content) else sniff(content)


def _unknown(practice: Practice, file: File, today: date) -> None:
    content = bytes(file.content)
    if not content.strip():
        raise Unreadable("The file is empty.")
    if b"," in content.lstrip().partition(b"\n")[0] and content.isascii():
        raise Unreadable(
            "Its first line names no date and amount as a bank's table does (date, amount, trace, description): nothing was read."
        )
    raise Unreadable("No file of a kind that payers or banks send: nothing was read.")


def _sent(practice: Practice, control: int | str) -> File | None:
    """The file of ours with an interchange (and group) number."""
    digits = str(control).strip()
    if not digits.isdigit():
        return None
    return File.objects.filter(practice=practice, direction="out", control_number=f"{int(digits):09d}").first()


def _claims_in(file: File) -> list[ClaimRecord]:
    return list(file.claims.select_related("payer", "encounter"))


def _read_ta1(practice: Practice, file: File, today: date) -> None:
    """The interchange as a whole: taken in, or refused with all its claims."""
    books(practice)
    for ack in read_ta1(content_of(file)):
        sent = _sent(practice, ack.interchange)
        if sent is None:
            raise Unreadable(f"It acknowledges interchange {ack.interchange}, which is not ours.")
        changed(file, answers=sent)
        for claim in _claims_in(sent):
            if ack.accepted:
                text, state = f"{claim.payer.name} received the file (TA1)", ""
            else:
                text, state = f"{claim.payer.name} refused the whole file (TA1 {ack.note})", REJECTED
            tell(claim, today=today, kind="ta1", text=text, key=f"ta1:{sent.pk}", state=state, file=file)


def _read_999(practice: Practice, file: File, today: date) -> None:
    """The form of the file: each set taken in, or refused with its errors."""
    books(practice)
    cut: list[Finding] = []
    for ack in read_999(content_of(file), cut):
        if not ack.code:  # broken off before its result: the whole file decides
            continue
        sent = _sent(practice, ack.group_control)
        if sent is None:
            raise Unreadable(f"It acknowledges group {ack.group_control}, which is not ours.")
        changed(file, answers=sent)
        told = list(answers([ack], sent_sets(content_of(sent))))
        refused = next((one for one in told if not one.accepted), None)
        by_claim = {claim.patient_control_number: one for one in told for claim in one.claims}
        for claim in _claims_in(sent):
            number = claim.patient_control_number
            answer = by_claim.get(number, refused)  # of the claim's own set; a 999 that names none of ours speaks of all
            if answer is None or answer.accepted:
                text, state = f"{claim.payer.name} accepted the file's form (999)", ""
            else:
                text, state = f"{claim.payer.name} refused the file's form (999){_error_of(answer, number)}", REJECTED
            tell(claim, today=today, kind="999", text=text, key=f"999:{sent.pk}", state=state, file=file)
    _note_cut(file, cut, file.answers_id is not None)


def _note_cut(file: File, cut: list[Finding], read: bool) -> None:
    """Say beside what was read that the file breaks off; one that gave nothing is parked."""
    if cut:
        said = f"{cut[0].message} {cut[0].fix}"
        if not read:
            raise Unreadable(said)
        changed(file, reason=f"{file.reason} {said}".strip()[:300])


def _error_of(refused: Answered, number: str) -> str:
    """What is wrong with the claim itself, else with its set."""
    errors = sorted(refused.findings, key=lambda one: one.claim != number)
    return f": {errors[0].message}" if errors else ""


def _read_277ca(practice: Practice, file: File, today: date) -> None:
    """Claim by claim: in the payer's system under its number, or refused with what to mend."""
    books(practice)
    missing, cut = 0, list[Finding]()
    for answer in read_277ca(content_of(file), cut):
        for ack in answer.acks:
            number = ack.patient_control_number
            claim = ClaimRecord.objects.filter(practice=practice, patient_control_number=number).select_related("payer").first()
            if claim is None:
                missing += 1
                continue
            if file.answers_id is None and claim.file is not None:
                changed(file, answers=claim.file)
            _acknowledge(claim, ack, file, today)
    if missing:
        changed(file, reason=f"{missing} of its claims are not ours.")
    _note_cut(file, cut, file.answers_id is not None)


def _acknowledge(claim: ClaimRecord, ack: ClaimAck, file: File, today: date) -> None:
    if ack.payer_control_number and (ack.accepted or claim.frequency == "1"):
        changed(claim, payer_control_number=ack.payer_control_number)
    code = ":".join(part for part in (ack.category, ack.status, ack.entity) if part)
    if ack.accepted:
        text, state = f"Accepted by {claim.payer.name} (277CA {code})", ACCEPTED
    else:
        text, state = f"Rejected by {claim.payer.name} (277CA {code}): {_why_rejected(ack)}", REJECTED
    tell(claim, today=today, kind="277ca", text=text, key=f"277ca:{claim.file_id}:{file.pk}", state=state, file=file)


def _why_rejected(ack: ClaimAck) -> str:
    """The payer's own words, else ours for its codes."""
    said = claim_status(ack.status)
    return ack.message or (said.text if said else "the payer gives only the code")


def _read_271(practice: Practice, file: File, today: date) -> None:
    """Benefits, or why the payer cannot say."""
    cut: list[Finding] = []
    answers = [take_answer(practice, answer, file, today) for answer in read_271(content_of(file), cut)]
    _note_cut(file, cut, any(answers))
    if not any(answers):
        raise Unreadable("It answers no question that this practice asked.")


def _read_277(practice: Practice, file: File, today: date) -> None:
    """Where claims stand, as the payer says when asked."""
    cut: list[Finding] = []
    told, unknown = take_status(practice, file, today, cut)
    if unknown:
        changed(file, reason=f"{unknown} of its answers are about no claim of ours.")
    _note_cut(file, cut, bool(told))
    if not told:
        raise Unreadable("It answers about no claim of this practice.")


def _read_278(practice: Practice, file: File, today: date) -> None:
    """What a payer authorized, or why it did not."""
    cut: list[Finding] = []
    answers = [take_decision(practice, answer, file, today) for answer in read_278_response(content_of(file), cut)]
    if unknown := sum(not one for one in answers):
        changed(file, reason=f"{unknown} of its answers are to no request of ours.")
    _note_cut(file, cut, any(answers))
    if not any(answers):
        raise Unreadable("It answers no request for authorization that this practice made.")


def _reader_835(content: bytes) -> _Reader:
    """An 835 is read before the database is asked to write: SQLite lets nobody else write meanwhile."""
    read: list[ReadRemittance] = []
    broken: Exception | None = None
    try:
        read += read_remittances(content)
    except Exception as problem:  # told where the file is kept
        broken = problem

    def reader(practice: Practice, file: File, today: date) -> None:
        if broken is not None:
            raise broken
        _take_835(practice, file, today, read)

    return reader


def _take_835(practice: Practice, file: File, today: date, read: Sequence[ReadRemittance]) -> None:
    """Each payment is kept once, whichever file brings it, and waits to be posted."""
    payments = [one.remittance for one in read if one.remittance is not None]
    lost = [one.findings[-1] for one in read if one.remittance is None]
    if not payments:
        raise Unreadable(f"{lost[0].message} {lost[0].fix}".strip() if lost else "It holds no payment.")
    ours = [remit for remit in payments if _to_us(practice, remit)]
    if not ours:
        raise Unreadable(f"It pays NPI {payments[0].payee_npi[:10]}, not this practice: nothing was kept.")
    repeated = len(ours) - keep_remittances(practice, ours, file)
    told = [f"{repeated} of its {len(payments)} payments came before in another file: posted once."] if repeated else []
    if others := len(payments) - len(ours):
        told.append(f"{others} of its {len(payments)} payments are to another payee: not kept.")
    told += [f"Not kept, from segment {one.line}: {one.message} {one.fix}".strip() for one in lost]
    told += [
        f"From segment {said.line}: {said.message} {said.fix}".strip() for one in read if one.remittance for said in one.findings
    ]
    changed(file, reason=" ".join(told)[:300])
    reconcile_deposits(practice=practice, by=None, today=today)


def _to_us(practice: Practice, remittance: Remittance) -> bool:
    """Whether the payee is the practice, by its tax number or by the NPI of the practice, a location or a provider."""
    if not remittance.payee_npi or remittance.payee_ein == practice.ein or remittance.payee_npi == practice.npi:
        return True
    npi = remittance.payee_npi
    return practice.providers.filter(npi=npi).exists() or practice.locations.filter(npi=npi).exists()


def keep_remittances(practice: Practice, told: Sequence[Remittance], file: File | None) -> int:
    """Keep payments with their claims and ask for them to be posted; how many are new.

    One with the trace number, payer and amount of another that says something else, or that was keyed in from paper, is kept
    too, but waits for a person.
    """
    payers: dict[str, int] = dict(_payers(practice=practice.pk))
    keyed = set(_keyed_in({one.trace for one in told if one.paid}, practice=practice.pk))
    fresh: list[int] = []
    post: dict[str, dict[str, int]] = {}
    for one in told:
        payer = payers.get(one.payer.payer_id)
        pk, other = _remit(practice, one, payer, file)
        if pk is None:
            continue
        fresh.append(pk)
        keep_decisions(pk, one)
        if other:
            _park(pk, "A payment with this trace number, payer and amount came before and says something else.")
        elif (one.trace, payer, one.paid) in keyed:
            _park(pk, "A payment with this trace number, payer and amount was keyed in from paper before.")
        else:
            post[f"post:{pk}"] = {"remit_id": pk}
    enqueue(practice, "post remittance", post)
    return len(fresh)


_payers = asked(lambda practice: PayerRecord.objects.filter(practice=practice).order_by().values_list("payer_id", "pk"))
_keyed_in = asked(
    lambda traces, practice: (
        Remit.objects.filter(practice=practice, keyed_by__isnull=False, trace__among=traces)
        .exclude(status="void")
        .values_list("trace", "payer", "paid")
    )
)


def _remit(practice: Practice, one: Remittance, payer: int | None, file: File | None) -> tuple[int | None, bool]:
    """The primary key of the payment's row, if it is new, and whether another payment has its name."""
    said = (one.trace, one.paid, one.paid_on, one.method[:3], without_claims(one))
    row = (practice.pk, file and file.pk, payer, *said)
    if added := insert_missing(Remit, _REMIT, [(one.key, *row)]):
        return added[0], False
    ((known, _),) = _by_key([one.key], practice=practice.pk)
    if remittances([known])[known].says_the_same(one):
        return None, False
    added = insert_missing(Remit, _REMIT, [(f"{one.key}:{one.mark}", *row)])
    return (added[0] if added else None), True


_REMIT = ("key", "practice", "file", "payer", "trace", "paid", "paid_on", "method", "content")
_by_key = asked(lambda keys, practice: Remit.objects.filter(practice=practice, key__among=keys).values_list("pk", "key"))


def _park(pk: int, said: str) -> None:
    """A payment that only a person can judge."""
    Remit.objects.filter(pk=pk).update(status="parked", reason=said)
    waits = {"status": "parked", "hold": "same trace", "reason": said, "next_step": NEXT_STEP["same trace"]}
    RemitClaimRow.objects.filter(remit=pk).update(**waits)


def _read_bank(practice: Practice, file: File, today: date) -> None:
    """The bank's lines, as CSV or BAI2, each kept once."""
    try:
        told = read_bank_file(content_of(file))
    except BankFileError as problem:
        raise Unreadable(str(problem)) from None
    lines = [(practice.pk, file.pk, line.trace, line.amount, line.on, line.sender) for line in told.lines]
    insert_missing(Deposit, ("practice", "file", "trace", "amount", "on", "sender"), lines)
    if told.withdrawals:
        changed(file, reason=f"{told.withdrawals} of its lines are withdrawals: not kept.")
    reconcile_deposits(practice=practice, by=None, today=today)


_READERS: dict[str, _Reader] = {
    "TA1": _read_ta1,
    "999": _read_999,
    "277CA": _read_277ca,
    "271": _read_271,
    "277": _read_277,
    "278": _read_278,
    "bank": _read_bank,
}


def keep_decisions(remit: int, remittance: Remittance) -> None:
    """A row for each claim that a payment decides, in its order."""
    names = ("patient_control_number", "payer_control_number", "charge", "paid", "patient_share")
    said = attrgetter(*names)
    insert(
        RemitClaimRow,
        ("remit", "position", *names, "clp_status", "content"),
        [(remit, position, *said(claim), claim.status, pack_text(claim)) for position, claim in enumerate(remittance.claims)],
    )
