"""A scenario: who pays, what the plans promise, and how the payer misbehaves, in one TOML file (docs/howto/payer-in-a-box.md)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Final, get_args

from claimwright.adjudication.plans import plan_in
from claimwright.adjudication.reading import Terms
from claimwright.coverage.model import Authorization
from claimwright.effective import Period
from claimwright.parties import Address, Insured, Payer, Person, Sex
from claimwright.payers.sandbox.habits import ASPECTS, OF_PAYMENTS, PAYMENT_ASPECTS
from claimwright.payers.sandbox.model import ANY, WHOLE, Book, Condition, Doing, Habit, Member, Pace, Reason
from claimwright.pricing.contract_text import ContractError, read_contracts
from claimwright.pricing.model import Contract

SHIPPED: Final = ("plain", "mixed", "harshest")
_DOINGS: Final[tuple[Doing, ...]] = get_args(Doing)
_CHECKS: Final = ("policy", "codes", "authorization", "duplicates")
_FORMS: Final = ("professional", "institutional", "dental")
_CARC: Final = re.compile(r"[A-Z]?\d{1,3}")
_RARC: Final = re.compile(r"(M|MA|N)\d{1,3}")
_GROUPS: Final = frozenset({"CO", "PR", "OA", "PI"})
# What an 835 may say of the provider as a whole (835 guide, PLB03-1); the payer's own work uses WO, L6 and FB besides.
_PLB: Final = frozenset(
    {"50", "51", "72", "90", "AH", "AM", "AP", "B2", "B3", "BD", "BN", "C5", "CR", "CS", "CT", "CV", "CW", "DM", "E3", "FB", "FC"}
    | {"GO", "HM", "IP", "IR", "IS", "J1", "L3", "L6", "LE", "LS", "OA", "OB", "PI", "PL", "RA", "RE", "SL", "TL", "WO", "WU"}
)
# What a behavior may say besides how often: `when` is asked of claims, and payments are drawn by their own numbers.
_OPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "deny": ("reasons", "lines"),
    "underpay": ("percent", "lines"),
    "excess": ("percent",),
    "pend": ("days",),
    "interest": ("days", "only_in_plb"),
    "reverse": ("days", "reasons", "lines"),
    "void": ("days",),
    "recoup": ("days", "lines"),
    "split_claim": ("days",),
    "crossover": ("to",),
    "late_file": ("days",),
    "adjust": ("codes", "amount"),
}
_HOUSE: Final = Payer(
    name="Any payer",
    payer_id=ANY,
    address=Address(line1="100 Payer Plaza", city="Columbus", state="OH", zip="43215"),
    phone="8005550100",
)


def shipped(name: str) -> str:
    """The text of a scenario that travels with the package: plain, mixed or harshest."""
    return resources.files("claimwright.payers.sandbox").joinpath("scenarios", f"{name}.toml").read_text("utf-8")


def read_scenario(text: str, file: str, seed: int | None = None) -> Book:
    """The payers of a scenario; `seed` beats the file's. Raises NotReadableError naming file and key."""
    terms = Terms.of(text, file)
    terms.text("about", "")
    members = _members(terms)
    plans = list(terms.tables("plan"))
    if not plans:
        raise terms.wrong("plan", "at least one [[plan]] is wanted")
    filings, shares, read = {}, {}, []
    for one in plans:
        plan = plan_in(one)
        if plan.plan_id in shares:
            raise one.wrong("id", f"another plan is {plan.plan_id!r} already; each has an id of its own")
        read.append(plan)
        if filing := frozenset(one.words("for_filing")):
            filings[plan.plan_id] = filing
        shares[plan.plan_id] = one.whole("weight", 1, least=1)
        one.done()
    for number, member in enumerate(members, 1):
        if member.plan_id not in shares:
            raise terms.wrong(f"members {number}.plan", f"{member.plan_id!r} is no [[plan]]; they are {', '.join(shares)}")
    npis = terms.words("providers", (ANY,))
    book = Book(
        payers=(*(_payer(one) for one in terms.tables("payer")), _HOUSE),
        plans=tuple(read),
        contracts=(*(_contract(one) for one in terms.tables("contract")), *_contract_text(terms)),
        provider_npis=frozenset(npis) - {ANY},
        any_provider=ANY in npis,
        members=members,
        any_member=not members,
        filings=filings,
        shares=shares,
        seed=terms.whole("seed", 1) if seed is None else seed,
        habits=tuple(_habit(one) for one in terms.tables("behavior")),
        pace=_pace(terms.table("pace")),
        checks=_checks(terms),
        by_content=True,
    )
    terms.whole("seed", 1)
    terms.done()
    for habit, one in zip(book.habits, terms.tables("behavior"), strict=True):
        _together(book, habit, one)
    return book


def _together(book: Book, habit: Habit, terms: Terms) -> None:
    """Rivals that hold for all claims cannot have more than all of them."""
    rivals = next(aspect for aspect in (*ASPECTS, *PAYMENT_ASPECTS) if habit.do in aspect)
    if sum(one.share for one in book.habits if one.do in rivals and one.when == habit.when) > WHOLE:
        raise terms.wrong("share", f"{', '.join(rivals)} exclude each other; together they exceed 100 percent")


def _members(terms: Terms) -> tuple[Member, ...]:
    if isinstance(terms.values.get("members", "any"), str):
        terms.choice("members", ("any",), "any")
        return ()
    return tuple(_member(one) for one in terms.tables("members"))


def _member(terms: Terms) -> Member:
    person = _person(terms)
    subscriber = _person(terms.table("subscriber")) if terms.has("subscriber") else person
    plan_id = terms.text("plan")
    period = terms.period()
    relationship = terms.text("relationship", "18" if subscriber is person else "G8")
    insured = Insured(person=subscriber, member_id=terms.text("member_id"), relationship=relationship)
    held = tuple(
        Authorization(
            plan_id=plan_id,
            number=one.text("number"),
            procedure=one.text("procedure"),
            units=one.whole("units", 1),
            period=period,
        )
        for one in terms.tables("authorization")
    )
    order = terms.whole("order", 1, least=1)
    terms.done()
    return Member(insured=insured, patient=person, plan_id=plan_id, order=order, period=period, authorizations=held)


def _person(terms: Terms) -> Person:
    sex: Sex = terms.choice("sex", get_args(Sex), "U")
    return Person(last=terms.text("last"), first=terms.text("first"), birth=terms.day("birth"), sex=sex)


def _payer(terms: Terms) -> Payer:
    payer = Payer(
        name=terms.text("name"),
        payer_id=terms.text("id"),
        phone=terms.text("phone", _HOUSE.phone),
        address=Address(
            line1=terms.text("street", "100 Payer Plaza"),
            city=terms.text("city", "Columbus"),
            state=terms.text("state", "OH"),
            zip=terms.text("zip", "43215"),
        ),
    )
    terms.done()
    return payer


def _contract(terms: Terms) -> Contract:
    medicare, charge = (terms.rate(key) if terms.has(key) else None for key in ("percent_of_medicare", "percent_of_charge"))
    contract = Contract(
        contract_id=terms.text("id", "scenario"),
        payer_id=terms.text("payer", ANY),
        plan_id=terms.text("plan", ""),
        period=Period(terms.day("from", date(2000, 1, 1))),
        percent_of_medicare=medicare,
        percent_of_charge=charge,
        fees=terms.amounts("fees"),
        lesser_of=terms.flag("lesser_of", True),
        locality=terms.text("locality", "00"),
    )
    terms.done()
    return contract


def _contract_text(terms: Terms) -> tuple[Contract, ...]:
    """Contracts with all that they can say, as `claimwright price --contract` reads them."""
    text = terms.text("contracts", "")
    try:
        return read_contracts(text) if text else ()
    except ContractError as problem:
        raise terms.wrong("contracts", f"line {problem.line}: {problem.said} {problem.fix}") from None


def _pace(terms: Terms) -> Pace:
    pace = Pace(
        days=terms.days("days", 7),
        spread=terms.days("spread", 0),
        claims_per_payment=terms.whole("claims_per_payment", 500, least=1),
        payments_per_file=terms.whole("payments_per_file", 1, least=1),
    )
    terms.done()
    return pace


def _checks(terms: Terms) -> frozenset[str]:
    found = terms.words("checks", _CHECKS)
    for one in found:
        if one not in _CHECKS:
            raise terms.wrong("checks", f"{one!r} is no check; they are {', '.join(_CHECKS)}")
    return frozenset(found)


def _habit(terms: Terms) -> Habit:
    do = terms.choice("do", _DOINGS)
    _fitting(terms, do)
    share = terms.percent("share", Decimal(100)) * 1000
    if share != int(share) or share > WHOLE:
        raise terms.wrong("share", "at most 100 percent, to a thousandth of a percent")
    reasons = tuple(_reason(terms, key, one) for key in ("reasons",) for one in terms.words(key))
    if do == "deny" and not reasons:
        raise terms.wrong("reasons", 'a denial says why, such as "CO-50" or "CO-16:M76"')
    codes = terms.words("codes")
    if do == "adjust" and (not codes or not _PLB.issuperset(codes)):
        raise terms.wrong("codes", f"PLB reasons are wanted, of {' '.join(sorted(_PLB))}")
    if do == "excess" and not terms.has("percent"):
        raise terms.wrong("percent", "how much of the charge is allowed, above 100")
    to = terms.table("to")
    habit = Habit(
        do=do,
        share=int(share),
        when=_condition(terms.table("when")),
        reasons=reasons,
        whole=terms.choice("lines", ("one", "all"), "one") == "all",
        percent=terms.whole("percent", 85),
        days=terms.days("days", 0),
        codes=codes,
        amount=terms.money("amount", 2500),
        quietly=terms.flag("only_in_plb"),
        payer=Payer(name=to.text("name"), payer_id=to.text("id")) if terms.has("to") else None,
    )
    if do == "crossover" and habit.payer is None:
        raise terms.wrong("to", 'to whom: to = { name = "...", id = "..." }')
    to.done()
    terms.done()
    return habit


def _fitting(terms: Terms, do: Doing) -> None:
    """An option that this behavior never looks at would be missed silently. Raises NotReadableError."""
    fitting = ("do", "share", *(() if do in OF_PAYMENTS else ("when",)), *_OPTIONS.get(do, ()))
    known = {"when", *(option for options in _OPTIONS.values() for option in options)}
    for key in terms.values:
        if key in known and key not in fitting:
            raise terms.wrong(key, f"no option of {do!r}; its options are {', '.join(fitting[1:])}: leave it out")


def _reason(terms: Terms, key: str, written: str) -> Reason:
    """ "CO-16:M76": group, CARC and, after the colon, RARC."""
    why, _, remark = written.partition(":")
    group, _, reason = why.partition("-")
    if group not in _GROUPS or not _CARC.fullmatch(reason) or (remark and not _RARC.fullmatch(remark)):
        raise terms.wrong(key, f'{written!r} is no reason; one is "CO-50" or "CO-16:M76"')
    return Reason(group=group, reason=reason, remark=remark)


def _condition(terms: Terms) -> Condition:
    for form in (forms := terms.words("forms")):
        if form not in _FORMS:
            raise terms.wrong("forms", f"{form!r} is none of {', '.join(_FORMS)}")
    condition = Condition(
        forms=frozenset(forms),
        procedures=frozenset(terms.words("procedures")),
        filing=frozenset(terms.words("filing")),
        places=frozenset(terms.words("places")),
        payers=frozenset(terms.words("payers")),
        charge_from=terms.money("charge_from", 0),
        lines_from=terms.whole("lines_from", 0),
    )
    terms.done()
    return condition
