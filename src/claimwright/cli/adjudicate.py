"""`claimwright adjudicate`: what a plan should decide about each claim of an 837, line by line, with the reason of each sum."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimwright.cli.price import contracts_in
from claimwright.cli.store import StoreFile, opened_store
from claimwright.cli.terminal import cannot_read, folded, opened, text_of, watched, width
from claimwright.findings import mid_sentence

if TYPE_CHECKING:
    from claimwright.adjudication.model import Determination, LineDetermination
    from claimwright.claims.model import Claim, ServiceLine
    from claimwright.coverage.model import Accumulators, Plan
    from claimwright.pricing.model import Contract, Price
    from claimwright.pricing.tables import Fees

DECIDED, NOT_WHOLLY, UNREADABLE = 0, 1, 2
_PARTS = {"deductible": "1", "coinsurance": "2", "copay": "3"}


def adjudicate(
    file: Annotated[Path, typer.Argument(help="An 837 file; - reads stdin.", metavar="FILE.837", show_default=False)],
    plan: Annotated[Path, typer.Option(help="The plan's benefits (TOML).", metavar="FILE", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, one a service line. Amounts in cents.")] = False,
    contract: Annotated[
        Path | None, typer.Option(help="A text of contracts.", show_default="Medicare's own prices", metavar="FILE")
    ] = None,
    locality: Annotated[str, typer.Option(help="Medicare's locality, such as TX-11.", show_default="the contract's")] = "00",
    received: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="When the claims came, for timely filing.", show_default="at the last service"),
    ] = None,
    store: StoreFile = None,
) -> None:
    """Decide every claim by a plan: allowed, paid, deductible, copay, coinsurance, the adjustment groups, and why.

    What a member uses of the year counts from claim to claim of the file, in its order. A replacement (7) or void (8) first
    gives back what the claim of the same number used.

    Example: claimwright adjudicate week.837 --plan gold.toml --json

    Exit 0: all decided. 1: a line has no price and its charge stood, or a claim could not be read. 2: a file cannot be read.
    """
    from claimwright.pricing.stored import stored_fees
    from claimwright.pricing.tables import STARTER

    held = opened_store(store)
    fees = stored_fees(held) if held else STARTER
    terms = _Terms(_plan(plan), contracts_in(contract), locality, received.date() if received else None, fees)
    raise typer.Exit(_Run(file, terms, -1 if as_json else width()).result())


def _plan(file: Path) -> Plan:
    from claimwright.adjudication.plans import read_plan
    from claimwright.adjudication.reading import NotReadableError

    text = text_of(file)
    if text is None:
        raise typer.Exit(UNREADABLE)
    try:
        return read_plan(text, str(file))
    except NotReadableError as problem:
        typer.echo(f"claimwright: {problem}", err=True)
        raise typer.Exit(UNREADABLE) from None


class _Terms:
    """By what the claims of a file are decided, and what their members used so far."""

    def __init__(self, plan: Plan, contracts: tuple[Contract, ...], locality: str, received: date | None, fees: Fees) -> None:
        self.plan, self.contracts, self.locality, self.received, self.fees = plan, contracts, locality, received, fees
        self.families: dict[bytes, tuple[int, int, dict[str, int]]] = {}  # deductible, out of pocket, what is apart
        self.members: dict[bytes, bytes] = {}  # what each used, packed: there may be many
        self.decided: dict[bytes, tuple[bytes, bytes, bytes]] = {}  # of each claim: member, family, what it used

    def decide(self, claim: Claim) -> tuple[tuple[Price, ...], Determination, Accumulators]:
        """The prices, the decision, and where the member's year stands after it."""
        from claimwright.adjudication.adjudicate import adjudicate as decided
        from claimwright.pricing.contracts import by_medicares_rules, contract_for
        from claimwright.pricing.price import price

        contract = contract_for(self.contracts, claim.payer.payer_id, self.plan.plan_id, claim.first_service)
        if self.plan.kind == "MEDICARE_B":
            contract = by_medicares_rules(contract)
        if self.fees.locality(self.locality, claim.first_service) is None:
            typer.echo(f"claimwright: there is no locality {self.locality} in the table.", err=True)
            raise typer.Exit(UNREADABLE)
        prices = price(claim, contract, self.locality, self.fees)
        self._give_back(claim)
        member, family = _member(claim), _family(claim)
        before = self._used(member, family)
        found = decided(
            claim,
            self.plan,
            prices,
            before,
            authorized=claim.prior_authorization != "",
            referred=claim.referral_number != "",
            received=self.received or claim.last_service,
        )
        self._use(member, family, found.accumulators)
        self.decided[_key(claim)] = member, family, _packed(found.accumulators - before)
        return prices, found, found.accumulators

    def void(self, claim: Claim) -> Accumulators:
        """Nothing is decided; what the voided claim used is given back."""
        self._give_back(claim)
        return self._used(_member(claim), _family(claim))

    def _give_back(self, claim: Claim) -> None:
        """To the member and year that it was taken from: a replacement may correct either."""
        held = self.decided.pop(_key(claim), None) if claim.frequency in ("7", "8") else None
        if held:
            member, family, used = held
            self._use(member, family, self._used(member, family) - _unpacked(used))

    def _used(self, member: bytes, family: bytes) -> Accumulators:
        import msgspec

        deductible, spent, apart = self.families.get(family, (0, 0, {}))
        own = _unpacked(self.members.get(member, b""))
        return msgspec.structs.replace(own, family_deductible=deductible, family_out_of_pocket=spent, apart=own.apart | apart)

    def _use(self, member: bytes, family: bytes, used: Accumulators) -> None:
        import msgspec

        apart = used.apart_of_family
        own = {name: amount for name, amount in used.apart.items() if name not in apart}
        self.members[member] = _packed(msgspec.structs.replace(used, family_deductible=0, family_out_of_pocket=0, apart=own))
        self.families[family] = used.family_deductible, used.family_out_of_pocket, apart


def _key(claim: Claim) -> bytes:
    return _hashed("claim", claim.billing.npi, claim.patient_control_number)


def _family(claim: Claim) -> bytes:
    return _hashed(claim.insured.member_id.upper(), claim.first_service.year)


def _member(claim: Claim) -> bytes:
    person = claim.patient
    return _hashed(claim.insured.member_id.upper(), claim.first_service.year, person.birth, person.first.upper())


def _packed(used: Accumulators) -> bytes:
    import msgspec

    return msgspec.msgpack.encode(used)


def _unpacked(used: bytes) -> Accumulators:
    import msgspec

    from claimwright.coverage.model import Accumulators

    return msgspec.msgpack.decode(used, type=Accumulators) if used else Accumulators()


def _hashed(*parts: object) -> bytes:
    from hashlib import blake2b

    return blake2b("\x1f".join(map(str, parts)).encode(errors="replace"), digest_size=12).digest()


class _Run:
    """One file: its claims one at a time."""

    def __init__(self, path: Path, terms: _Terms, columns: int) -> None:
        self.path, self.terms, self.columns = path, terms, columns
        self.claims = self.unpriced = self.unread = self.charge = self.paid = self.patient = 0

    def result(self) -> int:
        """Print a row for each line and say how the file ended."""
        from claimwright.x12.professional import read_837
        from claimwright.x12.sniff import kind

        with opened(self.path) as stream:
            if stream is None:
                return UNREADABLE
            if not kind(stream.read(1 << 16)).startswith("837"):
                cannot_read(self.path, "not an 837 file")
                return UNREADABLE
            with watched(stream, f"Deciding {self.path.name}") as read:
                for one in read_837(read):
                    if one.claim is None or not one.claim.lines:
                        self._unread(one.patient_control_number, [finding.message for finding in one.findings])
                    else:
                        self._claim(one.claim)
        if not self.claims and not self.unread:
            cannot_read(self.path, "there is no claim of version 005010 in it")
            return UNREADABLE
        if self.columns >= 0:
            typer.echo(self._sentence(), err=True)
        return NOT_WHOLLY if self.unpriced or self.unread else DECIDED

    def _claim(self, claim: Claim) -> None:
        self.claims += 1
        if claim.frequency == "8":
            self._voided(claim, self.terms.void(claim))
            return
        prices, found, used = self.terms.decide(claim)
        for line, price, decided in zip(claim.lines, prices, found.lines, strict=True):
            self.unpriced += not price.priced and not decided.denied
            self.charge += decided.charge
            self.paid += decided.paid
            self.patient += decided.patient_share
            row = _row(self.path, claim, line, price, decided)
            if self.columns < 0:
                self._json(row | {"used": used})
            else:
                self._shown(row, decided)
        if self.columns >= 0:
            self._year(claim, used)

    def _voided(self, claim: Claim, used: Accumulators) -> None:
        if self.columns < 0:
            self._json({"file": str(self.path), "claim": claim.patient_control_number, "voided": True, "used": used})
        else:
            typer.echo(f"{self.path}: claim {claim.patient_control_number} is void: what it used is given back")
            self._year(claim, used)

    def _json(self, row: dict[str, Any]) -> None:
        import msgspec

        from claimwright.coverage.model import Accumulators

        if isinstance(row["used"], Accumulators):
            names = Accumulators.__struct_fields__
            row["used"] = {name: getattr(row["used"], name) for name in names}
        typer.echo(msgspec.json.encode(row).decode())

    def _shown(self, row: dict[str, Any], decided: LineDetermination) -> None:
        from claimwright.money import dollars

        service = " ".join((row["procedure"] or f"revenue code {row['revenue_code']}", *row["modifiers"]))
        reasons = " ".join(f"{one.group}-{one.reason} {dollars(one.amount)}" for one in decided.adjustments)
        allowed = f"allowed {dollars(decided.allowed)}" if row["priced"] else "not priced, so the charge counts"
        typer.echo(
            f"{self.path}: claim {row['claim']} line {row['number']} {service}: charge {dollars(decided.charge)}, "
            f"{'denied' if decided.denied else allowed}, paid {dollars(decided.paid)}, "
            f"patient {dollars(decided.patient_share)}  {reasons}".rstrip()
        )
        for words in row["why"]:
            typer.echo(folded("    ", words, self.columns))

    def _year(self, claim: Claim, used: Accumulators) -> None:
        from claimwright.money import dollars

        year = claim.first_service.year
        said = f"Used of {year}: deductible {dollars(used.deductible)}, out of pocket {dollars(used.out_of_pocket)}."
        for tier in sorted({name.rpartition(":")[0] for name in used.apart}):
            taken, spent = (used.apart.get(f"{tier}:{name}", 0) for name in ("deductible", "out_of_pocket"))
            said += f" Counted apart, {tier}: deductible {dollars(taken)}, out of pocket {dollars(spent)}."
        typer.echo(folded("    ", said, self.columns))

    def _unread(self, number: str, why: list[str]) -> None:
        self.unread += 1
        said = why[0] if why else "its segments are not in order"
        which = f"claim {number}" if number else "a claim"
        typer.echo(f"claimwright: {self.path}: {which} cannot be read: {mid_sentence(said)}", err=True)

    def _sentence(self) -> str:
        from claimwright.money import dollars

        none = f", {self.unpriced} line{'s' if self.unpriced != 1 else ''} without a price" if self.unpriced else ""
        broken = f", {self.unread} not read" if self.unread else ""
        return (
            f"{self.path}: {self.claims} claim{'s' if self.claims != 1 else ''}{none}{broken}; charged {dollars(self.charge)}, "
            f"the plan pays {dollars(self.paid)}, patients {dollars(self.patient)}"
        )


def _row(path: Path, claim: Claim, line: ServiceLine, price: Price, decided: LineDetermination) -> dict[str, Any]:
    owed = {one.reason: one.amount for one in decided.adjustments if one.group == "PR"}
    return {
        "file": str(path),
        "claim": claim.patient_control_number,
        "line": line.control_number,
        "number": line.number,
        "procedure": line.procedure,
        "revenue_code": line.revenue_code,
        "modifiers": line.modifiers,
        "units": f"{line.units.normalize():f}",
        "charge": decided.charge,
        "allowed": decided.allowed,
        "paid": decided.paid,
        **{name: owed.get(reason, 0) for name, reason in _PARTS.items()},
        "patient": decided.patient_share,
        "adjustments": [{"group": one.group, "reason": one.reason, "amount": one.amount} for one in decided.adjustments],
        "remarks": decided.remarks,
        "denied": decided.denied,
        "priced": price.priced,
        "why": [*(() if price.priced or decided.denied else price.working), *(one.why for one in decided.why)],
        "source": price.source,
    }
