"""The parties to a claim: people, providers, payers and the insured."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, dataclass_transform

import msgspec

Sex = Literal["F", "M", "U"]

if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True)
    class _Frozen(msgspec.StructMeta):
        """Tells type checkers what msgspec does: a subclass of a frozen struct is frozen."""
else:
    _Frozen = msgspec.StructMeta  # a metaclass of our own would make every struct five times as slow to build


class Struct(msgspec.Struct, metaclass=_Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the core types: immutable, by keyword.

    Types that hold nothing but values and such types again say `gc=False`: no cycle can form, so none need be looked for.
    """


class Address(Struct, gc=False):
    line1: str
    city: str
    state: str
    zip: str  # 5 or 9 digits, no dash
    line2: str = ""


class Person(Struct, gc=False):
    last: str
    first: str
    birth: date | None = None
    sex: Sex = "U"
    middle: str = ""
    suffix: str = ""
    address: Address | None = None
    phone: str = ""


class Provider(Struct, gc=False):
    """A person or an organization that bills, renders, refers, orders, supervises, or where it happened."""

    npi: str
    name: str  # last name, or the organization's
    first: str = ""
    middle: str = ""
    person: bool = False
    taxonomy: str = ""
    ein: str = ""
    address: Address | None = None
    phone: str = ""
    clia: str = ""


class Payer(Struct, gc=False):
    name: str
    payer_id: str
    address: Address | None = None
    phone: str = ""  # for questions about files


class Insured(Struct, gc=False):
    """The subscriber of a policy."""

    person: Person
    member_id: str
    relationship: str = "18"  # of the patient to the subscriber (837 PAT01/SBR02): 18 self, 01 spouse, 19 child, G8 other
    group_number: str = ""
    group_name: str = ""
