"""The demo's family practice: who bills, where, who works there. All of it invented; phone numbers are fictional 555-01xx."""

from __future__ import annotations

from datetime import date

from claimwright.effective import Period
from claimwright.identifiers import npi_with_check_digit
from claimwright.office.demo.story import Login, StoryLocation, StoryProvider
from claimwright.parties import Address, Provider

SUBMITTER_ID = "MAPLEFALLS01"
LOCALITY = "OH-00"  # Medicare's payment locality for Ohio, statewide
FAMILY_MEDICINE = "207Q00000X"
CITY, STATE, ZIP = "Maple Falls", "OH", "43098"  # no such place

MAIN_STREET = Address(line1="410 Main Street", line2="Suite 2", city=CITY, state=STATE, zip="430981204")
RIVER_ROAD = Address(line1="77 River Road", city="East Maple Falls", state=STATE, zip="430991530")

PRACTICE = Provider(
    npi=npi_with_check_digit("148217630"),
    name="Maple Falls Family Practice",
    taxonomy=FAMILY_MEDICINE,
    ein="311748205",
    address=MAIN_STREET,
    phone="6145550110",
    clia="36D7104822",
)

LOCATIONS = (
    StoryLocation(name="Main Street", npi=PRACTICE.npi, address=MAIN_STREET, clia="36D7104822", locality=LOCALITY),
    StoryLocation(
        name="River Road", npi=npi_with_check_digit("173095528"), address=RIVER_ROAD, clia="36D7104967", locality=LOCALITY
    ),
)


def _physician(nine: str, first: str, last: str, credential: str, enrolled: date, phone: str) -> StoryProvider:
    provider = Provider(
        npi=npi_with_check_digit(nine), name=last, first=first, person=True, taxonomy=FAMILY_MEDICINE, phone=phone
    )
    return StoryProvider(provider=provider, credential=credential, enrolled=Period(start=enrolled))


PROVIDERS = (
    _physician("164390215", "Elena", "Hartwell", "MD", date(2014, 7, 1), "6145550111"),
    _physician("159824706", "Marcus", "Odom", "DO", date(2018, 2, 15), "6145550112"),
    _physician("172651183", "Priya", "Raman", "MD", date(2022, 9, 1), "6145550121"),
)
HOME_OF_PROVIDER = (0, 0, 1)  # the location where each provider works

LOGINS = (
    Login(username="front", first="Dana", last="Whitlock", role="front_desk"),
    Login(username="coder", first="Ruth", last="Castellan", role="coder"),
    Login(username="biller", first="Omar", last="Lindqvist", role="biller"),
    Login(username="manager", first="Grace", last="Pemberton", role="manager"),
    Login(username="admin", first="Theo", last="Marsh", role="administrator"),
)
