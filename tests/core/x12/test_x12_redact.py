"""Redaction: nobody left in the file, the same findings as before, the same values made the same."""

from __future__ import annotations

import json
import random
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_x12_fuzz import MUTATIONS
from typer.testing import CliRunner
from x12_samples import WRITTEN

from claimwright.cli.x12 import app
from claimwright.identifiers import mbi_valid, npi_valid, npi_with_check_digit
from claimwright.x12.check import check
from claimwright.x12.claim_reading import read_claims
from claimwright.x12.document import read
from claimwright.x12.pseudonyms import Pseudonyms
from claimwright.x12.redact import redact
from claimwright.x12.remittance import read_remittances

CORPUS = Path(__file__).parents[4] / "shared" / "data" / "x12"
FILES = {path.name: path.read_bytes() for path in sorted(CORPUS.glob("*/*"))} if CORPUS.is_dir() else {}
TODAY = date(2026, 11, 20)
NAMES = Pseudonyms(b"a key", TODAY)
run = CliRunner()
# Where a person, a provider or a number of theirs stands: the first list names, the second numbers.
_WHO = {"NM1": (3, 4, 5, 7), "N3": (1, 2), "N4": (1,), "NTE": (2,), "MSG": (1,), "K3": (1,), "SBR": (4,), "PER": (2,)}
_NUMBERS = {
    "NM1": (9,),
    "REF": (2,),
    "CLM": (1,),
    "CLP": (1, 7),
    "TRN": (2,),
    "PER": (4, 6, 8),
    "BPR": (7, 9, 13, 15),
    "BHT": (3,),
}
_CODED = {"4N", "P4", "1S", "APC", "EV", "BLT", "2U"}


def _redacted(content: bytes, key: bytes = b"a key", **rest: bool) -> bytes:
    return b"".join(redact(content, key, today=TODAY, **rest))


def _findings(content: bytes) -> list[tuple[int, str, str, str]]:
    return [(one.line, one.code, one.severity, one.element) for one in check(content, today=TODAY)]


def _personal(content: bytes) -> set[str]:
    """Every name, number, address, text and birth date of the file that is not a payer's."""
    found: set[str] = set()
    for piece in read(content):
        name, qualifier = (piece.segment or [""])[0], piece.element(1)
        if (name == "NM1" and qualifier in ("PR", "TT") and piece.element(2) != "1") or (name == "REF" and qualifier in _CODED):
            continue
        found |= {piece.element(at).strip() for at in (*_WHO.get(name, ()), *_NUMBERS.get(name, ()))}
    return {one for one in found if len(one) >= 5 and any(char.isalnum() for char in one)}


def _values(content: bytes) -> set[str]:
    """Every element and component but those of the envelopes."""
    return {
        part.strip()
        for piece in read(content)
        if piece.segment and piece.segment[0] not in ("ISA", "GS", "ST", "SE", "GE", "IEA", "AK1", "AK2")
        for element in piece.segment[1:]
        for part in re.split("[" + re.escape("".join(piece.marks[:3])) + "]", element)
    }


def _kept(content: bytes) -> set[str]:
    """Payers' names and numbers and taxonomy codes, which stay, and may by chance be somebody else's too."""
    kept: set[str] = set()
    for piece in read(content):
        name, qualifier = (piece.segment or [""])[0], piece.element(1)
        payer = (name in ("NM1", "N1") and qualifier in ("PR", "TT")) or (name == "REF" and qualifier == "2U")
        if payer or name in ("SVD", "PRV"):
            kept |= {one.strip() for one in piece.segment}
    return kept


ALL = {**WRITTEN, **FILES}


@pytest.mark.parametrize("name", ALL)
def test_nothing_personal_survives_and_the_findings_stay(name):
    content = ALL[name]
    redacted = _redacted(content)
    assert _findings(redacted) == _findings(content)
    survivors = (_personal(content) - _kept(content)) & _values(redacted)
    assert not {one for one in survivors if not len(one.lstrip("0")) < 6 and one.isdecimal()}, "a value survived"


def test_the_public_files_are_there_or_the_reader_is_told():
    if not FILES:
        pytest.skip("the public sample files (../shared/data/x12) are absent: only our own samples were redacted")
    assert len(FILES) > 100


@pytest.mark.parametrize("name", WRITTEN)
def test_a_broken_file_stays_as_broken_as_it_was(name):
    rng = random.Random(f"redact {name}")
    for number in range(24):
        harmed = MUTATIONS[number % len(MUTATIONS)](WRITTEN[name], rng)
        marks = {piece.marks for piece in read(harmed) if piece.segment}
        if any(len(set(one)) < 4 or one.component.isalnum() for one in marks):
            continue  # delimiters that are also letters, or one another: then no value can be told from the next
        before, after = _findings(harmed), _findings(_redacted(harmed))
        assert [row[:2] for row in before] == [row[:2] for row in after], number


def test_a_claim_and_its_payment_still_match_under_one_key():
    claims, payment = _redacted(WRITTEN["837P"]), _redacted(WRITTEN["835"])
    control = next(read_claims(claims)).patient_control_number
    paid = [one for remit in read_remittances(payment) if remit.remittance for one in remit.remittance.claims]
    claim = next(one.claim for one in read_claims(claims))
    assert control != "PCN0001" and paid[0].patient_control_number == control
    assert claim and (paid[0].patient_last, paid[0].member_id) == (claim.patient.last, claim.insured.member_id)
    assert next(read_claims(_redacted(WRITTEN["837P"], b"another"))).patient_control_number != control
    assert _redacted(WRITTEN["837P"]) == claims


def test_amounts_codes_and_counts_stay():
    before, after = (next(read_claims(one)).claim for one in (WRITTEN["837P"], _redacted(WRITTEN["837P"])))
    assert before and after
    assert (before.charge, before.diagnoses, before.place_of_service) == (after.charge, after.diagnoses, after.place_of_service)
    assert [(line.procedure, line.modifiers, line.charge, line.units) for line in before.lines] == [
        (line.procedure, line.modifiers, line.charge, line.units) for line in after.lines
    ]
    assert (after.payer.name, after.payer.payer_id) == ("SANDBOX HEALTH", "SBX01")


def test_providers_are_replaced_unless_they_are_to_stay():
    gone, kept = _redacted(WRITTEN["837P"]), _redacted(WRITTEN["837P"], keep_providers=True)
    assert b"LAKESIDE" not in gone and b"1234567893" not in gone
    assert b"NM1*85*2*LAKESIDE FAMILY PRACTICE*****XX*1234567893~" in kept and b"400 LAKE DRIVE" in kept
    assert b"LOPEZ" not in kept and b"SBX100200300" not in kept


def test_what_is_not_known_is_replaced():
    content = WRITTEN["837P"].replace(b"LX*1~", b"ZZZ*DOE JANE*555443333*20261102*12.50~\nLX*1~", 1)
    row = next(piece.segment for piece in read(_redacted(content)) if piece.segment[:1] == ["ZZZ"])
    assert row[4] == "12.50" and row[3] != "20261102"
    assert not {"DOE", "JANE", "DOE JANE", "555443333"} & {*row, *row[1].split()}
    old = _redacted(WRITTEN["837P"].replace(b"005010X222A1", b"004010X098A1"))
    assert b"LOPEZ" not in old and b"PCN0001" not in old and b"CLM*" in old and b"HC:99213" in old


def test_every_day_moves_but_a_quarters_first():
    for before, after in zip(read(WRITTEN["837P"]), read(_redacted(WRITTEN["837P"])), strict=True):
        at = {"DMG": 2, "DTP": 3}.get((before.segment or [""])[0])
        if at and not before.element(at).endswith(("0101", "0401", "0701", "1001")):
            assert before.element(at) != after.element(at)


def test_text_outside_of_interchanges_is_replaced():
    content = b"for Maria Lopez\n" + WRITTEN["837P"] + b"\nthanks, Maria"
    redacted = _redacted(content)
    assert b"Maria" not in redacted and b"Lopez" not in redacted and _findings(redacted) == _findings(content)


# Pseudonyms ----------------------------------------------------------------------------------------------------------


@given(st.text("0123456789ABCXYZabc-./", min_size=1, max_size=40))
@settings(max_examples=300, deadline=None)
def test_an_identifier_keeps_its_shape_and_never_itself(value):
    made = NAMES.masked(value)
    assert len(made) == len(value)
    assert [(c.isdigit(), c.isupper(), c.islower()) for c in made] == [(c.isdigit(), c.isupper(), c.islower()) for c in value]
    assert made != value or not value.strip("0-./") or not any(char.isalnum() for char in value)


@pytest.mark.parametrize("shape", ["{:03d}", "A{:03d}", "{:d}", "PCN{:05d}"])
def test_no_two_identifiers_become_one(shape):
    values = [shape.format(number) for number in range(1, 1000)]
    made = [NAMES.masked(value) for value in values]
    assert len(set(made)) == len(values) and not any(a == b for a, b in zip(values, made, strict=True))


@given(st.integers(100000000, 299999999), st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_a_right_npi_stays_right_and_a_wrong_one_wrong(nine, digit):
    right = npi_with_check_digit(str(nine))
    assert npi_valid(NAMES.masked(right)) and NAMES.masked(right) != right
    other = str(nine) + str(digit)
    assert npi_valid(NAMES.masked(other)) is npi_valid(other)


def test_a_word_of_any_length_is_replaced_in_the_time_its_letters_take():
    made = NAMES.word("A" * 2_000_000)
    assert len(made) == 2_000_000 and NAMES.word("A" * 1_999_999 + "B")[:60] != made[:60]


def test_a_number_that_cannot_be_an_npi_becomes_none():
    made = [NAMES.masked(str(number)) for number in range(9999999000, 10000000000)]
    assert not any(npi_valid(number) for number in made) and len(set(made)) == 1000


def test_a_medicare_number_stays_one():
    assert mbi_valid(NAMES.masked("1EG4TE5MK73")) and NAMES.masked("1EG4TE5MK73") != "1EG4TE5MK73"


@given(st.dates(date(1900, 1, 1), date(2030, 12, 31)), st.dates(date(1900, 1, 1), date(2030, 12, 31)))
@settings(max_examples=300, deadline=None)
def test_days_keep_their_order_their_quarter_and_their_side_of_today(one, other):
    first, last = sorted((one, other))
    assert NAMES.day(first) <= NAMES.day(last) and NAMES.birth(first) <= NAMES.birth(last)
    assert NAMES.birth(first) <= NAMES.day(last) or first.year <= TODAY.year - 90
    assert (NAMES.day(one) > TODAY) is (one > TODAY)
    assert (NAMES.day(one).year, (NAMES.day(one).month - 1) // 3) == (one.year, (one.month - 1) // 3) or one > TODAY
    assert NAMES.day(one) < one or one == date(one.year, (one.month - 1) // 3 * 3 + 1, 1) or one > TODAY


def test_nobody_is_older_than_ninety_and_few_people_have_no_area_of_their_own():
    assert NAMES.birth(date(1901, 5, 5)) == date(1936, 1, 1)
    assert (NAMES.zip("036011234"), NAMES.zip("78701"), NAMES.zip("7870")[:4] == "7870") == ("030000000", "78700", False)


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_writes_a_new_file_and_never_over_another(tmp_path):
    file, out = tmp_path / "week.837", tmp_path / "safe.837"
    file.write_bytes(WRITTEN["837P"])
    result = run.invoke(app, ["redact", str(file), "--out", str(out), "--key", "secret words", "--json"])
    assert result.exit_code == 0 and json.loads(result.stdout)["replaced"]["birth dates"] >= 3
    assert b"LOPEZ" not in out.read_bytes() and run.invoke(app, ["check", str(out)]).exit_code == 0
    again = run.invoke(app, ["redact", str(file), "--out", str(out)])
    assert again.exit_code == 2 and "exists already" in again.stderr
    other = tmp_path / "other.837"
    assert run.invoke(app, ["redact", str(file), "--out", str(other)]).exit_code == 0
    assert other.read_bytes() != out.read_bytes()
    assert run.invoke(app, ["redact", str(tmp_path / "none"), "--out", str(tmp_path / "x")]).exit_code == 2
    assert run.invoke(app, ["redact", str(file), "--out", str(tmp_path / "no" / "where")]).exit_code == 2
