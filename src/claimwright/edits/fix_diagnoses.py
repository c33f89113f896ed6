"""Safe fixes of diagnoses: their order, repeats, and codes with only one way on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from claimwright.claims.model import Claim
from claimwright.codesets import icd10cm, tabular_notes
from claimwright.codesets.tables import Tables
from claimwright.edits import support
from claimwright.edits.context import Context
from claimwright.edits.diagnoses import FIRST_ONLY, numbered, sides_in, starts
from claimwright.edits.fixes import Draft, mends, replace
from claimwright.edits.notes import ADDED_ONLY
from claimwright.findings import Finding

_LINKING = frozenset(["a", "and", "by", "due", "for", "in", "of", "or", "the", "to", "with", "without"])
CHOSEN = frozenset({"DX-SPECIFIC", "DX-SEVENTH"})
"""The edits whose findings a person mends by choosing a code from a list."""
MOST_CHOICES = 40  # more are found sooner by searching


def place_of(finding: Finding, claim: Claim) -> int:
    """The 1-based place of the diagnosis that a finding is about; 0 when it names none."""
    found = re.fullmatch(r"HI(\d\d)-2", finding.element)
    return int(found[1]) if found and int(found[1]) <= len(claim.diagnoses) else 0


def rearranged(claim: Claim, order: Sequence[int], instead: dict[int, int] | None = None) -> Claim:
    """The diagnoses in another order (1-based places of now), every line pointing to the same codes as before.

    `instead`: for a place left out, the place that stands for it.
    """
    place = {old: new for new, old in enumerate(order, 1)}
    place |= {gone: place[kept] for gone, kept in (instead or {}).items()}
    lines = tuple(
        replace(line, pointers=tuple(dict.fromkeys(place.get(one, one) for one in line.pointers))) for line in claim.lines
    )
    return replace(claim, diagnoses=tuple(claim.diagnoses[old - 1] for old in order), lines=lines)


def with_code(claim: Claim, place: int, code: str) -> Claim:
    """The claim with another code in one place of its diagnoses."""
    codes = list(claim.diagnoses)
    codes[place - 1] = replace(codes[place - 1], code=code)
    return replace(claim, diagnoses=tuple(codes))


def first_move(claim: Claim, order: Sequence[int]) -> Draft:
    """Diagnoses in another order, said by the code that now leads."""
    codes = [claim.diagnoses[place - 1].code for place in order]
    return Draft(words=f"Reorder the diagnoses: {', '.join(codes)}", claim=rearranged(claim, order))


def cause_of(claim: Claim, place: int) -> int:
    """The place of a diagnosis that the note of a manifestation names as its cause; 0 when the claim has none."""
    named = tabular_notes.codes_in(tabular_notes.code_first(claim.diagnoses[place - 1].code))
    causes = (at for at, code in numbered(claim) if at != place and any(tabular_notes.within(code, *span) for span in named))
    return next(causes, 0)


@mends("DX-MANIFESTATION-FIRST", "DX-MANIFESTATION-CAUSE", "DX-CODE-FIRST", "DX-CODE-FIRST-ORDER")
def cause_before(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Put the cause right before what it caused."""
    place = place_of(finding, claim)
    cause = cause_of(claim, place) if place else 0
    if not cause:
        return None
    order = [at for at in range(1, len(claim.diagnoses) + 1) if at != cause]
    order.insert(order.index(place), cause)
    return first_move(claim, order)


@mends("DX-EXTERNAL-CAUSE-FIRST", "DX-BMI", "DX-ADDED-ONLY")
def never_first(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Put what never comes first behind the others."""
    late = [at for at, code in numbered(claim) if icd10cm.is_external_cause(code) or starts(code, ("Z68", *ADDED_ONLY))]
    early = [at for at in range(1, len(claim.diagnoses) + 1) if at not in late]
    return first_move(claim, early + late) if early else None


@mends("DX-FIRST-ONLY")
def to_the_front(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Put what is only ever first-listed in front."""
    places = [at for at, code in numbered(claim) if starts(code, FIRST_ONLY)]
    rest = [at for at in range(1, len(claim.diagnoses) + 1) if at not in places]
    return first_move(claim, places + rest) if len(places) == 1 else None


@mends("DX-REPEATED")
def each_once(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Drop the repeat; its lines point to the first."""
    first: dict[str, int] = {}
    instead = {}
    for at, code in numbered(claim):
        kept = first.setdefault(icd10cm.plain(code), at)
        if kept != at:
            instead[at] = kept
    repeated = claim.diagnoses[min(instead) - 1].code if instead else ""
    changed = rearranged(claim, list(first.values()), instead)
    return Draft(words=f"Drop the second {repeated}", claim=changed) if instead else None


@mends("DX-COUNT")
def twelve(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Drop from the end what no line points to, until twelve are left."""
    used = {pointer for line in claim.lines for pointer in line.pointers}
    spare = [at for at in range(len(claim.diagnoses), 1, -1) if at not in used][: len(claim.diagnoses) - 12]
    order = [at for at in range(1, len(claim.diagnoses) + 1) if at not in spare]
    dropped = ", ".join(claim.diagnoses[at - 1].code for at in sorted(spare))
    if len(order) > 12:
        return None
    return Draft(words=f"Drop {dropped}, which supports no service", claim=rearranged(claim, order))


@mends("DX-SPECIFIC")
def sensible_one_below(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Replace a code that is not complete by the only complete one below it; on a professional claim also by the unspecified one.

    The unspecified one only where the note holds no word of a more specific one, and never one that leaves the side open: that
    is known. Elsewhere a complication or comorbidity might lift the DRG, so a person chooses.
    """
    place = place_of(finding, claim)
    code = claim.diagnoses[place - 1].code if place else ""
    complete = _complete_below(code, claim, tables) if code else []
    if len(complete) == 1:
        return Draft(words=f"Replace {code} with {complete[0]}", claim=with_code(claim, place, complete[0]))
    unspecified = _unspecified_below(code, claim, context) if code and claim.form == "professional" else ""
    if not unspecified:
        return None
    words = f"Replace {code} with {unspecified}, the unspecified one; the note may support a more specific code"
    return Draft(words=words, claim=with_code(claim, place, unspecified))


def _unspecified_below(code: str, claim: Claim, context: Context) -> str:
    """The one code right below another that says no more than it; "" where there is none, or the note says more."""
    category = icd10cm.lookup(code, claim.first_service)
    if category is None:
        return ""
    known = _words(category.description) | {"unspecified"}
    below = icd10cm.children(code, claim.first_service)
    open_ones = [one.code for one in below if one.billable and _says_no_more(one, known)]
    further = {word for one in below if one.code not in open_ones for word in _words(one.description) - known if len(word) > 4}
    alone = len(open_ones) == 1 and open_ones[0][-1] in "09"  # the tabular list's last digits of what is unspecified
    return open_ones[0] if alone and not further & _words(context.note) else ""


def _says_no_more(one: icd10cm.IcdCode, known: frozenset[str]) -> bool:
    words = _words(one.description)
    return "unspecified" in words and words <= known and not icd10cm.laterality(one.code)


def _words(text: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in re.findall(r"[a-z]+", text.lower())) - _LINKING


def _complete_below(code: str, claim: Claim, tables: Tables) -> list[str]:
    found = []
    for below in icd10cm.children(code, claim.first_service):
        deeper = [] if below.billable else _complete_below(below.code, claim, tables)
        found += [below.code] if below.billable else deeper or [below.code, below.code]  # incomplete and open: no single choice
    return found


def choices(claim: Claim, finding: Finding, tables: Tables) -> tuple[icd10cm.IcdCode, ...]:
    """The complete codes that may stand for the finding's incomplete one, few enough to choose from at a glance."""
    place = place_of(finding, claim) if finding.edit in CHOSEN else 0
    code = claim.diagnoses[place - 1].code if place else ""
    stem = icd10cm.plain(code).ljust(6, "X") if code else ""
    with_seventh = [icd10cm.dotted(stem + one) for one in icd10cm.sevenths(code)] if len(stem) == 6 else []
    complete = dict.fromkeys(with_seventh or (_complete_below(code, claim, tables) if code else []))
    found = [icd10cm.lookup(one, claim.first_service) for one in complete] if len(complete) <= MOST_CHOICES else []
    return tuple(one for one in found if one is not None and one.billable)


def chosen(claim: Claim, finding: Finding, code: str, tables: Tables) -> Draft | None:
    """The claim with the code that a person chose; None where it is no choice."""
    place = place_of(finding, claim)
    if code not in {one.code for one in choices(claim, finding, tables)}:
        return None
    return Draft(words=f"Replace {claim.diagnoses[place - 1].code} with {code}", claim=with_code(claim, place, code))


@mends("DX-SIDE")
def side_of_the_note(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Use the code of the side that the note names before the body part."""
    place = place_of(finding, claim)
    code = claim.diagnoses[place - 1].code if place else ""
    named = sides_in(context.note, code) if code else []
    node = icd10cm.node_of(code) if len(named) == 1 and named[0] in {"right", "left"} else None
    if node is None:
        return None
    wanted = node.description.lower().replace("unspecified", named[0])
    stem = code[:-1] if "." in code else code
    beside = [one.code for one in icd10cm.children(stem.rstrip("."), claim.first_service) if one.billable]
    same = [one for one in beside if (found := icd10cm.node_of(one)) and found.description.lower() == wanted]
    if len(same) != 1:
        return None
    words = support.side(context.note, named[0])
    return Draft(words=f"Replace {code} with {same[0]} ({named[0]})", claim=with_code(claim, place, same[0]), support=words)
