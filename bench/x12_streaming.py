"""Memory while large files are checked: `claimwright x12 check` over files made on the fly, each in a process of its own.

    python bench/x12_streaming.py 1000 837 835      a gigabyte of each; without arguments 50 MB of every kind

Every file is one that grows without end in one way: claims in a single ST, payments' claims in a single ST, thousands of
sets, a finding in every segment, one claim that never ends.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

LIMIT = 150  # MB
ISA = "ISA*00*          *00*          *ZZ*BENCH          *ZZ*SANDBOX        *261116*0930*^*00501*000000905*0*T*:~\n"
HEAD_837 = (
    "BHT*0019*00*BATCH1*20261116*0930*CH~\nNM1*41*2*BENCH*****46*BENCH~\nPER*IC*OFFICE*TE*5125550100~\n"
    "NM1*40*2*SANDBOX*****46*SBX01~\nHL*1**20*1~\nPRV*BI*PXC*207Q00000X~\nNM1*85*2*BENCH PRACTICE*****XX*1234567893~\n"
    "N3*400 LAKE DRIVE~\nN4*AUSTIN*TX*787020002~\nREF*EI*741234567~\n"
)
TAIL = "GE*{sets}*17~\nIEA*1*000000905~\n"


def subscriber(number: int, level: int) -> str:
    """One claim with its subscriber: 16 segments."""
    return (
        f"HL*{level}*1*22*0~\nSBR*P*18*G{number % 900}******CI~\nNM1*IL*1*LOPEZ{number % 77}*ANA****MI*M{number:09d}~\n"
        f"N3*{number % 9000 + 1} ELM STREET~\nN4*AUSTIN*TX*78{number % 900 + 100}~\nDMG*D8*19{number % 80 + 10}0504*F~\n"
        f"NM1*PR*2*SANDBOX HEALTH*****PI*SBX01~\nCLM*P{number}*330***11:B:1*Y*A*Y*Y~\nHI*ABK:I10*ABF:E119~\n"
        f"NM1*82*1*RIVERA*ANA****XX*1245319599~\nLX*1~\nSV1*HC:99213:25*150*UN*1***1:2~\nDTP*472*D8*20261102~\n"
        f"LX*2~\nSV1*HC:20610:RT*180*UN*1***1~\nDTP*472*D8*20261102~\n"
    )


def one_837(size: int) -> Iterator[str]:
    """Claims in one set."""
    yield f"{ISA}GS*HC*BENCH*SANDBOX*20261116*0930*17*X*005010X222A1~\nST*837*0001*005010X222A1~\n{HEAD_837}"
    number, written = 0, 0
    while written < size:
        number += 1
        text = subscriber(number, number + 1)
        written += len(text)
        yield text
    yield f"SE*{number * 16 + 12}*0001~\n{TAIL.format(sets=1)}"


def sets_837(size: int) -> Iterator[str]:
    """A set for each claim."""
    yield f"{ISA}GS*HC*BENCH*SANDBOX*20261116*0930*17*X*005010X222A1~\n"
    number, written = 0, 0
    while written < size:
        number += 1
        text = f"ST*837*{number:04d}*005010X222A1~\n{HEAD_837}{subscriber(number, 2)}SE*28*{number:04d}~\n"
        written += len(text)
        yield text
    yield TAIL.format(sets=number)


def one_835(size: int) -> Iterator[str]:
    """One payment for very many claims."""
    claim = (
        "CLP*P{0}*1*330*200*80*12*C{0}*11~\nNM1*QC*1*LOPEZ*ANA****MI*M{0:09d}~\nSVC*HC:99213:25*150*100**1~\nDTM*472*20261102~\n"
        "CAS*CO*45*10~\nCAS*PR*1*40~\nAMT*B6*140~\nSVC*HC:20610:RT*180*100**1~\nDTM*472*20261102~\nCAS*CO*45*40~\nCAS*PR*2*40~\n"
        "AMT*B6*140~\n"
    )
    claims = size // len(claim.format(10**6)) + 1
    yield (
        f"{ISA}GS*HP*BENCH*SANDBOX*20261116*0930*17*X*005010X221A1~\nST*835*0001~\n"
        f"BPR*I*{claims * 200}*C*CHK************20261116~\n"
        "TRN*1*CHECK1*1234567890~\nN1*PR*SANDBOX HEALTH~\nN3*PO BOX 1~\nN4*DALLAS*TX*752010001~\nPER*BL*OFFICE*TE*5125550100~\n"
        "N1*PE*BENCH PRACTICE*XX*1234567893~\nLX*1~\n"
    )
    for number in range(claims):
        yield claim.format(number)
    yield f"SE*{claims * 12 + 10}*0001~\n{TAIL.format(sets=1)}"


def flawed_837(size: int) -> Iterator[str]:
    """A finding in nearly every segment."""
    for text in one_837(size):
        yield text.replace("*1*", "*?*").replace("*D8*20261102", "*D8*20261302").replace("N3*", "N3**").replace("*PI*", "*ZZ*")


def endless_claim(size: int) -> Iterator[str]:
    """One claim whose service lines never end."""
    yield f"{ISA}GS*HC*BENCH*SANDBOX*20261116*0930*17*X*005010X222A1~\nST*837*0001*005010X222A1~\n{HEAD_837}{subscriber(1, 2)}"
    line = "LX*3~\nSV1*HC:99213*0*UN*1***1~\nDTP*472*D8*20261102~\n"
    for _ in range(size // len(line)):
        yield line
    yield f"SE*1*0001~\n{TAIL.format(sets=1)}"


KINDS: dict[str, Callable[[int], Iterator[str]]] = {
    "837": one_837, "835": one_835, "837 sets": sets_837, "837 flawed": flawed_837, "837 endless": endless_claim,
}  # fmt: skip


def checked(path: Path, snip: str) -> tuple[int, float, float]:
    """Findings, processor seconds and peak MB of `claimwright x12 check` in a process of its own."""
    command = [sys.executable, "-m", "claimwright.cli.main", "x12", "check", "--json", "--snip", snip, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        found = sum(1 for _ in process.stdout)
        said = process.stderr.read().decode()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), said
    return found, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Make, check, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("size", type=int, nargs="?", default=50, help="megabytes of each file")
    parser.add_argument("kinds", nargs="*", default=list(KINDS), help=f"of {', '.join(KINDS)}")
    parser.add_argument("--snip", default="1,2,3,4,5")
    asked = parser.parse_args()
    table = Table(title=f"claimwright x12 check, SNIP {asked.snip}, files of {asked.size} MB, memory limit {LIMIT} MB")
    for heading in ("file", "findings", "seconds", "MB/s", "peak MB"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    worst = 0.0
    for kind in asked.kinds:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "large.x12"
            with path.open("w") as out:
                out.writelines(KINDS[kind](asked.size * 1_000_000))
            found, seconds, peak = checked(path, asked.snip)
            worst = max(worst, peak)
            speed = path.stat().st_size / 1e6 / seconds
            table.add_row(kind, f"{found:,}", f"{seconds:.1f}", f"{speed:.1f}", f"{peak:.0f}")
            print(f"{kind}: {found:,} findings, {seconds:.1f} s, {peak:.0f} MB", file=sys.stderr, flush=True)
    Console(width=100).print(table)
    sys.exit(worst > LIMIT)


main()
