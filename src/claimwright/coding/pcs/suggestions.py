"""ICD-10-PCS codes as suggestions for a stay, and questions where an axis is not told."""

from __future__ import annotations

from claimwright.coding.case import Case
from claimwright.coding.model import Evidence, QuerySuggestion, Suggestion
from claimwright.coding.pcs.build import built_codes
from claimwright.coding.pcs.model import Built
from claimwright.coding.pcs.validity import Valid

POLICY = "reported only where the hospital's policy says so"
OPERATIONS = {
    "0": "Alteration", "1": "Bypass", "2": "Change", "3": "Control", "4": "Creation", "5": "Destruction", "6": "Detachment",
    "7": "Dilation", "8": "Division", "9": "Drainage", "B": "Excision", "C": "Extirpation", "D": "Extraction",
    "F": "Fragmentation", "G": "Fusion", "H": "Insertion", "J": "Inspection", "K": "Map", "L": "Occlusion", "M": "Reattachment",
    "N": "Release", "P": "Removal", "Q": "Repair", "R": "Replacement", "S": "Reposition", "T": "Resection", "U": "Supplement",
    "V": "Restriction", "W": "Revision", "X": "Transfer", "Y": "Transplantation",
}  # fmt: skip
SECTIONS = {
    "1": "Obstetrics", "3": "Administration", "4": "Measurement", "5": "Assistance or performance", "6": "Extracorporeal therapy",
    "8": "Other procedure", "B": "Imaging",
}  # fmt: skip
ASKED = {"op": 0.85, "aux": 0.4}


def procedure_codes(case: Case, valid: Valid | None = None) -> tuple[list[Suggestion], list[QuerySuggestion]]:
    """Complete codes in the order of the note; what lacks an axis becomes a question and no code."""
    built = built_codes(case, valid)
    codes = [_suggestion(one) for one in built if not one.missing]
    return codes, [_question(one) for one in built if one.missing and one.kind == "op"]


def _suggestion(one: Built) -> Suggestion:
    told = "; ".join(f"{axis.name} {axis.value}: {axis.why}{_words(axis.evidence)}" for axis in one.axes[2:])
    return Suggestion(
        system="ICD-10-PCS",
        code=one.code,
        description=_description(one),
        score=ASKED[one.kind],
        evidence=one.evidence,
        reason=told if one.kind == "op" else f"not suggested: {POLICY}; {told}",
        rules=(one.rule,),
        suggested=one.kind == "op",
    )


def _description(one: Built) -> str:
    """The root operation, and the note's own words; official titles come with an imported list."""
    section, operation = one.code[0], one.code[2]
    kind = OPERATIONS.get(operation, "") if section == "0" else SECTIONS.get(section, "")
    return f"{kind}: {' '.join(one.anchor.text.split())}"


def _words(evidence: tuple[Evidence, ...]) -> str:
    return "".join(f" “{' '.join(one.text.split())}”" for one in evidence[:1])


def _question(one: Built) -> QuerySuggestion:
    lacking = " and the ".join(one.missing)
    return QuerySuggestion(
        question=f"The note documents “{' '.join(one.anchor.text.split())}”. Please document the {lacking}, if it can be told.",
        evidence=(one.anchor,),
        topic=f"procedure: {lacking}",
    )
