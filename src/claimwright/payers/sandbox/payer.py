"""A payer in a box: files in, files out, and a state to remember. No clock and no folders: the office moves the files."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Literal

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

__all__ = ["State", "answer"]

Files = list[tuple[str, bytes]]
_MORNING = time(6, 0)


def answer(
    book: Book, state: State, files: Sequence[tuple[str, bytes]], today: date, tables: Tables | None = None
) -> tuple[Files, State]:
    """Read 270, 276, 278 and 837P files, and answer: acknowledgements and answers at once, payments when they fall due.

    Call it with no files on later days for what has fallen due since. A file whose interchange was read before
    changes nothing and is not answered again. `tables`: the codes it judges by; without them, the starter set.
    """
    then = state.copied()
    out: Files = []
    for _, content in files:
        post = _Post.of(content)
        if post is None or post.key in then.interchanges:
            continue
        then.interchanges.append(post.key)
        take = _TAKES.get(kind(content), _claims)
        out += take(book, then, post, content, today)
    out += _reviews(then, due_reviews(book, then, today))
    out += _payments(then, due_payments(book, then, today, tables or starter()))
    return out, then


class _Post(Struct):
    """Who sent a file to whom."""

    sender: str
    sender_qualifier: str
    receiver: str
    receiver_qualifier: str
    control: str
    usage: Literal["P", "T"]

    @staticmethod
    def of(content: bytes) -> _Post | None:
        """From the ISA; None when there is none."""
        row = next(iter(Tokens(content)), None)
        if row is None or row[0] != "ISA" or len(row) < 16:
            return None
        cell = [value.strip() for value in row]
        return _Post(
            sender_qualifier=cell[5],
            sender=cell[6],
            receiver_qualifier=cell[7],
            receiver=cell[8],
            control=cell[13],
            usage="P" if cell[15] == "P" else "T",
        )

    @property
    def key(self) -> str:
        """Names the interchange."""
        return f"{self.sender}:{self.control}"


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


def _reply(state: State, post: _Post, on: date) -> Envelope:
    return _envelope(state, post.receiver, post.sender, on, post.usage)


def _named(envelope: Envelope, ending: str) -> str:
    return f"{envelope.sender_id}-{envelope.interchange:09d}.{ending}"


# Eligibility ---------------------------------------------------------------------------------------------------------


def _eligibility(book: Book, state: State, post: _Post, content: bytes, today: date) -> Files:
    answers = [answer_inquiry(book, state, inquiry) for inquiry in read_270(content)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    return [(_named(envelope, "271"), write_271(answers, envelope))]


# Claim status and services review -------------------------------------------------------------------------------------


def _claim_status(book: Book, state: State, post: _Post, content: bytes, today: date) -> Files:
    """Each inquiry is answered for itself: what is wrong with one is said in its own answer."""
    answers = [told for inquiry in read_276(content) for told in answer_status(book, state, inquiry, today)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    reference = f"{envelope.interchange:09d}"
    numbered = [msgspec.structs.replace(one, reference=reference) for one in answers]
    return [(_named(envelope, "277"), write_277(numbered, envelope))]


def _services_review(book: Book, state: State, post: _Post, content: bytes, today: date) -> Files:
    posted = (post.sender, post.receiver, post.usage)
    answers = [answer_review(book, state, request, posted, today) for request in read_278_request(content)]
    if not answers:
        return _acknowledged(state, post, *_checked(post, content, today), today)
    envelope = _reply(state, post, today)
    return [(_named(envelope, "278"), write_278_response(answers, envelope))]


def _reviews(state: State, due: Iterable[tuple[date, Posted, ReviewAnswer]]) -> Files:
    """The answers to what was pended, a file each."""
    out: Files = []
    for on, (asker, answerer, usage), decided in due:
        envelope = _envelope(state, answerer, asker, on, usage)
        out.append((_named(envelope, "278"), write_278_response([decided], envelope)))
    return out


# Claims --------------------------------------------------------------------------------------------------------------


def _checked(post: _Post, content: bytes, today: date) -> tuple[Ta1, list[FunctionalAck]]:
    """Could the file be read? This payer sends a TA1 whether it was asked for or not."""
    interchange, groups = acknowledgements(content, today)
    return interchange or Ta1(interchange=post.control, accepted=True), groups


def _acknowledged(state: State, post: _Post, interchange: Ta1, groups: Sequence[FunctionalAck], today: date) -> Files:
    envelope = _reply(state, post, today)
    out = [(_named(envelope, "TA1"), write_ta1(interchange, envelope))]
    if groups:
        envelope = _reply(state, post, today)
        out.append((_named(envelope, "999"), write_999(groups, envelope)))
    return out


def _claims(book: Book, state: State, post: _Post, content: bytes, today: date) -> Files:
    interchange, groups = _checked(post, content, today)
    out = _acknowledged(state, post, interchange, groups, today)
    taken = {(one.group, one.set_control) for group in groups for one in group.sets if one.accepted}
    read = [one for one in read_837(content) if (one.group, one.set_control) in taken]
    batches = [_batch(book, state, post, list(ones), today) for _, ones in groupby(read, key=_batch_key)]
    if answered := [batch for batch in batches if batch.acks]:
        envelope = _reply(state, post, today)
        out.append((_named(envelope, "277CA"), write_277ca(answered, envelope)))
    return out


def _batch_key(one: ReadClaim) -> tuple[str, str, str]:
    return one.set_control, one.batch, one.claim.billing.npi if one.claim else ""


def _batch(book: Book, state: State, post: _Post, read: Sequence[ReadClaim], today: date) -> ClaimAcks:
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


def _claim(book: Book, state: State, post: _Post, one: ReadClaim, today: date) -> ClaimAck | None:
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


def _payments(state: State, payments: Iterable[Paid]) -> Files:
    """One 835 a payment, and one bank file a day with the deposits."""
    out: Files = []
    deposits: dict[date, list[Paid]] = defaultdict(list)
    for paid in payments:
        envelope = _envelope(state, paid.remittance.payer.payer_id, paid.submitter, paid.on)
        out.append((_named(envelope, "835"), write_835([paid.remittance], envelope)))
        if paid.deposit and paid.remittance.paid:
            deposits[paid.on].append(paid)
    for on, of_day in deposits.items():
        out.append((f"deposits-{on:%Y%m%d}-{state.next_control():09d}.bank.csv", _bank_file(of_day)))
    return out


def _bank_file(deposits: Iterable[Paid]) -> bytes:
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("date", "trace", "amount", "sender"))
    for paid in deposits:
        remittance = paid.remittance
        amount = f"{remittance.paid // 100}.{remittance.paid % 100:02d}"
        rows.writerow((remittance.paid_on.isoformat(), remittance.trace, amount, remittance.payer.name))
    return file.getvalue().encode()
