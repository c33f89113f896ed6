"""`claimwright price`: what each line of 837 files is worth by a contract or by Medicare's tables, with its working."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimwright.cli.store import StoreFile, opened_store
from claimwright.cli.terminal import cannot_read, folded, opened, text_of, watched, width
from claimwright.findings import mid_sentence

if TYPE_CHECKING:
    from claimwright.claims.model import Claim, ServiceLine
    from claimwright.pricing.model import Contract, Price
    from claimwright.pricing.tables import Fees

PRICED, NOT_PRICED, UNREADABLE = 0, 1, 2


def price(
    files: Annotated[list[Path], typer.Argument(help="837 files; - reads stdin.", metavar="FILE.837...", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines on stdout, one a service line. Amounts in cents.")] = False,
    contract: Annotated[
        Path | None, typer.Option(help="A text of contracts.", show_default="Medicare's own prices", metavar="FILE")
    ] = None,
    plan: Annotated[str, typer.Option(help="The plan, where a contract names one.", show_default=False)] = "",
    locality: Annotated[
        str | None,
        typer.Option(
            help="Medicare's locality: TX-11, or 00 for the national payment.",
            show_default="the contract's, else by the ZIP code, else national",
        ),
    ] = None,
    store: StoreFile = None,
) -> None:
    """Price each line: the expected allowed amount, how it comes about, and from which table.

    Examples: claimwright price week.837 --locality OH-00 | claimwright price week.837 --contract northlake.txt --json

    Exit 0: every line priced. 1: a line has no price, or a claim could not be read. 2: a file, contract or option cannot be read.
    """
    from claimwright.pricing.stored import stored_fees
    from claimwright.pricing.tables import STARTER

    contracts = contracts_in(contract)
    held = opened_store(store)
    fees = stored_fees(held) if held else STARTER
    worst = PRICED
    for path in files:
        worst = max(worst, _Run(path, contracts, plan, locality or "", fees, -1 if as_json else width()).result())
    raise typer.Exit(worst)


def contracts_in(file: Path | None) -> tuple[Contract, ...]:
    """The contracts of a file, Medicare's terms without one; ends the command where it cannot be read."""
    from claimwright.pricing.contract_text import ContractError, read_contracts
    from claimwright.pricing.contracts import MEDICARE

    if file is None:
        return (MEDICARE,)
    text = text_of(file)
    if text is None:
        raise typer.Exit(UNREADABLE)
    try:
        return read_contracts(text)
    except ContractError as why:
        typer.echo(f"claimwright: cannot read {file}:{why.line}: {why.said} {why.fix}", err=True)
        raise typer.Exit(UNREADABLE) from None


class _Run:
    """One file: its claims one at a time."""

    def __init__(self, path: Path, contracts: tuple[Contract, ...], plan: str, locality: str, fees: Fees, columns: int) -> None:
        self.path, self.contracts, self.plan, self.locality, self.fees = path, contracts, plan, locality, fees
        self.columns = columns
        self.lines = self.unpriced = self.unread = self.charge = self.allowed = 0

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
            with watched(stream, f"Pricing {self.path.name}") as read:
                for one in read_837(read):
                    if one.claim is None:
                        self._unread(one.patient_control_number, [finding.message for finding in one.findings])
                    elif one.claim.lines:
                        self._claim(one.claim)
        if not self.lines and not self.unread:
            cannot_read(self.path, "there is no claim of version 005010 in it")
            return UNREADABLE
        if self.columns >= 0:
            typer.echo(self._sentence(), err=True)
        return NOT_PRICED if self.unpriced or self.unread else PRICED

    def _claim(self, claim: Claim) -> None:
        from claimwright.pricing.contracts import contract_for
        from claimwright.pricing.price import price as priced

        held = contract_for(self.contracts, claim.payer.payer_id, self.plan, claim.first_service)
        if self.locality and self.fees.locality(self.locality, claim.first_service) is None:
            self._no_locality(claim)
        prices = priced(claim, held, self.locality or "00", self.fees)
        if self.columns < 0:
            self._rows(claim, prices)
        else:
            self._shown(claim, prices)

    def _no_locality(self, claim: Claim) -> None:
        from difflib import get_close_matches

        names = self.fees.locality_names(claim.first_service)
        near = get_close_matches(self.locality, names, 3) or names[:3]
        typer.echo(f"claimwright: there is no locality {self.locality} in the table; {', '.join(near)} are.", err=True)
        raise typer.Exit(UNREADABLE)

    def _count(self, line: ServiceLine, one: Price) -> None:
        self.lines += 1
        self.charge += line.charge
        self.unpriced += not one.priced
        self.allowed += one.allowed if one.priced else 0

    def _rows(self, claim: Claim, prices: Sequence[Price]) -> None:
        import msgspec

        for line, one in zip(claim.lines, prices, strict=True):
            self._count(line, one)
            row: dict[str, Any] = {
                "file": str(self.path),
                "claim": claim.patient_control_number,
                "line": line.control_number,
                "number": line.number,
                "procedure": line.procedure,
                "revenue_code": line.revenue_code,
                "modifiers": line.modifiers,
                "units": f"{line.units.normalize():f}",
                "charge": line.charge,
                "allowed": one.allowed,
                "priced": one.priced,
                "reason": one.reason,
                "withheld": str(one.withheld),
                "working": one.working,
                "source": one.source,
            }
            typer.echo(msgspec.json.encode(row).decode())

    def _shown(self, claim: Claim, prices: Sequence[Price]) -> None:
        from claimwright.money import dollars

        for line, one in zip(claim.lines, prices, strict=True):
            self._count(line, one)
            service = " ".join((line.procedure or f"revenue code {line.revenue_code}", *line.modifiers))
            worth = f"allowed {dollars(one.allowed)}" if one.priced else "not priced"
            reason = f", CARC {one.reason}" if one.reason else ""
            typer.echo(
                f"{self.path}: claim {claim.patient_control_number} line {line.number} {service} x{line.units.normalize():f}: "
                f"charge {dollars(line.charge)}, {worth}{reason}"
            )
            for words in (*one.working, f"By {one.source}."):
                typer.echo(folded("    ", words, self.columns))

    def _unread(self, number: str, why: list[str]) -> None:
        self.unread += 1
        said = why[0] if why else "its segments are not in order"
        which = f"claim {number}" if number else "a claim"
        typer.echo(f"claimwright: {self.path}: {which} cannot be read: {mid_sentence(said)}", err=True)

    def _sentence(self) -> str:
        from claimwright.money import dollars

        none = f", {self.unpriced} without a price" if self.unpriced else ""
        broken = f", {self.unread} claim{'s' if self.unread != 1 else ''} not read" if self.unread else ""
        allowed = f", allowed {dollars(self.allowed)}" if self.unpriced < self.lines else ""
        if self.unpriced and allowed:
            allowed += " where priced"
        lines = f"{self.lines} line{'s' if self.lines != 1 else ''}{none}{broken}"
        return f"{self.path}: {lines}; charged {dollars(self.charge)}{allowed}"
