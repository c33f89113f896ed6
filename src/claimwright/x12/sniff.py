"""What kind of file is this? Answered from its first set, without reading the rest."""

from __future__ import annotations

from claimwright.x12.located import table_for, value
from claimwright.x12.tokens import Segment, Source, Tokens

_837 = {"X222": "837P", "X098": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D"}
KNOWN = frozenset({"270", "271", "275", "276", "277", "278", "820", "834", "835", "997", "999"})


def kind(source: Source) -> str:
    """270, 271, 276, 277, 277CA, 278, 837P, 837I, 837D, 835, 834, 820, 999, 997, TA1 ...; empty for no X12."""
    group: Segment = []
    acknowledged = ""
    for row in Tokens(source):
        if row[0] == "GS":
            group = row
        elif row[0] == "TA1":
            acknowledged = "TA1"
        elif row[0] == "ST":
            return kind_of_set(value(row, 1), value(row, 3) or value(group, 8))
        elif row[0] == "IEA" and acknowledged:
            return acknowledged
    return acknowledged


def kind_of_set(set_id: str, version: str) -> str:
    """The kind of one transaction set."""
    if set_id == "837":
        return next((name for guide, name in _837.items() if guide in version), "837P" if table_for(set_id, version) else "")
    if set_id == "277" and "X214" in version:
        return "277CA"
    return set_id if set_id in KNOWN else ""
