"""Are underpayments found? Contract, 837, a payer that pays some lines short, 835, posting, worklist: all the way.

`python bench/underpayments.py [--claims 2000] [--home DIR]`: a payer in a box decides the same claims twice, as agreed and
with lines paid short by a hundredth to a third. What it allowed less the second time was seeded. Corrections, take-backs and
lines told in every odd way go on as ever. Prints how many seeded lines of a dollar or more the worklist has, and how many of
the worklist are false; exit 1 below 100% or above 2%. Lines whose decision waits for a person (two codes told as one line)
are counted apart: what is not posted is on the worklist of parked money.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import many_claims
from many_claims import TODAY, run_payer
from million_lines import Checks, arrive, in_turn

DOLLAR = 100
CONTRACT = {"percent_of_medicare": "1.2", "percent_of_charge": "0.6"}
SCENARIO = """
seed = 11
members = "any"
providers = ["*"]
checks = []

[pace]
days = 7
spread = 10
claims_per_payment = 60

[[plan]]
id = "PPO"
deductible = 500
coinsurance = 20

[[contract]]
percent_of_medicare = 120
percent_of_charge = 60
"""
SHORT = "".join(
    f'\n[[behavior]]\ndo = "underpay"\nshare = {share}\npercent = {percent}\nlines = "{lines}"\n'
    for share, percent, lines in ((15, 67, "one"), (15, 85, "all"), (10, 95, "all"), (10, 99, "one"))
)
# What else happens to claims; how it is told must not hide a short line nor make up one.
OTHERWISE = "".join(
    f'\n[[behavior]]\ndo = "{do}"\nshare = {share}\n{more}'
    for do, share, more in (
        ("interest", 5, "days = 45\n"),
        ("reverse", 4, ""),
        ("recoup", 2, ""),
        ("split_claim", 3, ""),
        ("merge_lines", 3, ""),
        ("split_lines", 3, ""),
        ("omit_line_numbers", 5, ""),
        ("change_modifier", 3, ""),
        ("drop_modifiers", 3, ""),
        ("twice", 4, ""),
        ("late_file", 4, ""),
        ("adjust", 6, 'codes = ["CS", "WO", "L6", "72"]\n'),
    )
)


def price_all() -> int:
    """Contracts with every payer, and what each line should be allowed by them, as building a claim does; how many lines."""
    from datetime import date
    from decimal import Decimal

    from claimwright.effective import Period
    from claimwright.office.records.claimstore import claim_of
    from claimwright.office.records.content import pack
    from claimwright.office.records.models import ClaimLine, ClaimRecord, ContractRecord, PayerRecord
    from claimwright.office.workflow.claims import expected_prices
    from claimwright.pricing.model import Contract

    rates = {name: Decimal(rate) for name, rate in CONTRACT.items()}
    for payer in PayerRecord.objects.all():
        terms = Contract(contract_id="agreed", payer_id=payer.payer_id, period=Period(date(2026, 1, 1)), locality="00", **rates)
        ContractRecord.objects.create(practice=payer.practice, payer=payer, start=date(2026, 1, 1), content=pack(terms))
    priced: list[ClaimLine] = []
    rows = ClaimRecord.objects.select_related("encounter__location", "coverage__plan__payer").prefetch_related("lines")
    for record in rows.iterator(chunk_size=500):
        prices = {p.line: p for p in expected_prices(record.encounter, record.coverage, claim_of(record))}
        for line in record.lines.all():
            found = prices[line.number]
            line.expected_allowed = found.allowed if found.priced else None
            line.price_working, line.price_source = list(found.working), found.source[:160]
            priced.append(line)
    ClaimLine.objects.bulk_update(priced, ["expected_allowed", "price_working", "price_source"], batch_size=500)
    return len(priced)


def last_allowed(folder: Path) -> dict[str, int]:
    """What the payer says it really allowed, by line control number: the last decision that stands."""
    allowed: dict[str, int] = {}
    for row in truth(folder):
        decision = row.get("decision")
        if decision is None or decision["event"] == "unknown":
            continue
        for line in decision["lines"]:
            if decision["event"] == "reversal":
                allowed.pop(line["control_number"], None)
            elif line["allowed"] is not None:
                allowed[line["control_number"]] = line["allowed"]
    return allowed


def truth(folder: Path) -> Iterator[dict[str, Any]]:
    """What the payer wrote down as it decided."""
    with (folder / "truth.jsonl").open() as written:
        for line in written:
            yield json.loads(line)


def judge(check: Checks, agreed: dict[str, int], paid: dict[str, int]) -> Counter[str]:
    """Seeded against found, line by line."""
    from claimwright.office.records.models import ClaimLine, RemitClaimRow, UnderpaidLine

    found = dict(UnderpaidLine.objects.filter(status="open", allowed__isnull=False).values_list("line__control_number", "short"))
    seeded = {line: agreed[line] - allowed for line, allowed in paid.items() if agreed.get(line, 0) > allowed}
    waits = set(ClaimLine.objects.filter(claim__remit_rows__status="parked").values_list("control_number", flat=True))
    of_matched = RemitClaimRow.objects.filter(status="parked").values_list("patient_control_number", flat=True)
    numbered = ClaimLine.objects.filter(claim__patient_control_number__in=list(of_matched))
    waits |= set(numbered.values_list("control_number", flat=True))
    held = {line: short for line, short in seeded.items() if short >= DOLLAR and line in waits - found.keys()}
    dear = {line: short for line, short in seeded.items() if short >= DOLLAR and line not in held}
    missed = sorted(dear.keys() - found.keys())
    false = sorted(found.keys() - seeded.keys())
    exact = sum(found[line] == short for line, short in dear.items() if line in found)
    check("lines decided", f"{len(paid):,}")
    check("seeded short by a cent or more", f"{len(seeded):,}")
    check("of them by a dollar or more, their decision parked for a person", f"{len(held):,}, ${sum(held.values()) / 100:,.2f}")
    check("of them by a dollar or more, posted", f"{len(dear):,}, ${sum(dear.values()) / 100:,.2f}")
    share = (len(dear) - len(missed)) / max(len(dear), 1)
    check("found of those posted", f"{len(dear) - len(missed):,} ({share:.2%})", not missed)
    check("with the very amount", f"{exact:,} ({exact / max(len(dear), 1):.2%})")
    wrong = len(false) / max(len(found), 1)
    check("false among what is on the worklist", f"{len(false):,} of {len(found):,} ({wrong:.2%})", wrong <= 0.02)
    for name, lines in (("missed", missed), ("false", false)):
        for line in lines[:5]:
            print(name, line, "agreed", agreed.get(line), "allowed", paid.get(line), "short on the worklist", found.get(line))
    return Counter(seeded=len(dear), missed=len(missed), false=len(false), found=len(found), lines=len(paid))


def run(home: Path, count: int) -> tuple[Checks, Counter[str]]:
    """All of it, in a new folder."""
    from claimwright.cli.office import migrate, set_up

    set_up(home, TODAY)
    migrate()
    check = Checks()
    many_claims.Practice().build(count, home / "sent")
    check("claims, lines", f"{count:,}, {price_all():,}")
    for name, text in (("as agreed", SCENARIO + OTHERWISE), ("short", SCENARIO + SHORT + OTHERWISE)):
        (home / f"{name}.toml").write_text(text)
    run_payer(home / "sent", home / "agreed", str(home / "as agreed.toml"))
    run_payer(home / "sent", home / "answers", str(home / "short.toml"))
    arrive(home, in_turn(home))
    return check, judge(check, last_allowed(home / "agreed"), last_allowed(home / "answers"))


def main() -> None:
    """Read the options, run, print the table."""
    options = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    given = options.get("--home")
    home = Path(given or tempfile.mkdtemp(prefix="underpayments-"))
    os.environ.pop("CLAIMWRIGHT_DATABASE", None)
    try:
        check, _ = run(home, int(options.get("--claims", 2000)))
    finally:
        if not given:
            shutil.rmtree(home, ignore_errors=True)
    raise SystemExit(check.show("underpayments, contract to worklist"))


if __name__ == "__main__":
    main()
