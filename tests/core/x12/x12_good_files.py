"""Good files of every kind, varied by a seed: claims, sizes, loops and delimiters. The same seed, the same files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import x12_samples as day
from msgspec.structs import replace

from claimwright.claims.model import Adjustment, Claim, Diagnosis, LineAdjudication, ServiceLine
from claimwright.remits.model import RemitClaim, RemitLine
from claimwright.x12.acknowledgement import write_277ca, write_999
from claimwright.x12.check import check
from claimwright.x12.eligibility import write_270, write_271
from claimwright.x12.professional import write_837p
from claimwright.x12.remittance import write_835
from claimwright.x12.sniff import kind
from claimwright.x12.tokens import Tokens

TODAY = date(2026, 11, 16)
CORPUS = Path(__file__).parents[3].parent / "shared" / "data" / "x12"

_PROCEDURES = ("99213", "99214", "20610", "36415", "80053", "85025", "93000", "G0439", "J1100", "90686")
_DIAGNOSES = ("I10", "E11.9", "M17.11", "J02.9", "Z00.00", "E78.5", "N39.0", "R05.9", "K21.9", "M54.50")
_REASONS = ("45", "97", "16", "29", "50", "96", "109", "197", "204", "253")
_PLACES = ("11", "22", "10", "02", "19", "20")


def _money(rng: random.Random) -> int:
    return rng.randint(1, 60) * 500 + rng.choice((0, 0, 50, 99))


def claim(rng: random.Random, number: int) -> Claim:
    """A claim of one of the sample's shapes in turn, with its own lines, diagnoses, amounts and days."""
    shape = day.CLAIMS[number % len(day.CLAIMS)]
    on = TODAY - timedelta(days=rng.randint(1, 300))
    codes = rng.sample(_DIAGNOSES, rng.randint(1, 6))
    decided = bool(shape.other_payers)
    lines = [_line(rng, place, on, len(codes), decided) for place in range(1, rng.randint(1, 5) + 1)]
    for place, kept in enumerate(shape.lines[: len(lines)]):
        lines[place] = replace(lines[place], drug=kept.drug, ordering=kept.ordering, clia=kept.clia)
    others = tuple(
        replace(one, paid=sum(line.adjudications[0].paid for line in lines), paid_on=on + timedelta(days=1))
        for one in shape.other_payers
    )
    if others and number % 2:  # the other payer decided on the claim as a whole
        off = sum(line.charge for line in lines) // 4
        lines = [replace(line, adjudications=()) for line in lines]
        whole = (Adjustment(group="CO", reason="45", amount=off), Adjustment(group="PR", reason="1", amount=off))
        paid = sum(line.charge for line in lines) - 2 * off
        others = tuple(replace(one, paid=paid, adjustments=whole) for one in others)
    replaced = rng.random() < 0.3
    return replace(
        shape,
        patient_control_number=f"V{number:05d}",
        charge=sum(line.charge for line in lines),
        place_of_service=rng.choice(_PLACES),
        diagnoses=tuple(Diagnosis(code=code) for code in codes),
        lines=tuple(lines),
        other_payers=others,
        frequency="7" if replaced else "1",
        payer_control_number=f"ICN{number}" if replaced else "",
        accident_date=on - timedelta(days=1) if shape.accident_date else None,
        onset=on - timedelta(days=2) if shape.onset else None,
        admitted=on if shape.onset else None,
        discharged=on + timedelta(days=1) if shape.onset and on < TODAY else None,
    )


def _line(rng: random.Random, place: int, on: date, codes: int, decided: bool) -> ServiceLine:
    charge = _money(rng)
    line = ServiceLine(
        number=place,
        procedure=rng.choice(_PROCEDURES),
        modifiers=rng.choice(((), (), ("25",), ("59", "RT"))),
        charge=charge,
        first_service=on,
        control_number=f"L{place:05d}",
        units=Decimal(rng.randint(1, 4)),
        pointers=tuple(range(1, rng.randint(1, min(codes, 4)) + 1)),
    )
    if not decided:
        return line
    off, shared = charge // 3, charge // 5
    parts = (Adjustment(group="CO", reason="45", amount=off), Adjustment(group="PR", reason="2", amount=shared))
    if rng.random() < 0.4:
        parts = (*parts, Adjustment(group="PR", reason="1", amount=100), Adjustment(group="CO", reason="253", amount=50))
    paid = charge - sum(one.amount for one in parts)
    decision = LineAdjudication(
        payer_id="SBXMB", paid=paid, procedure=line.procedure, adjustments=parts, paid_on=on + timedelta(days=1)
    )
    return replace(line, adjudications=(decision,))


def remit(rng: random.Random, number: int) -> RemitClaim:
    """A balanced decision on a claim."""
    lines = tuple(_remit_line(rng, place) for place in range(1, rng.randint(1, 4) + 1))
    shared = sum(one.amount for line in lines for one in line.adjustments if one.group == "PR")
    on = TODAY - timedelta(days=rng.randint(20, 300))
    return replace(
        day.PAID,
        patient_control_number=f"V{number:05d}",
        charge=sum(line.charge for line in lines),
        paid=sum(line.paid for line in lines),
        patient_share=shared,
        payer_control_number=f"ICN{number}",
        first_service=on,
        last_service=on + timedelta(days=2),
        interest=0,
        remarks=rng.choice(((), ("MA01",), ("MA01", "MA18"))),
        lines=lines,
    )


def _remit_line(rng: random.Random, place: int) -> RemitLine:
    charge = _money(rng)
    made = []
    for group in rng.choice((("CO",), ("CO", "PR"), ("CO", "CO", "PR"), ("PR",))):
        reason = rng.choice(_REASONS) if group == "CO" else rng.choice(("1", "2", "3"))
        made.append(Adjustment(group=group, reason=reason, amount=rng.randint(1, charge // 4)))
    return RemitLine(
        procedure=rng.choice(_PROCEDURES),
        modifiers=rng.choice(((), ("25",))),
        charge=charge,
        paid=charge - sum(one.amount for one in made),
        units=Decimal(rng.randint(1, 4)),
        first_service=TODAY - timedelta(days=rng.randint(20, 300)),
        control_number=f"L{place:05d}",
        adjustments=tuple(made),
        remarks=rng.choice(((), ("N130",), ("N115", "N130"))),
    )


def written(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """One file of each kind that our writers make."""
    yield from day.WRITTEN.items()
    for size in (rng.randint(1, 4), rng.randint(4, 8)):
        claims = [claim(rng, number) for number in range(rng.randrange(6), 6 + size)]
        yield "837P", write_837p(claims, day.ENVELOPE, day.PRACTICE, day.PAYER, "V1")
    paid = tuple(remit(rng, number) for number in range(rng.randint(1, 5)))
    taken = replace(day.REMITTANCE, claims=paid, paid=sum(one.paid for one in paid) + 12)
    yield "835", write_835(rng.choice(((taken,), (taken, day.NO_MONEY))), day.ENVELOPE)
    asked = [day.INQUIRIES[rng.randrange(2)] for _ in range(rng.randint(1, 4))]
    yield "270", write_270([replace(one, trace=f"T{at}") for at, one in enumerate(asked)], day.ENVELOPE)
    told = [day.ANSWERS[rng.randrange(2)] for _ in range(rng.randint(1, 4))]
    yield "271", write_271([replace(one, trace=f"T{at}") for at, one in enumerate(told)], day.ENVELOPE)
    acks = [
        replace(day.CLAIM_ACKS.acks[rng.randrange(2)], patient_control_number=f"V{at}", charge=_money(rng))
        for at in range(rng.randint(1, 6))
    ]
    yield "277CA", write_277ca((replace(day.CLAIM_ACKS, acks=tuple(acks)),), day.ENVELOPE)
    good, bad = day.FUNCTIONAL.sets
    sets = tuple(replace(rng.choice((good, good, bad)), set_control=f"{at:04d}") for at in range(1, rng.randint(2, 5) + 1))
    accepted = sum(one.accepted for one in sets)
    code = "A" if accepted == len(sets) else "P" if accepted else "R"
    answer = replace(day.FUNCTIONAL, sets=sets, included=len(sets), received=len(sets), accepted=accepted, code=code)
    yield "999", write_999((answer,), day.ENVELOPE)


def public() -> Iterator[tuple[str, bytes]]:
    """The public sample files that have no fault at all (../shared/data/x12); none where they are absent."""
    for path in sorted(CORPUS.glob("*/*")) if CORPUS.is_dir() else ():
        data = path.read_bytes()
        if len(data) < 60_000 and not list(check(data)) and (name := kind(data)):
            yield name, data


_MARKS = (("*", ":", "^", "~"), ("|", ">", "^", "~"), ("*", "|", "^", "\n"), ("!", "<", "\\", "~"), ("*", ":", "^", "'"))


def remarked(data: bytes, rng: random.Random) -> bytes:
    """The same file with other delimiters, one segment a line or not."""
    tokens = Tokens(data)
    rows = list(tokens)
    old = tokens.delimiters
    element, component, repetition, end = rng.choice(_MARKS)
    text = "".join(part for row in rows if row[0] != "ISA" for part in row[1:])
    taken = set(text.replace(old.component, "").replace(old.repetition or "\0", ""))
    if taken & {element, component, repetition, end} or not old.repetition:
        return data
    swap = str.maketrans({old.component: component, old.repetition: repetition})
    lines = []
    for row in rows:
        made = list(row) if row[0] == "ISA" else [part.translate(swap) for part in row]
        if row[0] == "ISA":
            made[11], made[16] = repetition, component
        lines.append(element.join(made))
    after = rng.choice(("", "\n", "\r\n")) if end != "\n" else ""
    return "".join(line + end + after for line in lines).encode()
