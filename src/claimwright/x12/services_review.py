"""278 (005010X217): may this be done, and what the review organization decided. Amounts in whole cents."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.parties import Person, Provider
from claimwright.x12.claim_parts import add_address, add_provider, add_reference, code_on_wire
from claimwright.x12.envelope import Envelope, SetWriter, day, interchange, money, number, repeated, set_control, span, text
from claimwright.x12.review_model import Delivery, Review, ReviewAnswer, ReviewRequest, ReviewService, ServiceDecision
from claimwright.x12.review_reading import read_278, read_278_request, read_278_response

__all__ = ["VERSION", "read_278", "read_278_request", "read_278_response", "write_278_request", "write_278_response"]

VERSION = "005010X217"


def write_278_request(requests: Sequence[ReviewRequest], envelope: Envelope) -> bytes:
    """One file of requests, a set for each, as the guide wants (X217: one patient event a set)."""
    return _write(requests, envelope)


def write_278_response(answers: Sequence[ReviewAnswer], envelope: Envelope) -> bytes:
    """One file of answers, a set for each."""
    return _write(answers, envelope)


def _write(reviews: Sequence[Review], envelope: Envelope) -> bytes:
    sets = []
    for place, one in enumerate(reviews):
        out = SetWriter("278", set_control(envelope, place), VERSION)
        created = envelope.created
        purpose = one.purpose if isinstance(one, ReviewRequest) else "11"
        kind = ("18" if one.final else "19") if isinstance(one, ReviewAnswer) else "RU" if purpose == "36" else ""
        head = text(one.reference) or text(one.trace)
        out.add("BHT", "0007", purpose, head, day(created.date()), created.strftime("%H%M"), kind)
        _parties(out, one)
        sets.append(out)
    return interchange(envelope, "HI", VERSION, sets)


def _parties(out: SetWriter, one: Review) -> None:
    """The levels above the patient event."""
    asking = isinstance(one, ReviewRequest)
    top = out.level("20", None, True)
    _rejections(out, one, "2000A")
    out.add("NM1", "X3", "2", text(one.umo.name), "", "", "", "", "PI", text(one.umo.payer_id))
    if one.umo.phone and not asking:
        out.add("PER", "IC", "", "TE", one.umo.phone)
    _rejections(out, one, "2010A")
    level = out.level("21", top, True)
    _requester(out, one.requester, asking)
    _rejections(out, one, "2010B")
    if one.requester.taxonomy:
        out.add("PRV", {"AR": "AD", "SC": "RF"}.get(one.category, "PE"), "PXC", one.requester.taxonomy)
    own = one.insured.relationship == "18"
    level = out.level("22", level, True)
    who = one.patient if own else one.insured.person
    out.add("NM1", "IL", "1", *_names(who), "MI", text(one.insured.member_id))
    add_reference(out, "6P", one.insured.group_number)
    _demographics(out, one, who, "2010C")
    if not own:
        level = out.level("23", level, True)
        out.add("NM1", "QC", "1", *_names(one.patient))
        _demographics(out, one, one.patient, "2010D")
        code = one.insured.relationship
        out.add("INS", "N", code if code in ("01", "19") else "G8")
    _event(out, one, level)


def _names(who: Person) -> tuple[str, ...]:
    return (text(who.last), text(who.first), text(who.middle), "", text(who.suffix))


def _demographics(out: SetWriter, one: Review, who: Person, loop: str) -> None:
    add_address(out, who.address)
    _rejections(out, one, loop)
    if who.birth:
        out.add("DMG", "D8", day(who.birth), who.sex)


def _requester(out: SetWriter, one: Provider, asking: bool) -> None:
    given = (text(one.first), text(one.middle)) if one.person else ("", "")
    qualifier, identifier = ("XX", one.npi) if one.npi else ("24", one.ein)
    out.add("NM1", "1P", "1" if one.person else "2", text(one.name), *given, "", "", qualifier, identifier)
    if one.npi:
        add_reference(out, "EI", one.ein)
    if asking:
        add_address(out, one.address)
        if one.phone:
            out.add("PER", "IC", "", "TE", one.phone)


def _rejections(out: SetWriter, one: Review | ReviewService, loop: str) -> None:
    for each in one.rejections if isinstance(one, ReviewAnswer | ServiceDecision) else ():
        if (each.loop or "2000E") == loop:
            # 42 and 80: the request is good, the payer cannot answer now.
            out.add("AAA", "Y" if each.reason in ("42", "80") else "N", "", each.reason, each.follow_up)


def _event(out: SetWriter, one: Review, parent: int) -> None:
    services = one.services if isinstance(one, ReviewRequest | ReviewAnswer) else ()
    level = out.level("EV", parent, bool(services))
    issuer = f"9{(one.requester.npi or '0'):0<9.9}"
    out.add("TRN", "1" if isinstance(one, ReviewRequest) else "2", text(one.trace), issuer)
    if isinstance(one, ReviewAnswer):
        if one.payer_trace:
            out.add("TRN", "1", text(one.payer_trace), f"9{one.umo.payer_id:0<9.9}")
        _rejections(out, one, "2000E")
    place = (one.place_of_service, one.facility_qualifier) if one.place_of_service else ""
    cause = (one.related_cause, "", "", one.accident_state) if one.related_cause else ""
    out.add(
        "UM", one.category, one.certification_type, one.service_type, place, cause, one.level_of_service, "", "",
        one.release_of_information, one.delay_reason,
    )  # fmt: skip
    _decision(out, one)
    add_reference(out, "BB", one.previous_authorization)
    add_reference(out, "NT", one.administrative_reference)
    for qualifier, on in (("439", one.accident_date), ("431", one.onset), ("435", one.admitted), ("096", one.discharged)):
        if on:
            out.add("DTP", qualifier, "D8", day(on))
    if one.first_service:
        out.add("DTP", "AAH", *span(one.first_service, one.last_service))
    _certified(out, one)
    codes = [(each.qualifier, code_on_wire(each.code), "D8" if each.on else "", day(each.on)) for each in one.diagnoses[:12]]
    if codes:
        out.add("HI", *codes)
    _delivery(out, one.delivery)
    certifications = sorted(one.certifications, key=lambda row: row[0] != "CRC")
    for row in (each for each in certifications if each[0] == "CRC"):
        out.add(*row)
    if one.admission_type or one.admission_source or one.patient_status:
        out.add("CL1", one.admission_type, one.admission_source, one.patient_status)
    for row in (each for each in certifications if each[0] != "CRC"):
        out.add(*row)
    _attachments(out, one)
    _providers(out, one, "2010EA")
    for place_ in one.transports:
        out.add("NM1", place_.role, "2", text(place_.name))
        add_address(out, place_.address)
    for service in services:
        _service(out, service, level, issuer)


def _service(out: SetWriter, one: ReviewService, parent: int, issuer: str) -> None:
    out.level("SS", parent, False)
    if one.trace:
        out.add("TRN", "2" if isinstance(one, ServiceDecision) else "1", text(one.trace), issuer)
    _rejections(out, one, "2000F")
    if one.category:
        place = (one.place_of_service, "B") if one.place_of_service else ""
        out.add("UM", one.category, one.certification_type, one.service_type, place)
    _decision(out, one)
    add_reference(out, "BB", one.previous_authorization)
    if one.first_service:
        out.add("DTP", "472", *span(one.first_service, one.last_service))
    _certified(out, one)
    code = (one.qualifier, text(one.procedure), *one.modifiers[:4]) if one.procedure else ""
    units = ("", "") if one.units is None else (one.unit_basis, number(one.units))
    charge = "" if one.charge is None else money(one.charge)
    if one.kind == "professional":
        out.add("SV1", code, charge, *units, "", "", tuple(str(pointer) for pointer in one.pointers[:4]))
    elif one.kind == "institutional":
        out.add("SV2", text(one.revenue_code), code, charge, *units)
    elif one.kind == "dental":
        out.add("SV3", code, charge, "", "", "", units[1] or "1")
        for tooth in one.teeth:
            out.add("TOO", "JP", tooth)
    _delivery(out, one.delivery)
    _attachments(out, one)
    _providers(out, one, "2010FA")


def _decision(out: SetWriter, one: Review | ReviewService) -> None:
    found = one.decision if isinstance(one, ReviewAnswer | ServiceDecision) else None
    if found:
        opinion = "" if found.second_opinion is None else "Y" if found.second_opinion else "N"
        out.add("HCR", found.action, text(found.certification_number), repeated(found.reasons), opinion)


def _certified(out: SetWriter, one: Review | ReviewService) -> None:
    if isinstance(one, ReviewAnswer | ServiceDecision):
        for qualifier, on in (("102", one.issued), ("036", one.expires)):
            if on:
                out.add("DTP", qualifier, "D8", day(on))
        if one.effective:
            out.add("DTP", "007", *span(one.effective, one.effective_through))


def _delivery(out: SetWriter, one: Delivery | None) -> None:
    if one:
        amounts = ["" if each is None else number(each) for each in (one.quantity, one.every)]
        periods = "" if one.periods is None else str(one.periods)
        out.add("HSD", one.of, amounts[0], one.unit, amounts[1], one.period, periods, one.pattern, one.time)


def _attachments(out: SetWriter, one: Review | ReviewService) -> None:
    for each in one.attachments:
        qualifier = "AC" if each.control_number else ""
        out.add("PWK", each.report_type, each.transmission, "", "", qualifier, text(each.control_number), text(each.description))
    if one.message:
        out.add("MSG", text(one.message)[:264])


def _providers(out: SetWriter, one: Review | ReviewService, loop: str) -> None:
    for place, each in enumerate(one.providers):
        who = each.provider
        add_provider(out, each.role, who)
        add_reference(out, "EI", who.ein)
        add_address(out, who.address)
        if who.phone:
            out.add("PER", "IC", "", "TE", who.phone)
        if not place:
            _rejections(out, one, loop)
        if who.taxonomy:
            out.add("PRV", {"71": "AT", "72": "OP", "DN": "RF", "DK": "OR"}.get(each.role, "PE"), "PXC", who.taxonomy)
