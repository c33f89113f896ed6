"""`claimwright remit`: what a payer's remittance (835) says, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimwright.cli.terminal import CONTRACT, cannot_read, opened, watched

if TYPE_CHECKING:
    from rich.console import Console

    from claimwright.findings import Finding
    from claimwright.remits.explain import ExplainedClaim, ExplainedLine, RemitExplanation

app = typer.Typer(help="Payers' remittances (835).", no_args_is_help=True)

IN_ORDER, FINDINGS, UNREADABLE = 0, 1, 2


@app.callback()
def remit() -> None:
    """Payers' remittances (835)."""


@app.command("explain")
def explain(
    files: Annotated[list[Path], typer.Argument(help="835 files.", metavar="FILE.835...")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout. Amounts in cents.")] = False,
) -> None:
    """Explain each payment: balanced or not and where, why each line is not paid in full, and what would be posted.

    Examples: claimwright remit explain era.835 | claimwright remit explain era.835 --json

    Exit 0: all in order. 1: something does not add up or would not post. 2: the file cannot be read.
    """
    import msgspec

    from claimwright.remits.explain import explain as explained
    from claimwright.x12.remittance import read_remittances

    told: list[tuple[Path, RemitExplanation]] = []
    noted: list[tuple[Path, Finding]] = []
    unreadable = False
    for file in files:
        with opened(file) as stream:
            if stream is None:
                unreadable = True
                continue
            with watched(stream, f"Reading {file.name}") as content:
                read = list(read_remittances(content))
        payments = [explained(one.remittance) for one in read if one.remittance is not None]
        findings = [finding for one in read for finding in one.findings]
        if not payments:
            said = dict.fromkeys(finding.message for finding in findings[:3])
            cannot_read(file, " ".join(said) or "there is no 835 in it")
            unreadable = True
            continue
        told += [(file, payment) for payment in payments]
        noted += [(file, finding) for finding in findings]
    if not told:
        raise typer.Exit(UNREADABLE)
    if as_json:
        rows = [{"file": str(file)} | msgspec.to_builtins(payment) for file, payment in told]
        document: dict[str, object] = {"payments": rows, "findings": [_row_of(file, finding) for file, finding in noted]}
        document |= {"file": str(files[0])} if len(files) == 1 else {}
        typer.echo(msgspec.json.encode(document).decode())
    else:
        _print([payment for _, payment in told], [finding for _, finding in noted])
    if unreadable:
        raise typer.Exit(UNREADABLE)
    in_order = all(payment.in_order for _, payment in told) and not any(finding.stops for _, finding in noted)
    raise typer.Exit(IN_ORDER if in_order else FINDINGS)


def _row_of(file: Path, finding: Finding) -> dict[str, object]:
    """The agreed columns, empty or not."""
    return {name: getattr(finding, name) for name in (*CONTRACT, "fix")} | {"file": str(file)}


def _print(payments: list[RemitExplanation], findings: list[Finding]) -> None:
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for payment in payments:
        _payment(console, payment)
    for finding in findings:
        where = f"line {finding.line}: " if finding.line else ""
        console.print(f"[red]{finding.severity}[/] {where}{_plain(finding.message)}")


def _payment(console: Console, payment: RemitExplanation) -> None:
    from claimwright.remits.explain import posting_words

    console.print()
    console.rule(f"[bold]{_plain(payment.payer)}[/] paid [bold]{_dollars(payment.paid)}[/] on {payment.paid_on}", align="left")
    state = "[green]adds up[/]" if payment.balanced else f"[red]does not add up[/]: {_plain(payment.fault)}"
    count = len(payment.claims)
    console.print(f"{payment.method_words}, trace {_plain(payment.trace)}, {count} claim{'s' if count != 1 else ''}, {state}")
    for claim in payment.claims:
        _claim(console, claim)
    if payment.plb:
        console.print("\n[bold]Provider adjustments (PLB)[/]")
    for one in payment.plb:
        held = f" [yellow]Held: {_plain(one.held_reason)}[/]" if one.held_reason else ""
        console.print(f"  {_plain(one.effect)}{held}")
    if payment.posting:
        console.print("\n[bold]Would be posted[/]")
        for words in posting_words(payment.posting):
            console.print(f"  {words}")
    if payment.held:
        console.print(f"\n[yellow]{payment.held} would be held for a person.[/]")


def _claim(console: Console, claim: ExplainedClaim) -> None:
    from claimwright.money import dollars

    forwarded = f", forwarded to {_plain(claim.forwarded_to)}" if claim.forwarded_to else ""
    console.print(
        f"\n[bold]Claim {_plain(claim.patient_control_number)}[/] {claim.status_words}{forwarded}: "
        f"charged {dollars(claim.charge)}, paid {dollars(claim.paid)}, patient {dollars(claim.patient)}"
    )
    service, amount = _widths(claim, console.width)
    if claim.lines:
        console.print(_row(service, amount, "Service", "Date", "Billed", "Allowed", "Paid", "Patient"), style="dim")
    for line in claim.lines:
        allowed = "" if line.allowed is None else dollars(line.allowed)
        amounts = (dollars(line.billed), allowed, dollars(line.paid), dollars(line.patient))
        console.print(_row(service, amount, _service(line), str(line.first_service or ""), *amounts))
        reasons = (f"{a.group}-{a.reason} {dollars(a.amount)} {a.words}" for a in line.adjustments)
        for words in (*(line.why or reasons), *line.remarks):
            _indented(console, words, "dim")
    for one in claim.adjustments:
        _indented(console, f"{one.group}-{one.reason} {dollars(one.amount)} {one.words}, on the whole claim")
    for remark in claim.remarks:
        _indented(console, remark)
    for fault in () if claim.held_reason else claim.faults:
        _indented(console, fault, "red")
    for words in claim.why:
        _indented(console, words, "dim")
    if claim.held_reason:
        _indented(console, f"Held: {claim.held_reason}", "yellow")
        _indented(console, f"Next: {claim.next_step}", "yellow")


def _dollars(amount: int) -> str:
    from claimwright.money import dollars

    return f"{'−' if amount < 0 else ''}${dollars(abs(amount))}"


def _service(line: ExplainedLine) -> str:
    return " ".join((line.procedure or "(no code)", *line.modifiers))


def _widths(claim: ExplainedClaim, columns: int) -> tuple[int, int]:
    """Widths of the service and of an amount: as usual, or as narrow as the claim allows on a narrow terminal."""
    from claimwright.money import dollars

    if columns >= 80:
        return 18, 12
    amounts = (one for line in claim.lines for one in (line.billed, line.allowed or 0, line.paid, line.patient))
    return max([7, *(len(_service(line)) for line in claim.lines)]), max([8, *(len(dollars(one)) + 1 for one in amounts)])


def _row(service_width: int, amount_width: int, service: str, day: str, *amounts: str) -> str:
    return _plain(f"  {service:<{service_width}} {day:<10} " + "".join(f"{amount:>{amount_width}}" for amount in amounts))


def _indented(console: Console, text: str, style: str = "") -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text, style=style), (0, 0, 0, 6), expand=False))


def _plain(text: str) -> str:
    """Text from a file is never markup."""
    from rich.markup import escape

    return escape(text)
