"""The coding workbench: what waits, and the note beside its codes."""

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from claimwright.codesets import icd10cm, procedures
from claimwright.coding import lookup
from claimwright.edits.drugs import is_drug
from claimwright.office.clock import today
from claimwright.office.codes import near
from claimwright.office.records.charts import documents_of
from claimwright.office.records.models import Encounter, PhysicianQuery
from claimwright.office.reports import coding as reports
from claimwright.office.reports import panels
from claimwright.office.web.access import CODING, looked, mine, roles
from claimwright.office.web.shell import do, page, paginate, refused_at
from claimwright.office.workflow import charging, claims
from claimwright.office.workflow import coding as verbs
from claimwright.office.workflow.choices import REASONS

VISITS = Encounter.objects.select_related("patient", "provider", "location")
STATES = ("to code", "query", "coded", "billed", "closed")


@roles(*CODING)
def listing(request: HttpRequest) -> HttpResponse:
    """Charts that wait for codes, oldest first."""
    asked = {name: request.GET.get(name, "") for name in ("sort", "payer", "specialty")}
    state = request.GET.get("state", "")
    counts = reports.counts(request.practice)
    kept = state if state in STATES else ""
    every = reports.queue(request.practice, today(), kept, sort=asked["sort"])
    found = [row for row in every if asked["payer"] in ("", row.payer) and asked["specialty"] in ("", row.specialty)]
    context = {
        "rows": paginate(request, found),
        "states": [(name, counts[name]) for name in STATES if counts.get(name)],
        "waiting": sum(counts.get(name, 0) for name in reports.WAITING),
        "asked": state,
        "said": asked,
        "sorts": reports.SORTS,
        "payers": sorted({row.payer for row in every}),
        "specialties": sorted({row.specialty for row in every}),
        "shown": len(found),
        "value": sum(row.value for row in found),
    }
    return page(request, "coding/list.html", context)


@roles(*CODING)
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The note and its codes; a post saves them, and when done makes charges and the claim."""
    encounter = mine(VISITS, request, pk)
    if request.method == "POST":
        return decide(request, encounter)
    looked(request, encounter.patient, "chart")
    seen, questions = reports.read(encounter)
    rows = reports.rows(encounter)
    for row in rows:
        row.words = row.words or _words(row.system, row.code, encounter)
    level = next((row for row in rows if row.level and not row.considered), None)
    context = {
        "encounter": encounter,
        "documents": reports.pieces(encounter, seen),
        "diagnoses": [row for row in rows if not row.service and not row.considered],
        "services": [row for row in rows if row.service and not row.considered],
        "considered": [row for row in rows if row.considered],
        "level": level,
        "elements": panels.elements(level.level) if level else (),
        "ladder": panels.ladder(level.code) if level else (),
        "assertions": sorted({finding.assertion for finding in seen} - {"affirmed"}),
        "questions": questions,
        "queries": reports.queries(encounter),
        "editable": encounter.state in ("to code", "query", "coded", "billed"),
        "claim": encounter.claims.order_by("-id").first(),
        "ahead": reports.next_chart(request.practice, pk),
        "reasons": REASONS,
        "sure": sum(row.auto and row.decision == "open" for row in rows),
    }
    return page(request, "coding/screen.html", context)


def _words(system: str, code: str, encounter: Encounter) -> str:
    if system == "ICD-10-CM":
        known = icd10cm.lookup(code, encounter.date)
        return known.description if known else "not in the tables for this date"
    service = procedures.procedure(code, encounter.date)
    return service.label if service else "not in the tables for this date"


def decide(request: HttpRequest, encounter: Encounter) -> HttpResponse:
    """Keep the codes in the order of the page; "done" goes on to charges, claim and edits."""
    try:
        codes = posted_codes(request)
    except (ValueError, InvalidOperation):
        return HttpResponseBadRequest("Units and quantities are numbers.")
    complete = request.POST.get("finish") == "done"
    _, fine = do(
        request,
        verbs.decide_codes,
        at="codes",
        encounter_id=encounter.pk,
        codes=codes,
        complete=complete,
        rejected=posted_rejections(request),
        done="" if complete else "Saved for later.",
    )
    if complete and not fine:
        keep_draft(request, encounter)
    if not fine or not complete:
        return redirect("code", encounter.pk)
    _, fine = do(request, charging.capture_charges, at="codes", encounter_id=encounter.pk)
    claim, built = do(request, claims.build_claim, at="codes", encounter_id=encounter.pk) if fine else (None, False)
    if not built:
        return redirect("code", encounter.pk)
    findings, _ = do(request, claims.scrub_claim, at=f"claim-{claim.pk}", claim_id=claim.pk)
    stops = sum(finding.stops for finding in findings or ())
    told = f"Coded. The claim is held: {stops} to mend." if stops else "Coded. The claim passed every edit and is ready to send."
    do(request, lambda **_: None, at="codes", done=told)
    return redirect("claim", claim.pk)


def keep_draft(request: HttpRequest, encounter: Encounter) -> None:
    """What was decided and not yet saved when the coder asks, answers or reads again, sent along with it."""
    if "decision" in request.POST and encounter.state in reports.WAITING:
        try:
            codes = posted_codes(request)
        except (ValueError, InvalidOperation):
            refused_at(request, "codes", "Units and quantities are numbers: the codes were not saved.")
            return
        refused = posted_rejections(request)
        do(request, verbs.decide_codes, at="codes", encounter_id=encounter.pk, codes=codes, complete=False, rejected=refused)


def posted_codes(request: HttpRequest, decisions: tuple[str, ...] = ("accepted",)) -> list[verbs.DecidedCode]:
    """The rows with these decisions, as the page lists them: diagnoses first, then services."""
    said = request.POST
    columns = [said.getlist(name) for name in ("system", "code", "modifiers", "units", "dx", "suggestion", "decision")]
    beside = ("words", "ndc", "ndc_quantity", "ndc_unit")
    spoken = [said.getlist(name) or [""] * len(columns[0]) for name in beside]
    found = []
    for system, code, modifiers, units, dx, suggestion, decision, words, ndc, quantity, unit in zip(
        *columns, *spoken, strict=True
    ):
        if decision in decisions:
            place = words.split(":")
            found.append(
                verbs.DecidedCode(
                    system=system,
                    code=code.upper(),
                    modifiers=tuple(modifiers.upper().split()),
                    units=Decimal(units or "1"),
                    diagnosis_codes=tuple(dx.upper().split()),
                    ndc=ndc.strip()[:15],
                    ndc_quantity=Decimal(quantity) if quantity.strip() else None,
                    ndc_unit=unit[:2],
                    suggestion_id=int(suggestion) if suggestion.isdigit() else None,
                    words=(int(place[0]), int(place[1]), int(place[2]))
                    if len(place) == 3 and all(one.isdecimal() for one in place)
                    else None,
                )
            )
    return found


def posted_rejections(request: HttpRequest) -> dict[int, str]:
    """The suggestions turned down on the page, with the coder's reason."""
    suggestions, decisions = request.POST.getlist("suggestion"), request.POST.getlist("decision")
    reasons = request.POST.getlist("why") or [""] * len(suggestions)
    rows = zip(suggestions, decisions, reasons, strict=True)
    return {int(pk): why for pk, decision, why in rows if decision == "rejected" and pk.isdigit()}


@roles(*CODING)
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Codes that match a few letters, in force on the day of service."""
    encounter = mine(Encounter, request, pk)
    text = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")  # in place of a diagnosis only a diagnosis is wanted
    wanted = len(text) > 1 and kind != "service"
    services = lookup.services(text, encounter.date) if len(text) > 1 and kind != "diagnosis" else []
    context = {
        "text": text,
        "diagnoses": lookup.search(text, encounter.date, near=near(), place=_place(request, encounter)) if wanted else [],
        "services": services,
        "drugs": {row.code for row in services if is_drug(row.code)},
    }
    return render(request, "coding/_found.html", context)


def _place(request: HttpRequest, encounter: Encounter) -> lookup.Place | None:
    """Where in the record the words that are looked up were chosen."""
    told = request.GET.get("words", "").split(":")
    if len(told) != 3 or not all(one.isdecimal() and len(one) < 8 for one in told):
        return None
    number, start, end = map(int, told)
    texts = [document.text for document in documents_of(encounter)]
    within = number < len(texts) and start < end <= len(texts[number])
    return lookup.Place(texts[number], start, end) if within else None


@require_POST
@roles(*CODING)
def suggest(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the note again."""
    encounter = mine(Encounter, request, pk)
    keep_draft(request, encounter)
    do(request, verbs.suggest_codes, at="codes", done="The note was read again.", encounter_id=encounter.pk)
    return redirect("code", pk)


@require_POST
@roles(*CODING)
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the physician."""
    encounter = mine(Encounter, request, pk)
    keep_draft(request, encounter)
    topic, question = request.POST.get("topic", "").strip()[:80], request.POST.get("question", "")
    if not topic:
        refused_at(request, "ask", "Say in a few words what the question is about.")
    else:
        do(
            request,
            verbs.ask_physician,
            at="ask",
            done="Asked. The chart waits for the answer.",
            encounter_id=encounter.pk,
            topic=topic,
            question=question,
        )
    return redirect("code", pk)


@require_POST
@roles(*CODING)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the physician's answer."""
    query = mine(PhysicianQuery, request, pk, practice="encounter__practice")
    keep_draft(request, query.encounter)
    words, whom = (
        request.POST.get("answer", ""),
        request.POST.get("answered_by", "").strip()[:80] or str(query.encounter.provider),
    )
    _, fine = do(
        request,
        verbs.answer_query,
        at=f"query-{pk}",
        done="The answer is kept with the chart.",
        query_id=pk,
        answer=words,
        answered_by=whom,
    )
    if fine:  # the answer is part of the record now: read it too
        do(request, verbs.suggest_codes, at=f"query-{pk}", encounter_id=query.encounter_id)
    return redirect("code", query.encounter_id)
