"""Bring acknowledgements back to what they answer: the interchange, the set, the claim, the line of the file that was sent."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from claimwright.codesets.reference import claim_status
from claimwright.findings import Finding
from claimwright.parties import Struct
from claimwright.x12.claim_acknowledgement import ClaimAck, ClaimAcks, Status
from claimwright.x12.functional import TA1_NOTES, FunctionalAck, SetAck, Ta1
from claimwright.x12.located import value
from claimwright.x12.outline import outline
from claimwright.x12.tokens import Source, Tokens

Acknowledgement = Ta1 | FunctionalAck | ClaimAcks


class SentClaim(Struct):
    """A claim of a sent file and its segments' numbers in it."""

    patient_control_number: str
    first: int
    last: int


class SentSet(Struct):
    """A set of a sent file, as acknowledgements name it."""

    interchange: str  # ISA13
    functional_id: str  # GS01
    group: str  # GS06
    version: str  # GS08
    set_id: str
    control: str  # ST02
    first: int  # the segments' numbers in the file
    last: int
    batch: str = ""  # BHT03
    claims: tuple[SentClaim, ...] = ()


class Answered(Struct):
    """What an acknowledgement says of one sent set, or of one claim of it. `set` is None where it answers nothing that was sent.

    The findings have the line of the sent file and the claim it belongs to, and say in words what was refused.
    """

    ack: Ta1 | FunctionalAck | SetAck | ClaimAck
    accepted: bool
    set: SentSet | None = None
    claims: tuple[SentClaim, ...] = ()  # those it is about: all of the set, or the one
    findings: tuple[Finding, ...] = ()


def sent_sets(source: bytes) -> tuple[SentSet, ...]:
    """Every set of a file, with its claims."""
    found = []
    claims, batches = _claims_and_batches(source)
    starts = [one.first for one in claims]
    for interchange in outline(source):
        for group in interchange.groups:
            for one in group.sets:
                inside = claims[bisect_right(starts, one.first) : bisect_right(starts, one.last)]
                found.append(
                    SentSet(
                        interchange=value(interchange.header, 13), functional_id=value(group.header, 1),
                        group=value(group.header, 6), version=one.version or value(group.header, 8), set_id=one.set_id,
                        control=one.control, first=one.first, last=one.last, batch=batches.get(one.first + 1, ""),
                        claims=tuple(inside),
                    )
                )  # fmt: skip
    return tuple(found)


def _claims_and_batches(source: Source) -> tuple[list[SentClaim], dict[int, str]]:
    """Each claim from its CLM to the next level or claim, and each BHT03 by its line."""
    claims: list[SentClaim] = []
    batches: dict[int, str] = {}
    control, first = "", 0
    tokens = Tokens(source)
    for rows in tokens.batches():
        separator, line = tokens.delimiters.element, tokens.line - len(rows)
        for row in rows:
            line += 1
            name = row[:3] if row[2:3] != separator else row[:2]
            if name in ("CLM", "HL", "SE"):
                if first:
                    claims.append(SentClaim(patient_control_number=control, first=first, last=line - 1))
                control, first = (value(row.split(separator, 2), 1), line) if name == "CLM" else ("", 0)
            elif name == "BHT":
                batches[line] = value(row.split(separator), 3)
    if first:
        claims.append(SentClaim(patient_control_number=control, first=first, last=tokens.line))
    return claims, batches


def answers(acks: Iterable[Acknowledgement], sent: Iterable[SentSet]) -> Iterator[Answered]:
    """Each acknowledgement with the sets or the claim that it is about, in the acknowledgements' order."""
    sets = tuple(sent)
    for ack in acks:
        if isinstance(ack, Ta1):
            yield from _interchange(ack, sets)
        elif isinstance(ack, FunctionalAck):
            yield from _group(ack, sets)
        else:
            yield from _claims(ack, sets)


def _same(number: str, other: str) -> bool:
    """Whether two control numbers are one: leading zeros do not count."""
    return number.strip().lstrip("0") == other.strip().lstrip("0")


def _interchange(ack: Ta1, sets: tuple[SentSet, ...]) -> Iterator[Answered]:
    said = TA1_NOTES.get(ack.note, "The receiver refuses the interchange.")
    findings = () if ack.accepted else (Finding(code=f"TA1:{ack.note}", severity="error", message=said, segment="ISA", line=1),)
    found = [one for one in sets if _same(one.interchange, ack.interchange)]
    for one in found:
        yield Answered(ack=ack, accepted=ack.accepted, set=one, claims=one.claims, findings=findings)
    if not found:
        yield Answered(ack=ack, accepted=ack.accepted, findings=findings)


def _group(ack: FunctionalAck, sets: tuple[SentSet, ...]) -> Iterator[Answered]:
    """The sets that a 999 names, and those of the group that it does not: they share its word on the group, if there is one."""
    found = [one for one in sets if _same(one.group, ack.group_control) and one.functional_id == ack.functional_id]
    named = set()
    for told in ack.sets:
        one = next((one for one in found if _same(one.control, told.set_control)), None)
        named.add(one.control if one else "")
        accepted = told.accepted and ack.code != "R"
        yield Answered(
            ack=told, accepted=accepted, set=one, claims=one.claims if one else (),
            findings=tuple(_in_file(error, one) for error in told.errors),
        )  # fmt: skip
    for one in found if ack.code else ():
        if one.control not in named:
            yield Answered(ack=ack, accepted=ack.code != "R", set=one, claims=one.claims)
    if ack.code and not found and not ack.sets:
        yield Answered(ack=ack, accepted=ack.code != "R")


def _in_file(error: Finding, sent: SentSet | None) -> Finding:
    """An error with the line of the file and its claim, where the set is known."""
    if sent is None or not error.line:
        return error
    line = sent.first + error.line - 1
    inside = next((one.patient_control_number for one in sent.claims if one.first <= line <= one.last), "")
    return msgspec.structs.replace(error, line=line, claim=error.claim or inside, transaction=sent.set_id, version=sent.version)


def _claims(acks: ClaimAcks, sets: tuple[SentSet, ...]) -> Iterator[Answered]:
    """By the batch where it is known, and by the patient control number; where that was used twice, in order."""
    found = [one for one in sets if one.batch == acks.batch and one.set_id == "837"] or [
        one for one in sets if one.set_id == "837"
    ]
    waiting: dict[str, list[tuple[SentSet, SentClaim]]] = {}
    for one in found:
        for claim in one.claims:
            waiting.setdefault(claim.patient_control_number, []).append((one, claim))
    for ack in acks.acks:
        places = waiting.get(ack.patient_control_number, [])
        home = places.pop(0) if len(places) > 1 else places[0] if places else None
        line = home[1].first if home else 0
        told = [(ack.category, ack.status, ack.entity), *ack.also]
        findings = () if ack.accepted else tuple(_status(one, ack, line) for one in told)
        yield Answered(
            ack=ack, accepted=ack.accepted, set=home[0] if home else None, claims=(home[1],) if home else (), findings=findings
        )


def _status(status: Status, ack: ClaimAck, line: int) -> Finding:
    """A claim status in words."""
    known = claim_status(status[1])
    said = known.text if known else "The payer gives only the code"
    return Finding(
        code=":".join(part for part in status if part), severity="error", message=f"{said}. {ack.message}".strip(),
        claim=ack.patient_control_number, line=line, loop="2300", segment="CLM",
    )  # fmt: skip
