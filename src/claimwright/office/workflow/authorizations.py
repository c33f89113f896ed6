"""Ask a payer to authorize services beforehand (278), and keep what it answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from claimwright.codesets import icd10cm, procedures, reference
from claimwright.coverage.model import Rejection
from claimwright.identifiers import npi_valid
from claimwright.office.records.content import pack, unpack
from claimwright.office.records.convert import billing_provider, insured_of, payer_of, person_of, provider_of
from claimwright.office.records.models import (
    Authorization,
    AuthorizationRequest,
    CoverageRecord,
    Encounter,
    File,
    Practice,
    ProviderRecord,
    User,
)
from claimwright.office.records.numbers import next_number
from claimwright.office.workflow.errors import Refused
from claimwright.office.workflow.files import control_number, envelope_to, keep_file
from claimwright.office.workflow.trail import changed, find, touched
from claimwright.parties import Struct
from claimwright.x12.review_model import (
    Decision,
    ReviewAnswer,
    ReviewDiagnosis,
    ReviewProvider,
    ReviewRequest,
    ReviewService,
    ServiceDecision,
)
from claimwright.x12.services_review import write_278_request

MOST_SERVICES, MOST_DIAGNOSES = 12, 12
WAITING = ("asked", "in review")
# HCR01 as one word. What is certified under no number is no authorization yet.
STATUS = {"A1": "certified", "A2": "in part", "A3": "denied", "A4": "in review", "A6": "in part", "C": "cancelled",
          "CT": "call", "NA": "not needed"}  # fmt: skip
# Our words for the reasons of decisions (X12 external list 886); a code that is not here is shown as it is.
REASONS = {
    "0B": "it was asked of the wrong payer",
    "0C": "the patient was not covered then",
    "0D": "the provider is not of the plan",
    "0F": "it is not seen as medically necessary",
    "0H": "it needs no authorization",
    "0L": "more was asked for than is granted",
    "0M": "the plan does not cover it",
    "0U": "the payer wants more information",
    "0W": "the payer is still reviewing it",
}
# Why there is no decision at all (AAA03), with what to do.
REJECTIONS = {
    "15": "Something that the payer needs is missing. Complete the request and ask again.",
    "33": "What was sent does not go together. Check it and ask again.",
    "42": "The payer's system is not answering. Ask again later.",
    "51": "The payer does not know our provider number. Check enrolment.",
    "52": "The service dates are outside what the payer may review.",
    "57": "A date is not valid. Check the dates and ask again.",
    "64": "The member id is missing or not valid. Check the card, correct the coverage, ask again.",
    "65": "The name does not match. Check the card, correct the coverage, ask again.",
    "71": "The birth date does not match the payer's. Check the chart.",
    "72": "The payer says the member id is not theirs. Check the card, correct the coverage, ask again.",
    "73": "The name does not match the payer's. Check the card, correct the coverage, ask again.",
    "75": "The payer cannot find this subscriber. Check the card, correct the coverage, ask again.",
    "79": "The payer is not the right one. Check where the card says to ask.",
    "80": "The payer cannot answer now. Ask again later.",
    "95": "The patient is not covered on that day. Verify the coverage.",
}
WHAT_TO_DO = {
    "denied": "Talk to the physician: appeal, choose another service, or tell the patient that they would pay.",
    "in review": "The payer's decision comes by itself; do not do the service before.",
    "call": "Call the payer: it decides this by telephone only.",
    "in part": "Plan no more than was granted, or ask for the rest.",
}


class WantedService(Struct):
    """One service to be authorized."""

    procedure: str
    units: int = 1


@transaction.atomic
def request_authorization(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    patient_id: int,
    coverage_id: int,
    services: Sequence[WantedService],
    diagnoses: Sequence[str],
    start: date,
    end: date | None = None,
    place: str = "11",
    provider_id: int | None = None,
    encounter_id: int | None = None,
) -> AuthorizationRequest:
    """Write a 278 about services between two days; its answer comes as a file."""
    related = ("patient__practice", "plan__payer")
    coverage = find(CoverageRecord, practice, coverage_id, *related, path="patient__practice")
    encounter = find(Encounter, practice, encounter_id) if encounter_id else None
    provider = find(ProviderRecord, practice, provider_id) if provider_id else None
    end = end or start
    _fit(coverage, patient_id, encounter, start, end)
    _known(services, diagnoses, start, place)
    names = " ".join(sorted({one.procedure for one in services}))
    same = AuthorizationRequest.objects.filter(coverage=coverage, procedures=names, start=start, end=end, status__in=WAITING)
    if earlier := same.first():
        raise Refused(f"This was asked on {earlier.asked_on}; the answer shows here by itself.")
    payer = coverage.plan.payer
    trace = f"{practice.pk}R{next_number(practice, 'authorization'):08d}"
    asking = ReviewRequest(
        umo=payer_of(payer),
        requester=billing_provider(practice),
        insured=insured_of(coverage),
        patient=person_of(coverage.patient),
        trace=trace,
        reference=trace,
        place_of_service=place,
        level_of_service="E",
        release_of_information=coverage.release_of_information,
        first_service=start,
        last_service=end,
        diagnoses=tuple(
            ReviewDiagnosis(code=code, qualifier="ABF" if at else "ABK") for at, code in enumerate(dict.fromkeys(diagnoses))
        ),
        providers=(ReviewProvider(role="SJ", provider=provider_of(provider)),) if provider else (),
        services=tuple(
            ReviewService(
                procedure=one.procedure,
                units=Decimal(one.units),
                first_service=start,
                last_service=end,
                trace=f"{trace}-{at}",
            )
            for at, one in enumerate(services, start=1)
        ),
    )
    envelope = envelope_to(practice, payer, today)
    number = control_number(envelope)
    file = keep_file(
        practice,
        direction="out",
        kind="278",
        name=f"{payer.payer_id}-{number}.278",
        content=write_278_request([asking], envelope),
        today=today,
        control_number=number,
    )
    touched(practice, by, coverage.patient, "authorization asked for")
    return AuthorizationRequest.objects.create(
        coverage=coverage,
        encounter=encounter,
        trace=trace,
        file=file,
        asked_on=today,
        procedures=names,
        start=start,
        end=end,
        content=pack(asking),
    )


def _fit(coverage: CoverageRecord, patient_id: int, encounter: Encounter | None, start: date, end: date) -> None:
    if coverage.patient_id != patient_id or (encounter is not None and encounter.patient_id != patient_id):
        raise Refused("The coverage or the visit is another patient's.")
    if coverage.plan.kind == "SELF_PAY":
        raise Refused("The patient pays for themselves; there is no payer to ask.")
    if end < start:
        raise Refused("The last day lies before the first.")
    if start < coverage.start or (coverage.end is not None and start > coverage.end):
        raise Refused("The coverage is not in force on the first day.")


def _known(services: Sequence[WantedService], diagnoses: Sequence[str], on: date, place: str) -> None:
    if not 0 < len(services) <= MOST_SERVICES or len({one.procedure for one in services}) < len(services):
        raise Refused(f"Name one service or more, at most {MOST_SERVICES}, each once.")
    if wrong := [one.procedure for one in services if procedures.procedure(one.procedure, on) is None]:
        raise Refused(f"Not a procedure code in force on that day: {', '.join(wrong)}.")
    if any(one.units < 1 for one in services):
        raise Refused("Ask for at least one unit of each service.")
    if not 0 < len(set(diagnoses)) <= MOST_DIAGNOSES:
        raise Refused(f"Say why: name at least one diagnosis, at most {MOST_DIAGNOSES}.")
    if wrong := [code for code in diagnoses if not ((known := icd10cm.lookup(code, on)) and known.billable)]:
        raise Refused(f"Not a complete diagnosis code in force on that day: {', '.join(wrong)}.")
    if reference.place_of_service(place) is None:
        raise Refused("That is no place of service.")


# Referrals ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_referral(
    *,
    practice: Practice,
    by: User | None,
    today: date,
    patient_id: int,
    coverage_id: int,
    number: str,
    referred_by: str,
    visits: int,
    start: date,
    end: date,
    referring_npi: str = "",
) -> Authorization:
    """Keep a referral: the coverage's claims carry its number from now on, and their days of service use its visits."""
    coverage = find(CoverageRecord, practice, coverage_id, "patient", "plan", path="patient__practice")
    _fit(coverage, patient_id, None, start, end)
    if visits < 1:
        raise Refused("A referral is for at least one visit.")
    if referring_npi and not npi_valid(referring_npi):
        raise Refused("That is no NPI: ten digits, the last of which checks the others.")
    held = Authorization.objects.filter(patient=coverage.patient, plan=coverage.plan, number=number, procedure="")
    if held.exists():
        raise Refused(f"Referral {number} is on file already.")
    referral = Authorization.objects.create(
        patient=coverage.patient,
        plan=coverage.plan,
        number=number,
        referred_by=referred_by,
        referring_npi=referring_npi,
        units=visits,
        start=start,
        end=end,
    )
    changed(coverage, referral_number=number)
    touched(practice, by, coverage.patient, "referral added")
    return referral


# The answer ----------------------------------------------------------------------------------------------------------


def take_decision(practice: Practice, answer: ReviewAnswer, file: File, today: date) -> AuthorizationRequest | None:
    """Keep a payer's answer with the request that it answers, and what it authorizes; None when nobody asked."""
    asked = AuthorizationRequest.objects.filter(coverage__patient__practice=practice, trace=answer.trace or " ")
    request = asked.select_related("coverage__patient", "coverage__plan", "file").first()
    if request is None:
        return None
    if file.answers_id is None:
        changed(file, answers=request.file)
    status = _status(answer)
    if request.status not in WAITING and status in WAITING:
        return request  # an older answer, come late, takes back nothing
    granted = [_grant(request, *one) for one in _granted(request, answer)]
    message = _in_words(answer, status, granted)
    changed(request, answered_on=today, status=status, message=message[:300], answer=pack(answer))
    return request


def _decisions(answer: ReviewAnswer) -> list[Decision]:
    return [one for one in (answer.decision, *(service.decision for service in answer.services)) if one is not None]


def _status(answer: ReviewAnswer) -> str:
    """The whole in a word: what its services have in common, else what was decided of the whole."""
    own = {one.decision.action for one in answer.services if one.decision is not None}
    if not own and answer.decision is not None:
        own = {answer.decision.action}
    if not own:
        return "rejected"
    words = {STATUS.get(action, "call") for action in own}
    if len(words) > 1:
        words -= {"not needed"}
    if len(words) == 1:
        return words.pop()
    return "in part" if words & {"certified", "in part"} else "in review" if "in review" in words else "call"


def _granted(request: AuthorizationRequest, answer: ReviewAnswer) -> Iterable[tuple[ServiceDecision, Decision, ReviewAnswer]]:
    """Each service that may be done, with the decision that says so; where only the whole is decided, all that was asked."""
    decided = [one for one in answer.services if one.decision is not None and one.procedure]
    if decided:
        for one in decided:
            assert one.decision is not None
            number = one.decision.certification_number or (answer.decision.certification_number if answer.decision else "")
            if one.decision.certified and number:
                yield one, Decision(action=one.decision.action, certification_number=number), answer
        return
    whole = answer.decision
    if whole is not None and whole.action == "A1" and whole.certification_number:
        for service in unpack(request.content, ReviewRequest).services:
            yield ServiceDecision(procedure=service.procedure, units=service.units), whole, answer


def _grant(request: AuthorizationRequest, one: ServiceDecision, decision: Decision, answer: ReviewAnswer) -> Authorization:
    """The authorization, made or brought up to date; what the payer grants again under the same number is never less."""
    asked = {service.procedure: service for service in unpack(request.content, ReviewRequest).services}
    wanted = asked.get(one.procedure)
    units = one.units if one.units is not None else wanted.units if wanted else None
    start = one.effective or answer.effective or request.start
    end = one.effective_through or one.expires or answer.effective_through or answer.expires or request.end
    held, fresh = Authorization.objects.get_or_create(
        patient=request.coverage.patient,
        plan=request.coverage.plan,
        number=decision.certification_number[:30],
        procedure=one.procedure[:5],
        defaults={"units": int(units or 1), "start": start, "end": max(start, end)},
    )
    if not fresh:
        changed(held, units=max(held.units, int(units or 1)), start=min(held.start, start), end=max(held.end, end))
    return held


def _in_words(answer: ReviewAnswer, status: str, granted: Sequence[Authorization]) -> str:
    """What the payer decided, with its numbers, reasons and what to do."""
    said = [
        f"{one.units} unit{'s' if one.units != 1 else ''} of {one.procedure} under {one.number}, {one.start} to {one.end}."
        for one in granted
    ]
    if status == "rejected":
        codes = list(dict.fromkeys(each.reason for each in _rejections(answer)))
        said += [f"{REJECTIONS.get(code, 'The payer could not answer. Call the payer.')} (AAA {code})" for code in codes]
        return " ".join(said) or "The payer gives no decision and no reason. Call the payer."
    reasons = list(dict.fromkeys(code for one in _decisions(answer) for code in one.reasons))
    if reasons:
        words = "; ".join(f"{REASONS.get(code, 'reason')} ({code})" for code in reasons)
        said.append(f"{words[:1].upper()}{words[1:]}.")
    if not granted and status == "not needed" and not reasons:
        said.append("No authorization is needed.")
    if status in WHAT_TO_DO:
        said.append(WHAT_TO_DO[status])
    return " ".join(said)


def _rejections(answer: ReviewAnswer) -> list[Rejection]:
    return [*answer.rejections, *(each for one in answer.services for each in one.rejections)]
