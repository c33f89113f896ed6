"""Every row of the physician fee schedule in five localities, in a facility and outside, against a computation of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.building import Builder
from claimwright.codesets.importers import Stated, import_file
from claimwright.codesets.store import Store
from claimwright.effective import Period
from claimwright.parties import Insured, Payer, Person, Provider
from claimwright.pricing.medicare import fee_amount
from claimwright.pricing.model import Contract
from claimwright.pricing.price import price
from claimwright.pricing.stored import StoredFees

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "mpfs"
RVU, GPCI = DATA / "PPRRVU2026_Jul_nonQPP.csv", DATA / "GPCI2026.csv"
ON = date(2026, 11, 2)
LOCALITIES = ("AK-01", "CA-05", "FL-04", "NY-01", "OH-00")
PLACES = {"11": (6, 29), "22": (8, 30)}  # columns of practice expense, and of the one for the cap
REASONS = {"B": "97", "P": "97", "M": "246", "I": "16", "N": "96", "E": "96"}
WHO = Person(last="Lopez", first="Maria")
PAYER = Payer(name="Medicare", payer_id="MEDB")
TERMS = Contract(
    contract_id="M", payer_id="MEDB", period=Period(date(2026, 1, 1)), percent_of_medicare=Decimal(1), lesser_of=False
)

pytestmark = pytest.mark.skipif(not RVU.exists(), reason="../shared/data/mpfs is not here")


@pytest.fixture(scope="module")
def fees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoredFees]:
    """The official files, imported as a user would."""
    path = tmp_path_factory.mktemp("fees") / "codesets.sqlite"
    builder = Builder(path)
    for file in (RVU, GPCI):
        import_file(builder, file.name, io.BytesIO(file.read_bytes()), imported_at="2026-11-22T09:00:00+00:00", stated=Stated())
    builder.close()
    store = Store(path)
    yield StoredFees(store)
    store.close()


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    with RVU.open(encoding="latin-1") as file:
        return list(csv.reader(file))[10:]


@pytest.fixture(scope="module")
def indices() -> dict[str, list[Decimal]]:
    with GPCI.open(encoding="latin-1") as file:
        found = {f"{row[1]}-{row[2]}": row[4:7] for row in csv.reader(file) if len(row) > 6 and row[0].isdigit()}
    return {name: [Decimal(one) for one in found[name]] for name in LOCALITIES}


def expected(row: list[str], index: list[Decimal], place: str) -> int:
    """Work, practice expense and malpractice, each by its index, by the factor; no more than the outpatient cap, if any."""
    column, cap = PLACES[place]
    work, expense, malpractice = (Decimal(row[at]) for at in (5, column, 10))
    total = work * index[0] + expense * index[1] + malpractice * index[2]
    if Decimal(row[cap]):
        total = min(total, work * index[0] + Decimal(row[cap]) * index[1] + Decimal(row[31]) * index[2])
    return int((total * Decimal(row[25]) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def line_of(row: list[str], number: int = 1) -> ServiceLine:
    return ServiceLine(number=number, procedure=row[0], modifiers=(row[1],) if row[1] else (), charge=100, first_service=ON)


def has_values(row: list[str]) -> bool:
    return any(Decimal(row[at]) for at in (5, 6, 8, 10))


def test_every_row_in_five_localities_equals_an_independent_computation(fees, rows, indices) -> None:
    assert len(rows) == 18_385
    checked = 0
    for row in rows:
        line, valued = line_of(row), has_values(row)
        for locality, index in indices.items():
            for place in PLACES:
                found = fee_amount(line, place, locality, fees)
                if valued:
                    assert found is not None
                    cents = int(found.amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
                    assert cents == expected(row, index, place), (row[0], row[1], locality, place)
                else:
                    assert found is None, (row[0], row[1])
                checked += 1
    assert checked == 183_850


def test_medicare_pays_every_row_as_its_status_says(fees, rows, indices) -> None:
    # Each row once, as a claim of its own line, its locality and place in turn.
    turns = [(locality, place) for locality in LOCALITIES for place in PLACES]
    for number, row in enumerate(rows):
        locality, place = turns[number % len(turns)]
        found = price(claim(row, place), TERMS, locality, fees)[0]
        status, named = row[3], (row[0], row[1], row[3])
        if status in ("A", "R", "T") and has_values(row):
            assert (found.allowed, found.priced, found.reason) == (expected(row, indices[locality], place), True, ""), named
        elif status in REASONS and not (found.source.startswith(("CMS hospital", "claimwright demo"))):
            assert (found.allowed, found.reason) == (0, REASONS[status]), named
        elif status in ("A", "C", "R"):
            assert not found.priced, named
        assert found.working and found.source, named


def claim(row: list[str], place: str) -> Claim:
    return Claim(
        patient_control_number="A1",
        charge=100,
        place_of_service=place,
        billing=Provider(npi="1234567893", name="Family Practice"),
        payer=PAYER,
        insured=Insured(person=WHO, member_id="1"),
        patient=WHO,
        diagnoses=(),
        lines=(line_of(row),),
        filing_indicator="MB",
    )
