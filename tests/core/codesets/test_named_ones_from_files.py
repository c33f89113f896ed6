"""The register of providers and the payer directory, as files: what they say is told of a claim that names one of theirs."""

import sys
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "edits"))

from edit_bench import DOCTOR, PRACTICE, claim, context, findings
from test_codesets_importers import NPPES_HEAD

REGISTER = "npidata_pfile_20050523-20261108.csv"


def told(shelf, **changes):
    return {one.edit: one.message for one in findings(claim(**changes), context(), shelf.tables())}


def npi_row(npi, kind="", taxonomy="", ended="", again=""):
    return f'"{npi}","{kind}","","","","","","","05/23/2007","{ended}","{again}","{taxonomy}","Y","",""\n'


def test_an_npi_that_was_deactivated_is_told_and_one_that_was_reactivated_is_not(shelf):
    gone = npi_row(DOCTOR.npi, ended="03/01/2026") + npi_row(PRACTICE.npi, "2", PRACTICE.taxonomy, "03/01/2026", "04/01/2026")
    shelf.bring(REGISTER, NPPES_HEAD + gone)
    assert told(shelf) == {
        "PRV-NPI-ENDED": "The rendering provider's NPI was deactivated on 2026-03-01, by the national register.",
    }


def test_the_newest_register_answers_for_every_day_and_an_extract_does_not_miss_anybody(shelf):
    shelf.bring(REGISTER, NPPES_HEAD + npi_row(DOCTOR.npi, "2", "282N00000X"))
    assert set(told(shelf)) == {"PRV-NPI-KIND", "PRV-NPI-TAXONOMY"}
    shelf.bring("npidata_pfile_20050523-20261213.csv", NPPES_HEAD + npi_row(DOCTOR.npi, "1", DOCTOR.taxonomy))
    assert told(shelf) == {}


def test_the_directory_says_who_is_paid_under_which_number_and_until_when_claims_are_taken(shelf):
    shelf.bring("payers.csv", "payer_id,name,timely_days\nNM001,Made-up Mutual,10\nNM002,Made-up Health,\n")
    late = told(shelf, on=date(2026, 11, 2))
    assert late == {"DT-TIMELY": "Filing ended on 2026-11-12; the service was on 2026-11-02."}
    shelf.bring("payers.csv", "payer_id,name\nNM002,Made-up Health\n")
    assert told(shelf) == {"COV-PAYER-DIRECTORY": "The payer directory has no payer NM001."}
