"""The pieces that claims share on the wire: names, addresses, references, adjustments. Written here, read in claim_reading."""

from __future__ import annotations

from collections.abc import Sequence

from claimwright.claims.model import Adjustment
from claimwright.parties import Address, Person, Provider
from claimwright.x12.envelope import SetWriter, money, number, text


def code_on_wire(code: str) -> str:
    """A diagnosis code without its dot."""
    return code.replace(".", "")


def code_in_full(code: str) -> str:
    """A diagnosis code with its dot."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code


def add_person(out: SetWriter, entity: str, person: Person, qualifier: str = "", identifier: str = "") -> None:
    """NM1 of a person."""
    names = (text(person.last), text(person.first), text(person.middle), "", text(person.suffix))
    out.add("NM1", entity, "1", *names, qualifier if identifier else "", text(identifier))


def add_provider(out: SetWriter, entity: str, provider: Provider) -> None:
    """NM1 of a provider, person or organization, with its NPI."""
    kind = "1" if provider.person else "2"
    given = (text(provider.first), text(provider.middle)) if provider.person else ("", "")
    out.add("NM1", entity, kind, text(provider.name), *given, "", "", "XX" if provider.npi else "", provider.npi)


def add_taxonomy(out: SetWriter, role: str, provider: Provider) -> None:
    """PRV with the taxonomy, if there is one."""
    if provider.taxonomy:
        out.add("PRV", role, "PXC", provider.taxonomy)


def add_address(out: SetWriter, address: Address | None) -> None:
    """N3 and N4."""
    if address is not None:
        out.add("N3", text(address.line1), text(address.line2))
        out.add("N4", text(address.city), address.state, address.zip)


def add_reference(out: SetWriter, qualifier: str, value: str) -> None:
    """REF, if there is something to refer to."""
    if value:
        out.add("REF", qualifier, text(value))


def add_adjustments(out: SetWriter, adjustments: Sequence[Adjustment]) -> None:
    """CAS: one a group in the order they first appear, six reasons each; a seventh begins another."""
    groups: dict[str, list[Adjustment]] = {}
    for one in adjustments:
        groups.setdefault(one.group, []).append(one)
    for group, members in groups.items():
        for start in range(0, len(members), 6):
            row: list[str] = []
            for one in members[start : start + 6]:
                row += [one.reason, money(one.amount), "" if one.quantity is None else number(one.quantity)]
            out.add("CAS", group, *row)
