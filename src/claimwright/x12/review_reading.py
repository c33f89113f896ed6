"""Services reviews (278, 005010X217) from the wire: requests and answers, one patient event each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from claimwright.coverage.model import Rejection
from claimwright.findings import Finding
from claimwright.money import Cents
from claimwright.parties import Insured, Payer, Provider
from claimwright.x12.claim_parts import code_in_full
from claimwright.x12.located import Place, Section, part, sections, value
from claimwright.x12.review_model import (
    Attachment,
    Decision,
    Delivery,
    ReviewAnswer,
    ReviewDiagnosis,
    ReviewProvider,
    ReviewRequest,
    ReviewService,
    ServiceDecision,
    Transport,
)
from claimwright.x12.tokens import Segment, Source
from claimwright.x12.values import UnreadableError, address, amount, date8, dated, dates, person, provider, quantity, reference


def read_278_request(source: Source, findings: list[Finding] | None = None) -> Iterator[ReviewRequest]:
    """Every patient event that a file asks about; its answers, if it holds any, are passed over."""
    return (one for one in read_278(source, findings) if isinstance(one, ReviewRequest))


def read_278_response(source: Source, findings: list[Finding] | None = None) -> Iterator[ReviewAnswer]:
    """Every answer of a file. One that stops before a patient event is returned with its rejections."""
    return (one for one in read_278(source, findings) if isinstance(one, ReviewAnswer))


def read_278(source: Source, findings: list[Finding] | None = None) -> Iterator[ReviewRequest | ReviewAnswer]:
    """Every request and every answer of a file, in its order.

    `findings` gains what is cut off: of the event before a break, services may be missing; an answer there that decides nothing
    yet is not given.
    """
    review: _Set | None = None
    for place, section in sections(source, frozenset({"278"}), findings):
        loop = _label(section)
        if loop in ("REQUEST", "ANSWER"):
            review = _Set(place, section)
        elif loop == "SE":
            if review is not None:
                found = review.answers() if value(review.bht, 2) == "11" else review.requests()
                yield from (one for one in found if not (section.cut and _decides_nothing(one)))
            review = None
        elif review is not None and loop.startswith("20"):
            if section.loop.endswith("+"):
                review.go_on(loop.rstrip("+"), section)
            else:
                review.take(loop, section)


def _decides_nothing(one: ReviewRequest | ReviewAnswer) -> bool:
    if isinstance(one, ReviewRequest):
        return False
    return one.decision is None and not one.rejections and all(each.decision is None for each in one.services)


class _Event:
    """A patient event's own loop, the loops beside it, and its services with theirs."""

    def __init__(self, section: Section) -> None:
        self.section = section
        self.beside: list[Section] = []
        self.services: list[tuple[Section, list[Section]]] = []


class _Set:
    """One set, level by level."""

    def __init__(self, place: Place, header: Section) -> None:
        self.component = place.tokens.delimiters.component
        self.repetition = place.tokens.delimiters.repetition or "\x00"
        self.bht = header.first("BHT")
        self.held: dict[str, Section] = {}
        self.events: list[_Event] = []

    def take(self, loop: str, section: Section) -> None:
        """One finished loop."""
        if loop == "2000E":
            self.events.append(_Event(section))
        elif not self.events:
            self.held[loop] = section
        elif loop == "2000F":
            self.events[-1].services.append((section, []))
        elif self.events[-1].services:
            self.events[-1].services[-1][1].append(section)
        else:
            self.events[-1].beside.append(section)

    def go_on(self, loop: str, section: Section) -> None:
        """More of a loop that has begun."""
        event = self.events[-1] if self.events else None
        beside = [*event.beside, *(each for pair in event.services for each in (pair[0], *pair[1]))] if event else []
        known = [*self.held.values(), *([event.section] if event else []), *beside]
        match = next((each for each in reversed(known) if _label(each) == loop), None)
        if match is not None:
            match.segments += section.segments

    def section(self, loop: str) -> Section:
        return self.held.get(loop, Section(loop, 0))

    def requests(self) -> Iterator[ReviewRequest]:
        for event in self.events:
            services = tuple(ReviewService(**self._service(*pair)) for pair in event.services)
            yield ReviewRequest(**self._common(event), purpose=value(self.bht, 2), services=services)

    def answers(self) -> Iterator[ReviewAnswer]:
        for event in self.events or [_Event(Section("", 0))]:
            traces = {value(row, 1): value(row, 2) for row in event.section.all("TRN")}
            # Some payers give the request's number back as if it were their own (TRN01 1).
            common = self._common(event) | {"trace": traces.get("2") or traces.get("1", "")}
            above = [one for each in self.held.values() for one in _refused(each)]
            yield ReviewAnswer(
                **common,
                **self._decided(event.section),
                rejections=(*above, *_refused(event.section), *(one for each in event.beside for one in _refused(each))),
                final=value(self.bht, 6) != "19",
                payer_trace=traces.get("1", "") if "2" in traces else "",
                services=tuple(
                    ServiceDecision(
                        **self._service(*pair),
                        **self._decided(pair[0]),
                        rejections=tuple(one for each in (pair[0], *pair[1]) for one in _refused(each)),
                    )
                    for pair in event.services
                ),
            )

    def _common(self, event: _Event) -> dict[str, Any]:
        umo, rows = self.section("2010A"), event.section
        dependent = "2010D" in self.held
        subscriber = self.section("2010C")
        first, last = dates(value(rows.first("DTP", "AAH"), 3))
        relationship = (value(self.section("2010D").first("INS"), 2) or "G8") if dependent else "18"
        entry = rows.first("CL1")
        return {
            "umo": Payer(name=value(umo.first("NM1"), 3), payer_id=value(umo.first("NM1"), 9), phone=_phone(umo)),
            "requester": _asking(self.section("2010B")),
            "insured": Insured(
                person=person(subscriber),
                member_id=value(subscriber.first("NM1"), 9),
                relationship=relationship,
                group_number=reference(subscriber, "6P"),
            ),
            "patient": person(self.section("2010D") if dependent else subscriber),
            "trace": value(rows.first("TRN"), 2),
            "reference": value(self.bht, 3),
            **self._asked(rows),
            "administrative_reference": reference(rows, "NT"),
            "accident_date": dated(rows, "439"),
            "onset": dated(rows, "431"),
            "first_service": first,
            "last_service": last,
            "admitted": dated(rows, "435"),
            "discharged": dated(rows, "096"),
            "diagnoses": tuple(self._diagnosis(code) for row in rows.all("HI") for code in row[1:] if code),
            "admission_type": value(entry, 1),
            "admission_source": value(entry, 2),
            "patient_status": value(entry, 3),
            "certifications": tuple(tuple(row) for row in rows.segments if row[0] in ("CRC", "CR1", "CR2", "CR5", "CR6")),
            **_common_parts(rows),
            "providers": _people(event.beside, "2010EA"),
            "transports": tuple(
                Transport(role=value(each.first("NM1"), 1), name=value(each.first("NM1"), 3), address=address(each))
                for each in event.beside
                if value(each.first("NM1"), 1) in _PLACES
            ),
        }

    def _asked(self, rows: Section) -> dict[str, Any]:
        """UM and what belongs to it at the event's level."""
        row = rows.first("UM")
        place, cause = value(row, 4), value(row, 5)
        return {
            "category": value(row, 1),
            "certification_type": value(row, 2),
            "service_type": value(row, 3),
            "place_of_service": part(place, 1, self.component),
            "facility_qualifier": part(place, 2, self.component) or "B",
            "related_cause": part(cause, 1, self.component),
            "accident_state": part(cause, 4, self.component),
            "level_of_service": value(row, 6),
            "release_of_information": value(row, 9),
            "delay_reason": value(row, 10),
            "previous_authorization": reference(rows, "BB"),
        }

    def _diagnosis(self, composite: str) -> ReviewDiagnosis:
        qualifier, code, _, on = (part(composite, at, self.component) for at in (1, 2, 3, 4))
        return ReviewDiagnosis(code=code if qualifier == "DR" else code_in_full(code), qualifier=qualifier, on=date8(on))

    def _service(self, rows: Section, beside: Sequence[Section]) -> dict[str, Any]:
        kind, row, at = _kind(rows)
        code = [part(value(row, at), place, self.component) for place in range(1, 7)]
        first, last = dates(value(rows.first("DTP", "472"), 3))
        review = rows.first("UM")
        basis, units = (value(row, 0), value(row, 6)) if kind == "dental" else (value(row, at + 2), value(row, at + 3))
        pointers = value(row, 7).split(self.component) if kind == "professional" else []
        return {
            "procedure": code[1],
            "kind": kind,
            "qualifier": code[0] or "HC",
            "modifiers": tuple(one for one in code[2:] if one),
            "revenue_code": value(row, 1) if kind == "institutional" else "",
            "units": quantity(units),
            "unit_basis": "UN" if kind == "dental" else basis or "UN",
            "charge": _amount(row, at + 1),
            "pointers": tuple(int(one) for one in pointers if one.isdecimal() and len(one) < 3),
            "first_service": first,
            "last_service": last,
            "trace": next((value(one, 2) for one in reversed(rows.all("TRN"))), ""),
            "category": value(review, 1),
            "certification_type": value(review, 2),
            "service_type": value(review, 3),
            "place_of_service": part(value(review, 4), 1, self.component),
            "previous_authorization": reference(rows, "BB"),
            "teeth": tuple(value(one, 2) for one in rows.all("TOO")),
            **_common_parts(rows),
            "providers": _people(beside, "2010F"),
        }

    def _decided(self, rows: Section) -> dict[str, Any]:
        row = rows.first("HCR")
        decision = None
        if row:
            reasons = tuple(one for one in value(row, 3).split(self.repetition) if one)
            opinion = {"Y": True, "N": False}.get(value(row, 4))
            decision = Decision(action=value(row, 1), certification_number=value(row, 2), reasons=reasons, second_opinion=opinion)
        effective, through = dates(value(rows.first("DTP", "007"), 3))
        return {
            "decision": decision,
            "issued": dated(rows, "102"),
            "expires": dated(rows, "036"),
            "effective": effective,
            "effective_through": through,
        }


_PLACES = frozenset({"45", "FS", "ND", "PW", "R3"})


def _label(section: Section) -> str:
    return section.loop.partition("-")[0]


def _kind(rows: Section) -> tuple[str, Segment, int]:
    """What kind of service it is, its segment, and where the procedure stands in it."""
    for name, kind, at in (("SV1", "professional", 1), ("SV2", "institutional", 2), ("SV3", "dental", 1)):
        if row := rows.first(name):
            return kind, row, at
    return "", [], 1


def _common_parts(rows: Section) -> dict[str, Any]:
    """Delivery, attachments and message, alike for the event and its services."""
    row = rows.first("HSD")
    periods = value(row, 6)
    delivery = Delivery(
        of=value(row, 1),
        quantity=quantity(value(row, 2)),
        unit=value(row, 3),
        every=quantity(value(row, 4)),
        period=value(row, 5),
        periods=int(periods) if periods.isdecimal() and len(periods) < 4 else None,
        pattern=value(row, 7),
        time=value(row, 8),
    )
    papers = tuple(
        Attachment(report_type=value(one, 1), transmission=value(one, 2), control_number=value(one, 6), description=value(one, 7))
        for one in rows.all("PWK")
    )
    message = " ".join(value(one, 1) for one in rows.all("MSG"))
    return {"delivery": delivery if row else None, "attachments": papers, "message": message}


def _people(beside: Iterable[Section], loop: str) -> tuple[ReviewProvider, ...]:
    return tuple(
        ReviewProvider(role=value(each.first("NM1"), 1), provider=provider(each))
        for each in beside
        if _label(each).startswith(loop) and _label(each) != "2010FB"
    )


def _asking(section: Section) -> Provider:
    """The requester, with its NPI or its tax number."""
    found, name = provider(section), section.first("NM1")
    if value(name, 8) != "24":
        return found
    return Provider(
        npi="", name=found.name, first=found.first, middle=found.middle, person=found.person, taxonomy=found.taxonomy,
        ein=value(name, 9), address=found.address, phone=found.phone,
    )  # fmt: skip


def _phone(section: Section) -> str:
    rows = section.all("PER")
    return next((value(row, at + 1) for row in rows for at in (3, 5, 7) if value(row, at) == "TE"), "")


def _refused(section: Section) -> list[Rejection]:
    return [Rejection(reason=value(row, 3), follow_up=value(row, 4), loop=_label(section)) for row in section.all("AAA")]


def _amount(segment: Segment, place: int) -> Cents | None:
    try:
        return amount(segment, place) if value(segment, place) else None
    except UnreadableError:
        return None
