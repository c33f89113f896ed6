"""`claimwright x12 redact`: a file in which nobody can be recognized."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from claimwright.cli.terminal import cannot_read, opened, watched


def redact(
    file: Annotated[Path, typer.Argument(help="An X12 file.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The redacted file; - for stdout. Never written over.", show_default=False)],
    key: Annotated[
        str,
        typer.Option(
            envvar="CLAIMWRIGHT_REDACT_KEY",
            help="Secret words; files redacted under one key still match, an 837 and its 835. Without: a new one.",
            show_default=False,
        ),
    ] = "",
    keep_providers: Annotated[bool, typer.Option("--keep-providers", help="Leave providers and trading partners named.")] = False,
    json: Annotated[bool, typer.Option("--json", help="What was replaced, as one JSON object on stdout.")] = False,
) -> None:
    """Replace whatever could tell who a patient is; amounts, codes, counts and every finding of `x12 check` stay the same.

    Names, addresses, numbers and free text become others of the same shape; dates move back by 7 to 21 days (never over the
    first of a quarter); ZIP codes keep three digits. Text that is not known to be a code is replaced too. Payers stay named.

    Examples: claimwright x12 redact week.837 --out safe.837
    | CLAIMWRIGHT_REDACT_KEY=... claimwright x12 redact era.835 --out safe.835

    Exit 0: redacted. 2: the file cannot be read, or the other cannot be written.
    """
    import secrets
    from collections import Counter
    from datetime import date

    from claimwright.x12.redact import redact as run

    counted: Counter[str] = Counter()
    secret = key.encode() if key else secrets.token_bytes(32)
    with opened(file) as stream:
        if stream is None:
            raise typer.Exit(2)
        with watched(stream, f"Redacting {file.name}") as read:
            content = run(read, secret, today=date.today(), keep_providers=keep_providers, counted=counted)
            if str(out) == "-":
                for block in content:
                    sys.stdout.buffer.write(block)
            else:
                _write(file, out, content)
    said = {_KINDS.get(kind, kind): count for kind, count in sorted(counted.items()) if count}
    if json:
        import msgspec

        typer.echo(msgspec.json.encode({"file": str(out), "replaced": said}).decode(), err=str(out) == "-")
    else:
        listed = ", ".join(f"{count:,} {what}" for what, count in said.items())
        typer.echo(f"replaced: {listed or 'nothing'}", err=True)


_KINDS = {
    "mask": "names, numbers and texts", "date": "dates", "date6": "dates of envelopes", "birth": "birth dates",
    "zip": "ZIP codes", "code": "codes that are none", "unknown": "values of unknown segments",
    "number": "numbers that are none", "context": "contexts that are none",
}  # fmt: skip


def _write(file: Path, out: Path, content: Iterator[bytes]) -> None:
    """Write the new file; half a file does not stay."""
    made = False
    try:
        with out.open("xb") as new:
            made = True
            new.writelines(content)
    except FileExistsError:
        typer.echo(f"claimwright: {out} exists already", err=True)
        raise typer.Exit(2) from None
    except (OSError, ValueError) as problem:
        if made:
            out.unlink(missing_ok=True)
            cannot_read(file, problem)
        else:
            why = getattr(problem, "strerror", problem)
            typer.echo(f"claimwright: cannot write {out}: {why}", err=True)
        raise typer.Exit(2) from None
