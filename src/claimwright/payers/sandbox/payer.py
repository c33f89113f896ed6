"""A payer in a box: files in, files out, and a state to remember. No clock and no folders: whoever calls moves the files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from itertools import groupby, islice
from typing import BinaryIO, Literal

import msgspec

from claimwright.codesets.tables import Tables, starter
from claimwright.parties import Payer, Provider, Struct
from claimwright.payers.sandbox.eligibility import answer_inquiry
from claimwright.payers.sandbox.intake import take_in
from claimwright.payers.sandbox.model import Book
from claimwright.payers.sandbox.review import Posted, answer_review, due_reviews
from claimwright.payers.sandbox.runs import Paid, due_payments
from claimwright.payers.sandbox.state import State
from claimwright.payers.sandbox.status import answer_status
from claimwright.remits.model import Remittance
from claimwright.x12.acknowledge import acknowledgements
from claimwright.x12.acknowledgement import ClaimAck, ClaimAcks, FunctionalAck, Ta1, write_277ca, write_999, write_ta1
from claimwright.x12.claim_reading import ReadClaim
from claimwright.x12.claim_status import read_276, write_277
from claimwright.x12.eligibility import read_270, write_271
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import read_837
from claimwright.x12.remittance import write_835
from claimwright.x12.review_model import ReviewAnswer
from claimwright.x12.services_review import read_278_request, write_278_response
from claimwright.x12.sniff import kind
from claimwright.x12.tokens import Tokens

__all__ = ["Post", "Sent", "State", "answer", "fall_due", "respond"]

Files = list[tuple[str, bytes]]
Source = bytes | BinaryIO
_MORNING = time(6, 0)
_HEAD = 1 << 16  # bytes; enough to tell what a file is
_TOGETHER = 5000  # claims acknowledged at once
_UNNAMEABLE = re.compile(r"[^\w.+-]")  # not in a file's name


def answer(
    book: Book, state: State, files: Sequence[tuple[str, bytes]], today: date, tables: Tables | None = None
) -> tuple[Files, State]:
    """Read 270, 276, 278 and 837 files, and answer: acknowledgements and answers at once, payments when they fall due.

    Call it with no files on later days for what has fallen due since. A file whose interchange was read before
    changes nothing and is not answered again. `tables`: the codes it judges by; without them, the starter set.
    """
    then = state.copied()
    out: Files = []
    for _, content in files:
        post = Post.of(content)
        if post is None or post.key in then.interchanges:
            continue
        then.interchanges.append(post.key)
        out += respond(book, then, post, content, today)
    out += [(sent.name, sent.content) for sent in fall_due(book, then, today, tables or starter()) if sent.content]
    return out, then


def respond(book: Book, state: State, post: Post, source: Source, today: date) -> Files:
    """Answer one file; the state given moves along."""
    take = _TAKES.get(kind(_head(source)), _claims)
    return take(book, state, post, source, today)


def fall_due(book: Book, state: State, today: date, tables: Tables) -> Iterator[Sent]:
    """What was pended and is now decided, and the payments up to today; the state given moves along."""
    yield from _reviews(state, due_reviews(book, state, today))
    yield from _payments(book, state, due_payments(book, state, today, tables))


class Sent(Struct):
    """A file that leaves, and the payments that it tells or, for a bank file, deposits."""

    name: str
    content: bytes
    payments: tuple[Paid, ...] = ()


def _head(source: Source) -> bytes:
    """How a file begins; a stream goes back to its start."""
    if isinstance(source, bytes):
        return source
    source.seek(0)
    head = source.read(_HEAD)
    source.seek(0)
    return head


class Post(Struct):
    """Who sent a file to whom."""

    sender: str
    sender_qualifier: str
    receiver: str
    receiver_qualifier: str
    control: str
    usage: Literal["P", "T"]
    made: date | None = None  # ISA09

    @staticmethod
    def of(source: Source) -> Post | None:
        """From the ISA; None when there is none."""
        row = next(iter(Tokens(_head(source))), None)
        if row is None or row[0] != "ISA" or len(row) < 16:
            return None
        cell = [value.strip() for value in row]
        return Post(
            sender_qualifier=cell[5],
            sender=cell[6],
            receiver_qualifier=cell[7],
            receiver=cell[8],
            control=cell[13],
            usage="P" if cell[15] == "P" else "T",
            made=_date(cell[9]),
        )

    @property
    def key(self) -> str:
        """Names the interchange."""
        return f"{self.sender}:{self.control}"


def _date(written: str) -> date | None:
    """YYMMDD, of this century."""
    try:
        return date(2000 + int(written[:2]), int(written[2:4]), int(written[4:6]))
    except ValueError:
        return None


def _envelope(state: State, sender: str, receiver: str, on: date, usage: str = "T") -> Envelope:
    control = state.next_control()
    return Envelope(
        sender_id=sender,
        receiver_id=receiver,
        interchange=control,
        group=control,
        created=datetime.combine(on, _MORNING),
        usage=usage,
    )


def _reply(state: State, post: Post, on: date) -> Envelope:
    return _envelope(state, post.receiver, post.sender, on, post.usage)


def _named(envelope: Envelope, ending: str) -> str:
    return f"{_UNNAMEABLE.sub('_', envelope.sender_id)}-{envelope.interchange:09d}.{ending}"


# Eligibility ---------------------------------------------------------------------------------------------------------


def _eligibility(book: Book, state: State, post: Post, content: Source, today: date) -> Files:
    answers = [answer_inquiry(book, state, inquiry) for inquiry in read_270(content)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    return [(_named(envelope, "271"), write_271(answers, envelope))]


# Claim status and services review -------------------------------------------------------------------------------------


def _claim_status(book: Book, state: State, post: Post, content: Source, today: date) -> Files:
    """Each inquiry is answered for itself: what is wrong with one is said in its own answer."""
    answers = [told for inquiry in read_276(content) for told in answer_status(book, state, inquiry, today)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    reference = f"{envelope.interchange:09d}"
    numbered = [msgspec.structs.replace(one, reference=reference) for one in answers]
    return [(_named(envelope, "277"), write_277(numbered, envelope))]


def _services_review(book: Book, state: State, post: Post, content: Source, today: date) -> Files:
    posted = (post.sender, post.receiver, post.usage)
    answers = [answer_review(book, state, request, posted, today) for request in read_278_request(content)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    return [(_named(envelope, "278"), write_278_response(answers, envelope))]


def _reviews(state: State, due: Iterable[tuple[date, Posted, ReviewAnswer]]) -> Iterator[Sent]:
    """The answers to what was pended, a file each."""
    for on, (asker, answerer, usage), decided in due:
        envelope = _envelope(state, answerer, asker, on, usage)
        yield Sent(name=_named(envelope, "278"), content=write_278_response([decided], envelope))


# Claims --------------------------------------------------------------------------------------------------------------


def _checked(post: Post, content: Source, today: date) -> tuple[Ta1, list[FunctionalAck]]:
    """Could the file be read? This payer sends a TA1 whether it was asked for or not."""
    interchange, groups = acknowledgements(content, today)
    return interchange or Ta1(interchange=post.control, accepted=True), groups


def _acknowledged(state: State, post: Post, interchange: Ta1, groups: Sequence[FunctionalAck], today: date) -> Files:
    envelope = _reply(state, post, today)
    out = [(_named(envelope, "TA1"), write_ta1(interchange, envelope))]
    if groups:
        envelope = _reply(state, post, today)
        out.append((_named(envelope, "999"), write_999(groups, envelope)))
    return out


def _claims(book: Book, state: State, post: Post, content: Source, today: date) -> Files:
    interchange, groups = _checked(post, content, today)
    out = _acknowledged(state, post, interchange, groups, today)
    taken = {(one.group, one.set_control) for group in groups for one in group.sets if one.accepted}
    _head(content)
    read = (one for one in read_837(content) if (one.group, one.set_control) in taken)
    answered: list[ClaimAcks] = []
    for _, ones in groupby(read, key=_batch_key):
        while some := list(islice(ones, _TOGETHER)):
            batch = _batch(book, state, post, some, today)
            answered += [batch] if batch.acks else []
            if sum(len(one.acks) for one in answered) >= _TOGETHER:
                out.append(_claim_acknowledgement(state, post, answered, today))
                answered = []
    if answered:
        out.append(_claim_acknowledgement(state, post, answered, today))
    return out


def _claim_acknowledgement(state: State, post: Post, batches: Sequence[ClaimAcks], today: date) -> tuple[str, bytes]:
    envelope = _reply(state, post, today)
    return _named(envelope, "277CA"), write_277ca(batches, envelope)


def _batch_key(one: ReadClaim) -> tuple[str, str, str]:
    return one.set_control, one.batch, one.claim.billing.npi if one.claim else ""


def _batch(book: Book, state: State, post: Post, read: Sequence[ReadClaim], today: date) -> ClaimAcks:
    """Screen the claims of one set and billing provider."""
    acks = [ack for one in read if (ack := _claim(book, state, post, one, today))]
    billing = next((one.claim.billing for one in read if one.claim), Provider(npi="", name=read[0].submitter_name))
    payer = next((payer for payer in book.payers if payer.payer_id == post.receiver), None)
    payer = payer or next((one.claim.payer for one in read if one.claim), Payer(name=post.receiver, payer_id=post.receiver))
    return ClaimAcks(
        batch=read[0].batch,
        payer=payer,
        provider=billing,
        acks=tuple(acks),
        submitter_name=read[0].submitter_name,
        submitter_id=read[0].submitter_id,
        received=today,
        processed=today,
    )


def _claim(book: Book, state: State, post: Post, one: ReadClaim, today: date) -> ClaimAck | None:
    """One claim's verdict; None when the payer keeps silent."""
    claim = one.claim
    if claim is None:
        # Something in the claim could not be read as the guide wants it.
        return ClaimAck(patient_control_number=one.patient_control_number, accepted=False, category="A3", status="21")
    verdict = take_in(book, state, claim, post.sender, today)
    if verdict.silent:
        return None
    return ClaimAck(
        patient_control_number=claim.patient_control_number,
        accepted=verdict.accepted,
        category=verdict.category,
        status=verdict.status,
        entity=verdict.entity,
        payer_control_number=verdict.number,
        charge=claim.charge,
        first_service=claim.first_service,
        last_service=claim.last_service,
        message=verdict.message,
        patient_last=claim.patient.last,
        patient_first=claim.patient.first,
        member_id=claim.insured.member_id,
        decided_on=today,
    )


_TAKES = {"270": _eligibility, "276": _claim_status, "278": _services_review}


# Payments ------------------------------------------------------------------------------------------------------------


def _payments(book: Book, state: State, payments: Iterable[Paid]) -> Iterator[Sent]:
    """The payments in files of as many as the payer puts together, and one bank file a day with the deposits."""
    for on, of_day in groupby(payments, key=lambda paid: paid.on):
        deposits: list[Paid] = []
        waiting: list[Paid] = []
        for paid in of_day:
            if paid.deposit and paid.remittance.paid:
                deposits.append(msgspec.structs.replace(paid, remittance=_deposited(paid.remittance), decisions=()))
            if waiting and _addressed(waiting[0]) != _addressed(paid):
                yield from _told(state, waiting)
                waiting = []
            waiting.append(paid)
            if len(waiting) >= book.pace.payments_per_file:
                yield from _told(state, waiting)
                waiting = []
        yield from _told(state, waiting)
        if deposits:
            name = f"deposits-{on:%Y%m%d}-{state.next_control():09d}"
            yield Sent(name=f"{name}.bank.csv", content=_bank_file(deposits), payments=tuple(deposits))


def _addressed(paid: Paid) -> tuple[str, str, bool]:
    return paid.remittance.payer.payer_id, paid.submitter, paid.told


def _deposited(remittance: Remittance) -> Remittance:
    """A payment without its claims: a day's deposits may be many."""
    return msgspec.structs.replace(remittance, claims=(), provider_adjustments=())


def _told(state: State, payments: Sequence[Paid]) -> Iterator[Sent]:
    """One file; that of a payment whose 835 comes later has no content yet."""
    if not payments:
        return
    first = payments[0]
    if not first.told:
        yield Sent(name="", content=b"", payments=tuple(payments))
        return
    envelope = _envelope(state, first.remittance.payer.payer_id, first.submitter, first.on)
    name, content = _named(envelope, "835"), write_835([one.remittance for one in payments], envelope)
    yield Sent(name=name, content=content, payments=tuple(payments))
    if any(one.renamed for one in payments):
        yield Sent(name=name.replace(".835", "-copy.835"), content=content)


def _bank_file(deposits: Iterable[Paid]) -> bytes:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("date", "trace", "amount", "sender"))
    for paid in deposits:
        remittance = paid.remittance
        amount = f"{remittance.paid // 100}.{remittance.paid % 100:02d}"
        rows.writerow((remittance.paid_on.isoformat(), remittance.trace, amount, remittance.payer.name))
    return file.getvalue().encode()
