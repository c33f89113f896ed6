"""The official files of a store answer for the days of their releases; the package's tables for the others."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import msgspec
import pytest
from test_price_cases import claim, told

from claimwright.cli.audit import _worth
from claimwright.codesets import tables
from claimwright.codesets.building import Builder
from claimwright.codesets.importers import Stated, import_file
from claimwright.codesets.store import Store
from claimwright.codesets.stored import stored_tables
from claimwright.coding.audit import read_charged
from claimwright.coding.model import Visit
from claimwright.effective import Period
from claimwright.parties import Address, Provider
from claimwright.pricing.model import Contract
from claimwright.pricing.price import price
from claimwright.pricing.stored import StoredFees, fees_of
from claimwright.pricing.tables import STARTER

HEADING = (
    ",,2026 National Physician Fee Schedule Relative Value File {month} Release\n"
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,"
    "SURG,SURG,IND,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\n"
)
ROW = "{code},,,{status},,{work},1.00,,1.00,,1.00,0,0,0,XXX,0.00,0.00,0.00,0,0,0,0,0,9,,{factor},09,0,99,0.00,0.00,0.00\n"
FILES = {
    "PPRRVU26_APR.csv": HEADING.format(month="April")
    + ROW.format(code="99213", status="A", work="1.00", factor="10.0000")
    + ROW.format(code="J3490", status="X", work="0.00", factor="10.0000"),
    "PPRRVU26_JUL.csv": HEADING.format(month="July") + ROW.format(code="99213", status="A", work="2.00", factor="10.0000"),
    "PPRRVU26_JUL_QPP.csv": HEADING.format(month="July") + ROW.format(code="99213", status="A", work="2.00", factor="10.5000"),
    "GPCI2026.csv": (
        "ADDENDUM E. CY 2026 GEOGRAPHIC PRACTICE COST INDICES,,,,,,\n,,,,,,\nMedicare Administrative Contractor (MAC),State,"
        "Locality Number,Locality Name,2026 PW GPCI,2026 PE GPCI,2026 MP GPCI\n10112,AL,00,ALABAMA,2.000,0.500,0.500\n"
    ),
    "ZIP5_JUL2026.txt": "".join(f"{text:<75}20263\r\n" for text in ("AL350041011200R     0", "AL350051011200      0 ")),
    "DMEPOS26_JUL.csv": (
        "2026 DMEPOS Fee Schedule July Release,,,,,,,,\nHCPCS,Mod,Mod2,JURIS,CATG,Ceiling,Floor,AL (NR),AL (R),Description\n"
        "E0601,RR,,D,CR,0.00,0.00,$70.00,80.00,words\nE0601,NU,,D,CR,0.00,0.00,$700.00,800.00,words\n"
        "E0601,UE,,D,CR,0.00,0.00,$500.00,600.00,words\nA7034,NU,,D,IN,0.00,0.00,$90.00,95.00,words\n"
    ),
    "PUF_CLFS_CY2026_Q3V1.csv": (
        "2026 Clinical Diagnostic Laboratory Fee Schedule,,,,,,,,\nnotice,,,,,,,,\n,,,,,,,,\n,,,,,,,,\n"
        "YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,LONGDESC,EXTENDEDLONGDESC\n"
        "2026,80053,,20260101,N,10.56,w,w,w\n2026,80053,QW,20260101,N,10.50,w,w,w\n2026,81599,,20260101,L,0.00,w,w,w\n"
    ),
    "July_2026_OPPS_Addendum_B.csv": (
        "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026 July,,,,,,\n"
        "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\n"
        'G0463,w,V,5012,1.4,"$126.11"\nJ9000,w,K,1,,"$2.50"\n80053,w,Q4,,,\n'
    ),
    "July_2026_ASC_AA.csv": (
        "Addendum AA July 2026,,,,,\nHCPCS Code,Short Descriptor,Subject to Multiple Procedure Discounting,Payment Indicator,"
        "Payment Weight,Payment Rate\n20610,w,Y,P3,1.0,$40.00\n"
    ),
    "cms_anesthesia_units_2026.txt": "CODE\t2026\r\n\tBASE\r\n\tUNIT\r\n00100\t5\r\n",
    "anesthesia_cf_2026.txt": (
        "Locality-Adjusted Anesthesia Conversion Factors CY 2026\t\t\t\t\t\t\n\t\t\t\t\t\t\n"
        "Contractor\tLocality\tLocality Name\tW\tPE\tMP\tNational Anes CF of 20.4976\n10112\t00\tALABAMA\t1\t1\t1\t$19.50\n"
    ),
}
TERMS = Contract(contract_id="C", payer_id="P", period=Period(date(2020, 1, 1)), percent_of_medicare=Decimal(1), lesser_of=False)


@pytest.fixture(scope="module")
def fees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredFees]:
    path = tmp_path_factory.mktemp("stored") / "codesets.sqlite"
    builder = Builder(path)
    for name, content in FILES.items():
        import_file(builder, name, io.BytesIO(content.encode()), imported_at="2026-11-22T09:00:00+00:00", stated=Stated())
    builder.close()
    store = Store(path)
    yield StoredFees(store)
    store.close()


def worth(fees: StoredFees, billed: str, on: date = date(2026, 8, 3), zip_code: str = "", **terms: object) -> str:
    one = claim(billed)
    address = Address(line1="1 Elm St", city="Moody", state="AL", zip=zip_code) if zip_code else None
    one = msgspec.structs.replace(
        one,
        lines=tuple(msgspec.structs.replace(line, first_service=on) for line in one.lines),
        patient=msgspec.structs.replace(one.patient, address=address),
        billing=Provider(npi=one.billing.npi, name="Practice", taxonomy=one.billing.taxonomy, address=address),
    )
    return " ".join(told(price) for price in price(one, msgspec.structs.replace(TERMS, **terms), fees=fees))


@pytest.mark.parametrize(
    ("billed", "on", "zip_code", "expected"),
    [
        ("99213", date(2026, 8, 3), "", "40.00"),  # July: 2 + 1 + 1
        ("99213", date(2026, 5, 3), "", "30.00"),  # April: 1 + 1 + 1
        ("99213", date(2026, 3, 31), "", "95.19"),  # before both: the package's
        ("99213", date(2027, 2, 1), "", "40.00"),  # over, but the newest there is
        ("99214", date(2026, 8, 3), "", "-"),  # not in the release
        ("99213", date(2026, 8, 3), "35004", "50.00"),  # Alabama by its ZIP code: 2 x 2 + 0.5 + 0.5
        ("99213", date(2026, 8, 3), "99999", "40.00"),  # a ZIP code that is not in the file
        ("80053", date(2026, 8, 3), "", "10.56"),
        ("80053-QW", date(2026, 8, 3), "", "10.50"),
        ("81599", date(2026, 8, 3), "", "-"),  # the contractor prices it
        ("J9000x4", date(2026, 8, 3), "", "10.00"),
        ("E0601-RR", date(2026, 8, 3), "35005", "70.00"),
        ("E0601-RR-KH", date(2026, 8, 3), "35004", "80.00"),  # rural
        ("E0601-RR-KJ", date(2026, 8, 3), "35005", "52.50"),  # a later month
        ("E0601-NU", date(2026, 8, 3), "35005", "700.00"),
        ("E0601-UE", date(2026, 8, 3), "35005", "500.00"),
        ("A7034-NU", date(2026, 8, 3), "35004", "95.00"),
        ("E0601-RR", date(2026, 8, 3), "", "-"),  # nobody says where the patient lives
        ("G0463 80053 bill=131", date(2026, 8, 3), "", "126.11 0/97"),
        ("20610 place=24 center=1", date(2026, 8, 3), "", "40.00"),
        ("00100-AA:75", date(2026, 8, 3), "35004", "195.00"),  # Alabama's own factor
        ("00100-AA:75", date(2026, 8, 3), "", "204.98"),  # the national one
    ],
)
def test_the_release_of_the_day_answers(fees: StoredFees, billed: str, on: date, zip_code: str, expected: str) -> None:
    assert worth(fees, billed, on, zip_code) == expected


def test_the_file_for_qualifying_participants_gives_their_factor(fees: StoredFees) -> None:
    assert worth(fees, "99213", qualifying=True) == "42.00"
    assert worth(fees, "99213", date(2026, 5, 3), qualifying=True) == "100.70"  # 3 x 33.5675: no such file before July


def test_every_answer_names_its_file_version_and_period(fees: StoredFees) -> None:
    found = price(claim("99213 80053"), TERMS, "AL-00", fees)
    assert "PPRRVU26_JUL.csv" in found[0].source and "2026-07-01 to 2026-12-31" in found[0].source
    assert "GPCI2026.csv" in found[0].source
    assert "PUF_CLFS_CY2026_Q3V1.csv" in found[1].source and "no table for 2026-11 is loaded" in found[1].source


def test_a_locality_that_is_not_there_is_said(fees: StoredFees) -> None:
    found = price(claim("99213"), TERMS, "ZZ-99", fees)[0]
    assert "there is no locality ZZ-99" in found.working[0]
    assert "AL-00" in fees.locality_names(date(2026, 8, 3))


def test_prices_go_by_the_same_store_as_the_edits(fees: StoredFees) -> None:
    assert isinstance(fees_of(stored_tables(fees.store)), StoredFees)
    assert fees_of(tables.starter()) is STARTER


def test_the_audit_of_a_note_counts_in_the_same_prices(fees: StoredFees) -> None:
    (charged,), _, _ = read_charged(["99213x2"])
    visit = Visit(on=date(2026, 8, 3), age=61, sex="F", new_patient=False, setting="office")
    assert _worth(charged, visit, "11", "00", fees) == 8000
