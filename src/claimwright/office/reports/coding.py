"""The coding screen: the note in pieces with its evidence, and the codes with theirs."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import msgspec
from django.db.models import Count, Prefetch, Q, QuerySet

from claimwright.codesets import reference
from claimwright.coding.model import QuerySuggestion, ReadFinding
from claimwright.edits.drugs import is_drug
from claimwright.office.records.models import CodeSuggestion, Encounter, PhysicianQuery, Practice
from claimwright.office.reports import coders

WAITING = ("to code", "query")
COLOURS = 9
FACT = "fact:"  # a span that the visit's level rests on
_HEADING = re.compile(r"^[A-Z][A-Za-z &/,()-]{2,48}:|^[A-Z][A-Z &/,()-]{3,48}$", re.MULTILINE)


def waiting(practice: Practice, state: str = "") -> QuerySet[Encounter]:
    """Visits with a chart, by state; those that wait for a coder come oldest first."""
    rows = Encounter.objects.filter(practice=practice).annotate(notes=Count("documents")).filter(notes__gt=0)
    rows = rows.filter(state__in=[state] if state else WAITING)
    suggestions = Prefetch("suggestions", CodeSuggestion.objects.order_by("rank"))
    order = ("date", "id") if not state or state in WAITING else ("-date", "-id")
    return rows.select_related("patient", "provider").prefetch_related(suggestions, "queries", "codes").order_by(*order)


SORTS = ("age", "value", "payer", "specialty")


class Waits(msgspec.Struct):
    """A chart in the queue. `value`: its decided or else suggested services at the practice's own prices, in cents."""

    encounter: Encounter
    payer: str
    specialty: str
    value: int
    overdue: bool  # a question to the physician waits too long
    codes: tuple[str, ...]  # as decided, or else as suggested
    decided: bool


def queue(practice: Practice, today: date, state: str = "", sort: str = "") -> list[Waits]:
    """The charts of a state with what each is worth, in the order asked for."""
    rows = list(waiting(practice, state).prefetch_related("patient__coverages__plan__payer"))
    prices: dict[str, int] = {}
    for price in practice.prices.filter(modifier="", start__lte=today).order_by("start"):
        prices[price.procedure] = price.price
    found = [_waits(row, prices, today) for row in rows]
    if sort == "value":
        found.sort(key=lambda one: -one.value)
    elif sort in ("payer", "specialty"):
        found.sort(key=lambda one: getattr(one, sort))
    return found


def _waits(encounter: Encounter, prices: dict[str, int], today: date) -> Waits:
    on = encounter.date
    held = [one for one in encounter.patient.coverages.all() if one.start <= on and (one.end is None or on <= one.end)]
    first = min(held, key=lambda one: one.order, default=None)
    decided = [(row.system, row.code, int(row.units)) for row in encounter.codes.all()]
    suggested = [
        (row.system, row.code, int(row.content.get("units", 1)))
        for row in encounter.suggestions.all()
        if row.content.get("suggested", True)
    ]
    codes = decided or suggested
    late = any(coders.overdue(query, today) for query in encounter.queries.all())
    worth = sum(prices.get(code, 0) * units for system, code, units in codes if system in ("CPT", "HCPCS"))
    taxonomy = reference.taxonomy(encounter.provider.taxonomy)
    return Waits(
        encounter,
        first.plan.payer.name if first else "Self-pay",
        taxonomy.text.lower() if taxonomy else "other",
        worth,
        late,
        tuple(code for _, code, _ in codes),
        bool(decided),
    )


def next_chart(practice: Practice, pk: int) -> int | None:
    """The chart to code after this one: the next that waits for codes, from the oldest again after the last."""
    queue = list(
        Encounter.objects.filter(practice=practice, documents__isnull=False)
        .filter(Q(state="to code") | Q(pk=pk))
        .order_by("date", "id")
        .values_list("pk", flat=True)
        .distinct()
    )
    at = queue.index(pk) if pk in queue else -1
    return next((one for one in (*queue[at + 1 :], *queue[: max(at, 0)]) if one != pk), None)


def counts(practice: Practice) -> dict[str, int]:
    """Visits by coding state."""
    rows = (
        Encounter.objects.filter(practice=practice, documents__isnull=False)
        .values("state")
        .annotate(n=Count("id", distinct=True))
    )
    return {row["state"]: row["n"] for row in rows}


class Piece(msgspec.Struct):
    """A stretch of the note: plain, a heading, evidence of codes, or something read and not coded."""

    text: str
    kind: str = ""  # "", sec, negated, historical, family, uncertain, hypothetical, resolved, planned
    keys: tuple[int, ...] = ()  # numbers of the codes it supports
    weak: tuple[int, ...] = ()  # numbers of codes that were considered and not suggested
    words: str = ""
    facts: tuple[str, ...] = ()  # elements of the visit's level that rest on it: problems, data, risk, time

    @property
    def colour(self) -> int:
        """Which soft background."""
        return (self.keys[0] - 1) % COLOURS + 1 if self.keys else 0

    @property
    def marks(self) -> str:
        """The codes' numbers, to print beside the words."""
        return " ".join(str(key) for key in self.keys)

    @property
    def lights(self) -> str:
        """Every code that lights these words up when it is in focus."""
        return " ".join(str(key) for key in (*self.keys, *self.weak))


class Row(msgspec.Struct):
    """A code on the right: suggested, decided, or both."""

    number: int
    system: str
    code: str
    words: str
    modifiers: str = ""
    units: str = "1"
    diagnosis_codes: str = ""
    decision: str = "open"
    suggestion: Any = None
    reason: str = ""
    rules: tuple[str, ...] = ()
    score: float | None = None
    suggested: bool = True
    level: dict[str, Any] | None = None
    auto: bool = False
    why: str = ""  # why it was turned down
    ndc: str = ""
    ndc_quantity: str = ""
    ndc_unit: str = ""

    @property
    def colour(self) -> int:
        """The background of its evidence; none for what was only considered."""
        return (self.number - 1) % COLOURS + 1 if self.suggestion and self.suggested else 0

    @property
    def considered(self) -> bool:
        """Seen by the reader, not suggested, and not taken by the coder either."""
        return not self.suggested and self.decision != "accepted"

    @property
    def has_package(self) -> bool:
        """A drug, whose package is asked for."""
        return is_drug(self.code) or bool(self.ndc)

    @property
    def service(self) -> bool:
        """A procedure, not a diagnosis."""
        return self.system != "ICD-10-CM"


def rows(encounter: Encounter) -> list[Row]:
    """The decided codes in the coder's order, then what was suggested and is open or was rejected."""
    suggestions = list(encounter.suggestions.all())
    numbers = numbering(suggestions)
    by_pk = {row.pk: row for row in suggestions}
    found: list[Row] = []
    for decided in encounter.codes.select_related("suggestion"):
        source = by_pk.get(decided.suggestion_id)
        row = (
            _row(numbers[source.pk], source)
            if source
            else Row(len(suggestions) + len(found) + 1, decided.system, decided.code, "")
        )
        if source and source.code != decided.code:
            reason = f"in place of {source.code}, which was suggested"
            row = Row(row.number, decided.system, decided.code, "", suggestion=source, reason=reason)
        row.modifiers, row.units = decided.modifiers, f"{decided.units.normalize():f}"
        row.diagnosis_codes, row.decision = decided.diagnosis_codes, "accepted"
        row.ndc, row.ndc_unit = decided.ndc, decided.ndc_unit
        row.ndc_quantity = f"{decided.ndc_quantity.normalize():f}" if decided.ndc_quantity else ""
        found.append(row)
    used = {decided.suggestion_id for decided in encounter.codes.all()}
    rest = sorted((row for row in suggestions if row.pk not in used), key=lambda row: numbers[row.pk])
    open_rows = [_row(numbers[row.pk], row) for row in rest]
    reasons = dict(encounter.choices.filter(choice="rejected").order_by("id").values_list("suggestion", "reason"))
    for row in open_rows:
        row.why = reasons.get(row.suggestion.pk, "") if row.decision == "rejected" else ""
    return found + open_rows


def numbering(suggestions: Sequence[CodeSuggestion]) -> dict[int, int]:
    """The number of each code on the screen: what is suggested first, so that the number keys reach it."""
    ordered = sorted(suggestions, key=lambda row: (not row.content.get("suggested", True), row.rank))
    return {row.pk: number for number, row in enumerate(ordered, 1)}


def _row(number: int, source: CodeSuggestion) -> Row:
    said = source.content
    return Row(
        number,
        source.system,
        source.code,
        said.get("description", ""),
        " ".join(said.get("modifiers", ())),
        str(said.get("units", 1)),
        " ".join(said.get("diagnosis_codes", ())),
        source.decision,
        source,
        said.get("reason", ""),
        tuple(said.get("rules", ())),
        said.get("score"),
        said.get("suggested", True),
        said.get("level"),
        said.get("auto", False),
    )


def read(encounter: Encounter) -> tuple[tuple[ReadFinding, ...], tuple[QuerySuggestion, ...]]:
    """What the reader saw in the documents and did not code, and what it would ask the physician."""
    kept = encounter.reading or {}
    return (
        msgspec.convert(kept.get("read", []), tuple[ReadFinding, ...], strict=False),
        msgspec.convert(kept.get("queries", []), tuple[QuerySuggestion, ...], strict=False),
    )


def pieces(encounter: Encounter, seen: Sequence[ReadFinding]) -> list[tuple[Any, list[Piece]]]:
    """Each document cut where evidence or a finding starts or ends."""
    spans: dict[int, list[tuple[int, int, int, str, str]]] = {}
    suggestions = list(encounter.suggestions.all())
    numbers = numbering(suggestions)
    for row in suggestions:
        number = numbers[row.pk] if row.content.get("suggested", True) else -numbers[row.pk]
        for proof in row.content.get("evidence", ()):
            spans.setdefault(proof.get("document", 0), []).append(
                (proof["start"], proof["end"], number, "", f"{row.code} {row.content.get('description', '')}")
            )
        for element, proof in (row.content.get("level") or {}).get("facts", ()):
            element = "problems" if element == "problem" else element
            said = (proof["start"], proof["end"], 0, FACT + element, f"visit level: {element}")
            spans.setdefault(proof.get("document", 0), []).append(said)
    for finding in seen:
        if finding.assertion != "affirmed":
            proof = finding.evidence
            words = f"{finding.term}: {SAID[finding.assertion]}, not coded"
            spans.setdefault(proof.document, []).append((proof.start, proof.end, 0, finding.assertion, words))
    return [(document, cut(document.text, spans.get(place, []))) for place, document in enumerate(encounter.documents.all())]


SAID = {
    "negated": "denied or absent",
    "historical": "in the past",
    "family": "in the family",
    "uncertain": "not certain",
    "hypothetical": "only if it should happen",
    "resolved": "resolved",
    "planned": "planned",
}


def cut(text: str, spans: Sequence[tuple[int, int, int, str, str]]) -> list[Piece]:
    """The text as pieces; where spans overlap a piece carries all of their codes."""
    headings = [(match.start(), match.end()) for match in _HEADING.finditer(text)]
    edges = {0, len(text)}
    for span in (*spans, *headings):
        edges |= {max(0, min(span[0], len(text))), max(0, min(span[1], len(text)))}
    order = sorted(edges)
    found = []
    for start, end in pairwise(order):
        over = [span for span in spans if span[0] <= start and end <= span[1]]
        keys = tuple(sorted({span[2] for span in over if span[2] > 0}))
        weak = tuple(sorted({-span[2] for span in over if span[2] < 0}))
        facts = tuple(sorted({span[3].removeprefix(FACT) for span in over if span[3].startswith(FACT)}))
        over = [span for span in over if not span[3].startswith(FACT)]
        kind = next((span[3] for span in over if span[3]), "") if not keys else ""
        if not over and any(low <= start and end <= high for low, high in headings):
            kind = "sec"
        told = [span[4] for span in over if (span[2] > 0 if keys else bool(span[3]) if kind else True)]
        found.append(Piece(text[start:end], kind, keys, weak, "; ".join(dict.fromkeys(told)), facts))
    return found


def queries(encounter: Encounter) -> QuerySet[PhysicianQuery]:
    """Questions to the physician, with answers."""
    return encounter.queries.select_related("asked_by").order_by("id")
