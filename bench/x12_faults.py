"""One fault of each of 250 kinds in varied good files: who finds it, and where. claimwright beside pyx12, x12sdk and oxedi.

`python bench/x12_faults.py [cases] [cases for the peers, which are slower] [seed]`. A peer has found a fault when it says
something of the harmed file that it does not say of the unharmed one; at the right segment when it names that segment, within
two segments of it. Cases of a transaction that a peer cannot read at all, unharmed, are left out of its percentages (a dash:
none was left).
"""

from __future__ import annotations

import io
import json
import logging
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import oxedi
import pyx12.params
import pyx12.x12n_document
from rich.console import Console
from rich.table import Table
from x12sdk.io import X12ModelReader

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "x12"))
from x12_faults import cases, ours, right
from x12_inject import Fault

CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
FOR_PEERS = int(sys.argv[2]) if len(sys.argv) > 2 else 1500
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1


class Said(NamedTuple):
    """One thing that somebody says of a file: text without its place, segment identifier and number where they are told."""

    text: str
    segment: str = ""
    line: int = 0


class Unread(Exception):
    """A file that a peer cannot take at all."""


def claimwright(data: bytes) -> list[Said]:
    """Our own."""
    return [Said(f"{one.code} {one.element}", one.segment, one.line) for one in ours(data)]


def by_pyx12(data: bytes) -> list[Said]:
    """pyx12 with the maps it has, its errors as JSON."""
    errors = io.StringIO()
    with tempfile.NamedTemporaryFile(suffix=".x12") as file:
        file.write(data)
        file.flush()
        try:
            accepted = pyx12.x12n_document.x12n_document(pyx12.params.params(), file.name, io.StringIO(), None, fd_json=errors)
        except Exception as error:
            if "Map not found" in str(error):
                raise Unread from error
            return [Said(f"{type(error).__name__}")]
    try:
        found = list(_pyx12_errors(json.loads(errors.getvalue()), "", 0))
    except ValueError:
        found = [Said("no report")]
    return found or ([] if accepted else [Said("refused")])


def _pyx12_errors(node: Any, segment: str, line: int) -> Iterator[Said]:
    if isinstance(node, list):
        for one in node:
            yield from _pyx12_errors(one, segment, line)
    elif isinstance(node, dict):
        if "seg_id" in node:  # errors of a whole set, group or file stand at no segment, but may name one
            segment, line = node["seg_id"], node["cur_line"]
        if "err_str" in node:
            yield Said(f"{segment} {node['err_cde']} {node['err_str']}", segment, line)
        for one in node.values():
            yield from _pyx12_errors(one, segment, line)


def by_x12sdk(data: bytes) -> list[Said]:
    """x12sdk's model reader, which stops at the first set that it cannot make a model of."""
    try:
        with X12ModelReader(data.decode()) as reader:
            for _ in reader.models():
                pass
    except Exception as error:
        text = str(error)
        if "No parser" in text or "not supported" in text.lower() or isinstance(error, (KeyError, ModuleNotFoundError)):
            raise Unread from error
        named = [word for word in text.replace(".", " ").split() if word.endswith("_segment")]
        return [Said(text[:300], named[0].split("_")[0].upper() if named else "")]
    return []


def by_oxedi(data: bytes) -> list[Said]:
    """oxedi, which has remittances in its built-in specifications."""
    try:
        result = oxedi.parse(data)
    except oxedi.SpecError as error:
        raise Unread from error
    except Exception as error:
        return [Said(type(error).__name__)]
    rows = data[106:].replace(b"\r", b"").split(data[105:106])
    names = ["ISA", *(row.strip()[:3].decode("latin-1").split(chr(data[3]))[0] for row in rows)]
    return [
        Said(f"{one.kind} {one.element}", names[one.segment] if one.segment is not None and one.segment < len(names) else "",
             (one.segment or 0) + 1)
        for one in result.diagnostics
    ]  # fmt: skip


PEERS: dict[str, Callable[[bytes], list[Said]]] = {
    "claimwright": claimwright, "pyx12": by_pyx12, "x12sdk": by_x12sdk, "oxedi": by_oxedi,
}  # fmt: skip


@cache
def unharmed(peer: str, data: bytes) -> Counter[str] | None:
    """What a peer says of a good file; None where it cannot read it."""
    if peer == "oxedi" and b"ST" + data[3:4] + b"835" not in data:
        return None  # it knows payments only, and judges all else as one
    try:
        return Counter(one.text for one in PEERS[peer](data))
    except Unread:
        return None


def judge(peer: str, fault: Fault) -> tuple[bool, bool] | None:
    """Whether a peer finds a fault, and at its segment; None where it does not know the transaction."""
    before = unharmed(peer, fault.good)
    if before is None:
        return None
    try:
        said = PEERS[peer](fault.data)
    except Unread:
        return True, False  # it knew the file before: what it refuses now it has found in its way
    fresh = Counter(one.text for one in said) - before
    new = [one for one in said if fresh[one.text]]
    return bool(new), any(_near(one, fault) for one in new)


def _near(one: Said, fault: Fault) -> bool:
    """Whether what is said is of the harmed segment; where only its name is told, the name is enough."""
    if not one.line:
        return fault.segment != "" and fault.segment in (one.segment, *one.text.replace("*", " ").split())
    return one.segment == (fault.segment[:3] or one.segment) and fault.low - 2 <= one.line <= fault.high + 2


def main() -> None:
    """Judge and print."""
    logging.disable(logging.CRITICAL)
    found: dict[str, dict[str, list[tuple[bool, bool]]]] = defaultdict(lambda: defaultdict(list))
    strict: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    spent: Counter[str] = Counter()
    total, kinds = 0, set()
    for fault in cases(CASES, SEED):
        total += 1
        kinds.add(fault.kind)
        rows = (f"SNIP {fault.level}", fault.transaction, "all")
        said = ours(fault.data)
        for row in rows:
            strict[row].append((right(fault, said), len(said) <= 1))
        for peer in PEERS if total <= FOR_PEERS else ("claimwright",):
            start = time.process_time()
            verdict = judge(peer, fault)
            spent[peer] += time.process_time() - start
            if verdict is not None:
                for row in rows:
                    found[row][peer].append(verdict)
    print_table(found, strict, spent, f"{total} cases of {len(kinds)} kinds; peers: the first {FOR_PEERS}; seed {SEED}")


def print_table(found: Any, strict: Any, spent: Counter[str], title: str) -> None:
    """Rows of levels and transactions; found and at the right segment, in percent of the cases that each can read."""
    table = Table(title=title)
    table.add_column("")
    for heading in ("cases", "code and element right", "told once", *(f"{peer} found / segment" for peer in PEERS)):
        table.add_column(heading, justify="right")
    for row in sorted(strict, key=lambda one: (one == "all", not one.startswith("SNIP"), one)):
        own = strict[row]
        cells = [str(len(own)), share(own, 0), share(own, 1)]
        for peer in PEERS:
            given = found[row][peer]
            note = f" of {len(given)}" if given and peer != "claimwright" else ""
            cells.append(f"{share(given, 0)} / {share(given, 1)}{note}" if given else "-")
        table.add_row(row, *cells)
    table.add_row("CPU seconds", "", "", "", *(f"{spent[peer]:.1f}" for peer in PEERS))
    Console(width=170).print(table)


def share(given: list[tuple[bool, bool]], place: int) -> str:
    """A share in percent."""
    return f"{100 * sum(one[place] for one in given) / len(given):.1f}"


if __name__ == "__main__":
    main()
