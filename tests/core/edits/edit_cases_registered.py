"""Pass and fail of the edits that ask the national register of providers and the practice's payer directory."""

from datetime import date

from edit_bench import DAY, DOCTOR, OTHER_DOCTOR, PRACTICE, claim, context, replace

from claimwright.codesets.tables import ListedPayer, RegisteredProvider, starter
from claimwright.effective import Period

SINCE = Period(date(2007, 5, 1))
PERSON = RegisteredProvider(person=True, taxonomies=frozenset({"207Q00000X", "207R00000X"}), period=SINCE)
CLINIC = RegisteredProvider(person=False, taxonomies=frozenset({"261QP2300X"}), period=SINCE)
ENDED = RegisteredProvider(person=None, taxonomies=frozenset(), period=Period(date(2007, 5, 1), DAY))
EVERYONE = {PRACTICE.npi: CLINIC, DOCTOR.npi: PERSON, OTHER_DOCTOR.npi: PERSON}
LISTED = ListedPayer(timely_days=90, period=SINCE)


def register(whole=False, **changes):
    """A clean claim, and a register in which some are other than they should be; None: not in it."""
    found = {npi: one for npi, one in {**EVERYONE, **changes}.items() if one is not None}
    holds = frozenset({"register", *(["whole register"] if whole else [])})
    return claim(referring=OTHER_DOCTOR), context(), replace(starter(), providers=found, holds=holds)


def directory(*listed, of=None, **changes):
    """A claim, and the practice's payer directory."""
    holds = frozenset({"payers"})
    return of or claim(), context(**changes), replace(starter(), payers=dict(listed), holds=holds)


CASES = [
    ("PRV-NPI-ENDED", register(), register(**{DOCTOR.npi: ENDED})),
    ("PRV-NPI-ENDED", register(**{OTHER_DOCTOR.npi: None}), register(**{OTHER_DOCTOR.npi: ENDED})),
    ("PRV-NPI-KIND", register(), register(**{DOCTOR.npi: CLINIC})),
    ("PRV-NPI-KIND", register(**{DOCTOR.npi: ENDED}), register(**{PRACTICE.npi: PERSON})),
    ("PRV-NPI-TAXONOMY", register(), register(**{DOCTOR.npi: replace(PERSON, taxonomies=frozenset({"208D00000X"}))})),
    ("PRV-NPI-NOT-FOUND", register(whole=True), register(whole=True, **{OTHER_DOCTOR.npi: None})),
    ("COV-PAYER-DIRECTORY", directory(("NM001", LISTED)), directory(("NM002", LISTED))),
    (
        "COV-PAYER-DIRECTORY",
        directory(("NM001", LISTED)),
        directory(("NM001", replace(LISTED, period=Period(date(2007, 5, 1), date(2026, 10, 31))))),
    ),
    (
        "DT-TIMELY",
        directory(("NM001", LISTED), today=date(2027, 1, 30)),
        directory(("NM001", LISTED), today=date(2027, 2, 1)),
    ),
    (
        "DT-TIMELY-SOON",
        directory(("NM001", replace(LISTED, timely_days=None)), today=date(2027, 1, 30)),
        directory(("NM001", LISTED), today=date(2027, 1, 30)),
    ),
]
