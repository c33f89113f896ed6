"""Files as the office keeps them, and the envelopes that they travel in."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time

from django.conf import settings

from claimwright.office.records.models import File, PayerRecord, Practice
from claimwright.office.records.numbers import next_number
from claimwright.x12.envelope import Envelope

CLOSING_TIME = time(17, 0)  # files of a day are dated at its end, so that the same day gives the same file


def keep_file(
    practice: Practice,
    *,
    direction: str,
    kind: str,
    name: str,
    content: bytes,
    today: date,
    control_number: str = "",
    answers: File | None = None,
) -> File:
    """Keep a file whole; the same content again is the same file."""
    digest = hashlib.sha256(content).hexdigest()
    if known := File.objects.filter(practice=practice, direction=direction, digest=digest).first():
        return known
    return File.objects.create(
        practice=practice,
        direction=direction,
        digest=digest,
        kind=kind,
        name=name[:120],
        content=content,
        created_on=today,
        control_number=control_number,
        answers=answers,
    )


def envelope_to(practice: Practice, payer: PayerRecord, today: date) -> Envelope:
    """A new envelope to a payer: its interchange number is never used again, and names the group too."""
    number = next_number(practice, "interchange")
    return Envelope(
        sender_id=practice.submitter_id,
        receiver_id=payer.receiver_id,
        interchange=number,
        group=number,
        usage="T" if settings.TODAY else "P",  # ISA15: only a demo's files are tests
        created=datetime.combine(today, CLOSING_TIME),
    )


def control_number(envelope: Envelope) -> str:
    """ISA13 as it stands in the file."""
    return f"{envelope.interchange:09d}"


def content_of(file: File) -> bytes:
    """A file's bytes, whichever database keeps them."""
    return bytes(file.content)
