"""The terms of diagnoses as the sentence model of the extra `embed` sees them: laid ready once, beside the store of code sets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from claimwright.cli.store import UNREADABLE, StoreFile, store_file

if TYPE_CHECKING:
    from claimwright.coding.embedding import Nearest

FILE = "meaning.npz"
AGAIN = "lay the terms ready: claimwright codesets embed"


def file(store: Path | None) -> Path:
    """Where it lies."""
    return store_file(store).with_name(FILE)


def embed(store: StoreFile = None) -> None:
    """Lay the terms of diagnoses ready for search by meaning (`find --embed`, and the workbench); a minute or two, once.

    Needs the extra: pip install 'claimwright[embed]'. After an update with other terms `find --embed` asks for it again.
    Nothing is downloaded, nothing leaves this machine. It prints the file: set CLAIMWRIGHT_MEANING to it for the workbench.

    Exit 0: laid ready. 2: the extra is not installed, or the file cannot be written.
    """
    from claimwright.coding import embedding

    path = file(store)
    try:
        model = embedding.packaged(threads=0)
        with typer.progressbar(length=len(embedding.terms()), label="terms", file=typer.get_text_stream("stderr")) as bar:
            packed = embedding.laid(model, told=bar.update)
        path.parent.mkdir(parents=True, exist_ok=True)
        begun = path.with_suffix(f".{os.getpid()}")
        begun.write_bytes(packed)
        begun.replace(path)
    except embedding.NoModel as problem:
        _refused(str(problem))
    except OSError as problem:
        _refused(f"cannot write {path}: {problem.strerror}")
    typer.echo(path)


def nearest(store: Path | None) -> Nearest:
    """What finds near terms; exits 2 where the extra or what was laid ready is not there."""
    from claimwright.coding import embedding

    path = file(store)
    try:
        return embedding.Nearest(embedding.packaged(), path.read_bytes())
    except embedding.NoModel as problem:
        _refused(str(problem))
    except FileNotFoundError:
        _refused(f"there is no {path} yet; {AGAIN}")
    except OSError as problem:
        _refused(f"cannot read {path}: {problem.strerror}")
    except embedding.NotLaid as problem:
        _refused(f"{path} is {problem}; {AGAIN}")


def _refused(why: str) -> NoReturn:
    typer.echo(f"claimwright: {why}", err=True)
    raise typer.Exit(UNREADABLE)
