"""Safe fixes of modifiers, procedures, lines, and of how people are written down."""

from __future__ import annotations

import re
from collections.abc import Callable

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets import reference
from claimwright.codesets.tables import Tables
from claimwright.edits import support
from claimwright.edits.context import Context
from claimwright.edits.drugs import MEDICARE_ADMINISTRATION, is_vaccine
from claimwright.edits.fixes import Draft, appended, line_of, mends, replace, with_line, without
from claimwright.edits.medicare import WAIVERS
from claimwright.edits.modifiers import DISTINCT
from claimwright.findings import Finding
from claimwright.identifiers import ndc_digits
from claimwright.parties import Person


@mends("MOD-25", opens=True)
def own_visit(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append 25 where the note shows a visit beyond the procedure."""
    line = line_of(claim, finding)
    words = support.separate_visit(claim, line, context.note, tables) if line else ""
    return appended(claim, line, "25", words) if line and words else None


@mends("MOD-57", opens=True)
def decided_here(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append 57 where the note shows that the operation was decided."""
    line, words = line_of(claim, finding), support.surgery_decided(context.note)
    return appended(claim, line, "57", words) if line and words else None


@mends("NCCI-MODIFIER", opens=True)
def another_site(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append XS or XE to the second of a pair where the note names another site or session, and no third line could be meant."""
    line, (modifier, words) = line_of(claim, finding), support.distinct(context.note)
    procedures = [one for one in claim.lines if (known := tables.known_procedure(one.procedure)) and not known.is_visit]
    return appended(claim, line, modifier, words) if line and modifier and len(procedures) == 2 else None


@mends("MOD-TELEHEALTH", opens=True)
def from_afar(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append 95 or 93 as the note says how the visit was held."""
    line, (modifier, words) = line_of(claim, finding), support.remote(context.note)
    return appended(claim, line, modifier, words) if line and modifier else None


@mends("MOD-QW", "MOD-QW-POSSIBLE", opens=True)
def kit(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append QW where the laboratory's CLIA number is on the line and the note names a kit."""
    line, words = line_of(claim, finding), support.waived_kit(context.note)
    return appended(claim, line, "QW", words) if line and line.clia and words else None


@mends("MCR-THERAPY-PLAN", opens=True)
def plan_of_care(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append GP, GO or GN by the discipline that the note names."""
    line, (modifier, words) = line_of(claim, finding), support.therapy(context.note)
    return appended(claim, line, modifier, words) if line and modifier else None


@mends("MCR-CHIROPRACTIC", opens=True)
def active(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Append AT where the note says that the treatment was active."""
    line, words = line_of(claim, finding), support.active_treatment(context.note)
    return appended(claim, line, "AT", words) if line and words else None


@mends("MOD-FACILITY")
def professional_part(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Put 26 first: the practice asks for less, its own part only."""
    line = line_of(claim, finding)
    if line is None or {"26", "TC"} & set(line.modifiers) or len(line.modifiers) > 3:
        return None
    changed = with_line(claim, line, modifiers=("26", *line.modifiers))
    return Draft(words=f"Put 26 on {line.procedure}", claim=changed)


OFF: dict[str, frozenset[str]] = {
    "MOD-25-ALONE": frozenset({"25"}),
    "MOD-59-AND-X": frozenset({"59"}),
    "DRUG-WASTE-NO-DRUG": frozenset({"JW", "JZ"}),
    "MOD-25-ON-PROCEDURE": frozenset({"24", "25", "57"}),
    "MOD-59-ON-VISIT": DISTINCT,
    "MOD-QW-WRONG": frozenset({"QW"}),
    "MOD-50": frozenset({"50"}),
    "MCR-WAIVER-OTHER": WAIVERS,
}
"""Modifiers that do not belong on the line the edit names."""


@mends(*OFF)
def take_off(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Take off what does not belong there: nothing is gained by it."""
    line = line_of(claim, finding)
    return without(claim, line, OFF[finding.edit]) if line else None


@mends("MOD-50-UNITS")
def one_unit(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Both sides are one unit; the line's charge stays."""
    line = line_of(claim, finding)
    if line is None or line.units <= 1:
        return None
    return Draft(words=f"Bill {line.procedure} with 50 as 1 unit", claim=with_line(claim, line, units=line.units / line.units))


@mends("MOD-SHAPE")
def modifiers_once(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Modifiers in capitals, each once."""
    line = line_of(claim, finding)
    tidy = tuple(dict.fromkeys(one.strip().upper() for one in line.modifiers if one.strip())) if line else ()
    if line is None:
        return None
    return Draft(
        words=f"Write the modifiers of {line.procedure} as {' '.join(tidy)}", claim=with_line(claim, line, modifiers=tidy)
    )


@mends("MOD-ORDER")
def payment_first(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Modifiers that change payment before those that inform."""
    line = line_of(claim, finding)
    if line is None:
        return None

    def informs(modifier: str) -> bool:
        found = reference.known_modifier(modifier)
        return found is not None and found.kind in {"information", "site"}

    order = tuple(sorted(line.modifiers, key=informs))
    return Draft(words=f"Reorder the modifiers: {' '.join(order)}", claim=with_line(claim, line, modifiers=order))


_ESTABLISHED = {f"9920{level}": f"9921{level}" for level in "2345"} | {f"9938{age}": f"9939{age}" for age in "1234567"}


@mends("PX-NEW-PATIENT")
def established(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """The code of the same level for an established patient, which pays less."""
    line = line_of(claim, finding)
    code = _ESTABLISHED.get(line.procedure, "") if line else ""
    if line is None or tables.procedure(code, line.first_service) is None:
        return None
    return _instead(claim, line, code, context)


@mends("IMM-MEDICARE")
def medicare_administration(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Medicare's own code for giving the claim's only vaccine."""
    vaccines = [line.procedure for line in claim.lines if is_vaccine(line.procedure)]
    giving = [line for line in claim.lines if line.procedure in {"90471", "90472", "90473", "90474"}]
    codes = [code for code, begin in MEDICARE_ADMINISTRATION.items() if vaccines and vaccines[0].startswith(tuple(begin.split()))]
    if len(vaccines) != 1 or len(giving) != 1 or len(codes) != 1:
        return None
    return _instead(claim, giving[0], codes[0], context)


def _instead(claim: Claim, line: ServiceLine, code: str, context: Context) -> Draft:
    """Another code on a line, at the practice's usual charge for it where that is known."""
    usual = context.usual_charges.get(code)
    charge = int(usual * line.units) if usual is not None else line.charge
    changed = with_line(claim, line, procedure=code, charge=charge)
    return Draft(
        words=f"Replace {line.procedure} with {code}", claim=replace(changed, charge=claim.charge + charge - line.charge)
    )


@mends("CLM-LINE-NUMBERS", source="claim")
def numbered_lines(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Number the lines 1, 2, 3 ..."""
    lines = tuple(replace(line, number=number) for number, line in enumerate(claim.lines, 1))
    return Draft(words="Number the lines 1, 2, 3", claim=replace(claim, lines=lines))


@mends("CLM-BALANCE", source="claim")
def balanced(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """The sum of the lines as the claim's charge."""
    return Draft(words="Add the lines up again", claim=replace(claim, charge=sum(line.charge for line in claim.lines)))


@mends("LN-POINTER")
def pointers_once(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Each pointer once, only to diagnoses of the claim, the first four."""
    line = line_of(claim, finding)
    left = tuple(dict.fromkeys(one for one in line.pointers if 1 <= one <= len(claim.diagnoses)))[:4] if line else ()
    if line is None or not left:
        return None
    codes = ", ".join(claim.diagnoses[one - 1].code for one in left)
    return Draft(words=f"Point {line.procedure} to {codes}", claim=with_line(claim, line, pointers=left))


@mends("DRUG-NDC-SHAPE")
def eleven_digits(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """An NDC written with dashes, its parts filled with zeros to 5-4-2."""
    line = line_of(claim, finding)
    if line is None or line.drug is None:
        return None
    ndc = ndc_digits(line.drug.ndc)
    return Draft(
        words=f"Write the NDC of {line.procedure} as {ndc}", claim=with_line(claim, line, drug=replace(line.drug, ndc=ndc))
    )


def _readdressed(claim: Claim, part: str, tidy: Callable[[str], str], words: str) -> Draft | None:
    """One part of the patient's and the subscriber's addresses written in its proper form."""

    def mend(person: Person) -> Person:
        if person.address is None:
            return person
        return replace(person, address=replace(person.address, **{part: tidy(getattr(person.address, part))}))

    insured = replace(claim.insured, person=mend(claim.insured.person))
    changed = replace(claim, patient=mend(claim.patient), insured=insured)
    return Draft(words=words, claim=changed) if changed != claim else None


@mends("ID-ZIP", source="patient")
def zip_digits(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """A ZIP code without its dash or spaces, where five or nine digits are left."""

    def digits(written: str) -> str:
        left = re.sub(r"[-\s.]", "", written)
        return left if re.fullmatch(r"\d{5}(\d{4})?", left) else written

    return _readdressed(claim, "zip", digits, "Write the ZIP code with its digits only")


@mends("ID-STATE", source="patient")
def state_letters(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """A state by its two letters, where it was written small."""

    def letters(written: str) -> str:
        short = written.strip().upper().replace(".", "")
        return short if reference.state(short) else written

    return _readdressed(claim, "state", letters, "Write the state with its two capital letters")


@mends("ID-MEDICARE-SELF", source="coverage")
def own_subscriber(claim: Claim, finding: Finding, context: Context, tables: Tables) -> Draft | None:
    """Relationship self, where the subscriber taken down is the patient."""
    patient, subscriber = claim.patient, claim.insured.person
    same = (patient.last.upper(), patient.first.upper(), patient.birth) == (
        subscriber.last.upper(), subscriber.first.upper(), subscriber.birth,
    )  # fmt: skip
    if not same:
        return None
    return Draft(words="Set the relationship to self", claim=replace(claim, insured=replace(claim.insured, relationship="18")))
