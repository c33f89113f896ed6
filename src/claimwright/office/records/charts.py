"""A chart as the core takes it: its documents, and what the reader suggested for it."""

from __future__ import annotations

from claimwright.coding.model import Coding, Document, Suggestion
from claimwright.office.records.content import unpack
from claimwright.office.records.visits import Encounter


def coding_of(encounter: Encounter) -> Coding:
    """What the reader suggested for an encounter, as it is kept."""
    kept = [unpack(row.content, Suggestion) for row in encounter.suggestions.all()]
    return Coding(
        diagnoses=tuple(one for one in kept if one.system == "ICD-10-CM"),
        services=tuple(one for one in kept if one.system in ("CPT", "HCPCS")),
        procedures=tuple(one for one in kept if one.system == "ICD-10-PCS"),
        read=(),
    )


def documents_of(encounter: Encounter) -> list[Document]:
    """The encounter's documents as the reader takes them."""
    return [Document(kind=row.kind, title=row.title, text=row.text) for row in encounter.documents.all()]  # type: ignore[arg-type]
