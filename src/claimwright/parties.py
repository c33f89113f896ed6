"""The parties to a claim: people, providers, payers and the insured."""

from __future__ import annotations

from datetime import date
from typing import Literal, dataclass_transform

import msgspec

Sex = Literal["F", "M", "U"]


@dataclass_transform(frozen_default=True)
class _Frozen(msgspec.StructMeta):
    """Tells type checkers what msgspec does: a subclass of a frozen struct is frozen."""


class Struct(msgspec.Struct, metaclass=_Frozen, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the core types: immutable, by keyword."""


class Address(Struct):
    line1: str
    city: str
    state: str
    zip: str  # 5 or 9 digits, no dash
    line2: str = ""


class Person(Struct):
    last: str
    first: str
    birth: date | None = None
    sex: Sex = "U"
    middle: str = ""
    suffix: str = ""
    address: Address | None = None
    phone: str = ""


class Provider(Struct):
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


class Payer(Struct):
    name: str
    payer_id: str
    address: Address | None = None
    phone: str = ""  # for questions about files


class Insured(Struct):
    """The subscriber of a policy."""

    person: Person
    member_id: str
    relationship: str = "18"  # of the patient to the subscriber (837 PAT01/SBR02): 18 self, 01 spouse, 19 child, G8 other
    group_number: str = ""
    group_name: str = ""
