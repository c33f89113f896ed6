"""The practice's own rules: conditions on a claim as data, each compiled into an edit like the built-in ones.

The text form that people write is read in `rules_text`; the same form holds a payer's own edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from claimwright.claims.model import Claim, ServiceLine
from claimwright.codesets.tables import Tables
from claimwright.edits.context import Context
from claimwright.edits.others import earlier
from claimwright.edits.registry import ANY_FORM, Edit, Problem
from claimwright.effective import age_on
from claimwright.parties import Provider, Struct

Operator = Literal["is", "is not", "at least", "at most", "is given", "is missing"]
OPERATORS: tuple[Operator, ...] = ("is not", "is missing", "is given", "is", "at least", "at most")

Values = tuple[str, ...]
ELEVEN_MONTHS = 335  # days


class Condition(Struct):
    """One test of a field. `is`: any of its values is among these; `is not`: none is."""

    field: str
    operator: Operator
    values: Values = ()

    def holds(self, claim: Claim, line: ServiceLine | None, context: Context) -> bool:
        """Whether it is so of a claim, or of one of its lines."""
        if self.field in LINE_FIELDS:
            assert line is not None, self.field
            found = LINE_FIELDS[self.field](claim, line, context)
        else:
            found = CLAIM_FIELDS[self.field](claim, context)
        if self.operator == "is given":
            return bool(found)
        if self.operator == "is missing":
            return not found
        if self.operator == "at least":
            return any(Decimal(one) >= Decimal(self.values[0]) for one in found)
        if self.operator == "at most":
            return any(Decimal(one) <= Decimal(self.values[0]) for one in found)
        exact = _exact(self.values)
        among = (
            any(matches(one, value) for one in found for value in self.values) if exact is None else not exact.isdisjoint(found)
        )
        return among is (self.operator == "is")


_OF_CODE = frozenset({"procedure", "any procedure"})
_OF_MODIFIERS = frozenset({"modifier", "any modifier"})


class Rule(Struct):
    """One rule. A line rule is asked of each line, and its conditions may speak of the claim too."""

    id: str
    subject: Literal["line", "claim"]
    conditions: tuple[Condition, ...]
    severity: Literal["reject", "deny", "warn", "advise"]
    message: str
    fix: str
    source: str = ""
    since: date = date(2012, 1, 1)
    until: date | None = None
    cases: tuple[Case, ...] = ()
    line: int = 0  # where it begins in its text

    def concerns(self, code: str) -> bool:
        """Whether the rule may find something on a claim that has this procedure."""
        return self._among(_OF_CODE, (code,))

    def concerns_modifiers(self, modifiers: Values) -> bool:
        """Whether the rule may find something on a claim that has a line with these modifiers."""
        return self._among(_OF_MODIFIERS, modifiers)

    def _among(self, fields: frozenset[str], found: Values) -> bool:
        asked = [one for one in self.conditions if one.field in fields and one.operator == "is"]
        return all(any(matches(have, value) for have in found for value in one.values) for one in asked)

    def edit(self, family: str, whose: str = "") -> Edit:
        """The rule as an edit; `whose`: the payer that leads its name (`MEDICARE/...`)."""
        return Edit(
            id=f"{whose}/{self.id}" if whose else self.id,
            family=family,
            severity=self.severity,
            since=self.since,
            until=self.until,
            citation=self.source,
            summary=self.message,
            element="",
            forms=ANY_FORM,
            check=self._check,
        )

    def _check(self, claim: Claim, context: Context, tables: Tables) -> Iterator[Problem]:
        if self.subject == "claim":
            if all(one.holds(claim, None, context) for one in self.conditions):
                yield Problem(message=self.message, fix=self.fix)
            return
        for line in claim.lines:
            if all(one.holds(claim, line, context) for one in self.conditions):
                yield Problem(message=self.message, fix=self.fix, line=line.number)


class Case(Struct):
    """A claim in short that the rule must find, or must leave alone."""

    found: bool
    claim: Claim
    today: date
    text: str
    line: int = 0
    history: tuple[Claim, ...] = ()


class RuleSet(Struct):
    """Rules that are kept, dated and exchanged together. `asked`: what a claim must be for any of them to be asked."""

    name: str
    version: int
    rules: tuple[Rule, ...]
    asked: tuple[Condition, ...] = ()

    def edits(self) -> tuple[Edit, ...]:
        """The rules as edits; their family is the set's name and version."""
        return tuple(rule.edit(f"{self.name} {self.version}") for rule in self.rules)


@lru_cache(4096)
def _exact(values: Values) -> frozenset[str] | None:
    """Values that are neither beginnings nor ranges, so that one look tells."""
    return None if any(value.endswith("*") or ".." in value for value in values) else frozenset(values)


def matches(found: str, value: str) -> bool:
    """A value, a beginning (`E11*`) or a range of codes of one length (`99381..99397`)."""
    if value.endswith("*"):
        return found.startswith(value[:-1])
    first, dots, last = value.partition("..")
    return first <= found <= last and len(found) == len(first) if dots else found == value


# The fields ----------------------------------------------------------------------------------------------------------


def _dollars(cents: int) -> str:
    return str(Decimal(cents) / 100)


def _given(*values: str) -> Values:
    return tuple(value.upper() for value in values if value)


def _npi(provider: Provider | None) -> Values:
    return _given(provider.npi if provider else "")


def _taxonomy(provider: Provider | None) -> Values:
    return _given(provider.taxonomy if provider else "")


def _pointed(claim: Claim, line: ServiceLine, context: Context) -> Values:
    return tuple(claim.diagnoses[at - 1].code for at in line.pointers if 0 < at <= len(claim.diagnoses))


def _age(claim: Claim, context: Context) -> Values:
    birth = claim.patient.birth
    return (str(age_on(birth, claim.first_service)),) if birth and claim.lines else ()


def _referring(claim: Claim) -> list[Provider]:
    return [one for one in (claim.referring, *(line.referring for line in claim.lines)) if one]


def done_before(claim: Claim, context: Context) -> Iterator[ServiceLine]:
    """The lines of the patient's earlier claims by this practice to the same payer."""
    return (done for of, done in earlier(claim, context) if of.payer.payer_id == claim.payer.payer_id)


def _since(claim: Claim, line: ServiceLine, context: Context) -> Values:
    """Days since each earlier time of the same procedure."""
    days = ((line.first_service - done.first_service).days for done in done_before(claim, context)
            if done.procedure == line.procedure)  # fmt: skip
    return tuple(str(one) for one in days if one > 0)


def _last_eleven_months(claim: Claim, line: ServiceLine, context: Context) -> Values:
    """Medicare counts its yearly benefits so: eleven full months must have passed."""
    of_late = (one for one in done_before(claim, context) if 0 < (line.first_service - one.first_service).days < ELEVEN_MONTHS)
    return _given(*(one.procedure for one in of_late))


def _this_year(claim: Claim, line: ServiceLine, context: Context) -> Iterator[ServiceLine]:
    """The lines of the claim and of the patient's earlier claims in the calendar year of a line."""
    year = line.first_service.year
    return (one for one in (*claim.lines, *done_before(claim, context)) if one.first_service.year == year)


def _units_this_year(claim: Claim, line: ServiceLine, context: Context) -> Values:
    same = (one.units for one in _this_year(claim, line, context) if one.procedure == line.procedure)
    return (str(sum(same, Decimal(0))),)


def _therapy_this_year(claim: Claim, line: ServiceLine, context: Context) -> Values:
    """Dollars charged under the line's plan of care: physical therapy and speech count together (42 CFR 410.60(e))."""
    plans = next((plan for plan in ({"GP", "GN"}, {"GO"}) if plan & set(line.modifiers)), set())
    lines = [one for one in _this_year(claim, line, context) if plans & set(one.modifiers)]
    return (_dollars(sum(one.charge for one in lines)),) if lines else ()


ClaimField = Callable[[Claim, Context], Values]
LineField = Callable[[Claim, ServiceLine, Context], Values]

CLAIM_FIELDS: dict[str, ClaimField] = {
    "payer": lambda claim, context: _given(claim.payer.payer_id),
    "filing indicator": lambda claim, context: _given(claim.filing_indicator),
    "responsibility": lambda claim, context: (claim.responsibility,),
    "form": lambda claim, context: (claim.form.upper(),),
    "frequency": lambda claim, context: (claim.frequency,),
    "claim charge": lambda claim, context: (_dollars(claim.charge),),
    "claim place": lambda claim, context: _given(claim.place_of_service),
    "bill type": lambda claim, context: _given(claim.bill_type),
    "any procedure": lambda claim, context: _given(*(line.procedure for line in claim.lines)),
    "any modifier": lambda claim, context: tuple(one for line in claim.lines for one in line.modifiers),
    "any diagnosis": lambda claim, context: tuple(one.code for one in claim.diagnoses),
    "first diagnosis": lambda claim, context: tuple(one.code for one in claim.diagnoses[:1]),
    "lines": lambda claim, context: (str(len(claim.lines)),),
    "age": _age,
    "sex": lambda claim, context: (claim.patient.sex,),
    "relationship": lambda claim, context: _given(claim.insured.relationship),
    "member id": lambda claim, context: _given(claim.insured.member_id),
    "group number": lambda claim, context: _given(claim.insured.group_number),
    "prior authorization": lambda claim, context: _given(claim.prior_authorization),
    "referral": lambda claim, context: _given(claim.referral_number),
    "payer control number": lambda claim, context: _given(claim.payer_control_number),
    "related cause": lambda claim, context: _given(claim.related_cause),
    "claim note": lambda claim, context: _given(claim.note),
    "billing npi": lambda claim, context: _npi(claim.billing),
    "billing state": lambda claim, context: _given(claim.billing.address.state if claim.billing.address else ""),
    "billing taxonomy": lambda claim, context: _taxonomy(claim.billing),
    "claim rendering npi": lambda claim, context: _npi(claim.rendering),
    "claim rendering taxonomy": lambda claim, context: _taxonomy(claim.rendering),
    "referring npi": lambda claim, context: _given(*(one.npi for one in _referring(claim))),
    "supervising npi": lambda claim, context: _npi(claim.supervising),
    "facility npi": lambda claim, context: _npi(claim.service_facility),
    "other payers": lambda claim, context: (str(len(claim.other_payers)),),
    "days since service": lambda claim, context: (str((context.today - claim.first_service).days),) if claim.lines else (),
}

LINE_FIELDS: dict[str, LineField] = {
    "procedure": lambda claim, line, context: _given(line.procedure),
    "modifier": lambda claim, line, context: line.modifiers,
    "diagnosis": _pointed,
    "first pointed diagnosis": lambda claim, line, context: _pointed(claim, line, context)[:1],
    "units": lambda claim, line, context: (str(line.units),),
    "charge": lambda claim, line, context: (_dollars(line.charge),),
    "place": lambda claim, line, context: _given(line.place_of_service or claim.place_of_service),
    "date of service": lambda claim, line, context: (line.first_service.isoformat(),),
    "revenue code": lambda claim, line, context: _given(line.revenue_code),
    "description": lambda claim, line, context: _given(line.description),
    "drug": lambda claim, line, context: _given(line.drug.ndc if line.drug else ""),
    "rendering npi": lambda claim, line, context: _npi(line.rendering or claim.rendering or claim.billing),
    "rendering taxonomy": lambda claim, line, context: _taxonomy(line.rendering or claim.rendering or claim.billing),
    "ordering npi": lambda claim, line, context: _npi(line.ordering),
    "earlier procedure": lambda claim, line, context: _given(*(one.procedure for one in done_before(claim, context))),
    "procedure of the last eleven months": _last_eleven_months,
    "days since same procedure": _since,
    "units this year": _units_this_year,
    "therapy charges this year": _therapy_this_year,
    "other procedure": lambda claim, line, context: _given(*(one.procedure for one in claim.lines if one is not line)),
    "other modifier": lambda claim, line, context: tuple(mod for one in claim.lines if one is not line for mod in one.modifiers),
}

NUMBERS = frozenset(
    {"claim charge", "lines", "age", "other payers", "days since service", "units", "charge", "days since same procedure"}
    | {"units this year", "therapy charges this year"}
)


def hold_what(rules: RuleSet, claims: Sequence[tuple[Claim, Context]], tables: Tables) -> dict[str, tuple[str, ...]]:
    """Rule id -> patient control numbers of the claims that it would have found: the try-out on past claims."""
    held: dict[str, list[str]] = {rule.id: [] for rule in rules.rules}
    for claim, context in claims:
        if not claim.lines:
            continue
        for edit in rules.edits():
            if edit.applies(claim.form, claim.first_service) and any(edit.run(claim, context, tables)):
                held[edit.id].append(claim.patient_control_number)
    return {name: tuple(numbers) for name, numbers in held.items()}
