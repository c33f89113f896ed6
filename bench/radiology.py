"""Radiology reports: how far our codes agree with what three coding companies gave 786 reports of 2007 (a side bench, no goal).

The reports (cmc2007, pediatric, history and impression) carry ICD-9-CM; our ICD-10-CM is brought back by the table below, made
for the labels of that set alone. Read: agreement of two classifications twenty years apart, on the development part only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from claimwright.coding.kinds import kind_of
from claimwright.coding.model import Document, Visit
from claimwright.coding.suggest import suggest

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "notes" / "cmc2007" / "dev.jsonl.gz"
ON = date(2026, 10, 14)
# ICD-9-CM label -> ICD-10-CM prefixes that say the same (our own, from the titles of both classifications)
SAME = {
    "786.2": "R05",
    "780.6": "R50",
    "599.0": "N39.0",
    "593.70": "N13.70 N13.7",
    "591": "N13.3 N13.0 N13.1 Q62.0",
    "486": "J18 J15 J12",
    "596.54": "N31",
    "786.07": "R06.2",
    "593.89": "N28.89 N28.8",
    "599.7": "R31",
    "788.30": "R32 N39.4 N39.44",
    "786.50": "R07.9 R07.8 R07",
    "493.90": "J45",
    "V13.02": "Z87.440",
    "518.0": "J98.11 J98.1",
    "795.5": "R76.1",
    "277.00": "E84",
    "753.3": "Q63 Q60",
    "741.90": "Q05 Q06",
    "593.5": "N28.82 N13.4",
    "759.89": "Q87 Q89",
    "592.0": "N20.0 N20.2",
    "789.00": "R10.9",
    "V13.09": "Z87.448 Z87.44",
    "V67.09": "Z09 Z48",
    "786.05": "R06.0",
    "789.09": "R10",
    "753.21": "Q62",
    "787.03": "R11",
    "786.09": "R06",
    "791.0": "R80",
    "462": "J02",
    "079.99": "B34.9",
    "596.8": "N32",
    "593.1": "N28.81",
    "786.59": "R07",
    "788.41": "R35.0",
    "753.0": "Q60",
    "758.6": "Q96",
    "785.6": "R59",
    "783.0": "R63.0",
    "511.9": "J90 J91",
    "V42.0": "Z94.0",
    "279.12": "D82.0",
}


def in_icd9(code: str, wanted: set[str]) -> str:
    """The ICD-9-CM label of an ICD-10-CM code: one of the wanted that says the same, else any that does, else the code itself."""
    fitting = [(len(prefix), label) for label, prefixes in SAME.items() for prefix in prefixes.split() if code.startswith(prefix)]
    if not fitting:
        return code
    return next((label for _, label in sorted(fitting, reverse=True) if label in wanted), max(fitting)[1])


def texts() -> list[tuple[str, str, dict[str, set[str]]]]:
    """Identifier, report, and the codes of each coder."""
    held = []
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            parts = row["texts"]
            coders: dict[str, set[str]] = {}
            for one in row["codes"]:
                coders.setdefault(one["coder"], set()).add(one["code"])
            text = f"CLINICAL HISTORY:\n{parts['CLINICAL_HISTORY']}\n\nIMPRESSION:\n{parts['IMPRESSION']}\n"
            held.append((row["id"], text, coders))
    return held


def f1(right: int, given: int, wanted: int) -> str:
    precision, recall = right / max(1, given), right / max(1, wanted)
    return f"P {precision:.3f}  R {recall:.3f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=0, help="print so many reports that differ")
    options = parser.parse_args()
    if not DATA.exists():
        print("cmc2007 is not here; nothing is measured.")
        sys.exit(0)
    right = given = wanted = exact = 0
    company = Counter[str]()
    missed, extra = Counter[str](), Counter[str]()
    reports = texts()
    begun = time.process_time()
    for name, text, coders in reports:
        gold = coders.get("CMC_MAJORITY", set())
        coding = suggest([Document(kind=kind_of(text), text=text)], Visit(on=ON))
        ours = {in_icd9(one.code, gold) for one in coding.diagnoses if one.suggested}
        right, given, wanted, exact = right + len(ours & gold), given + len(ours), wanted + len(gold), exact + (ours == gold)
        for coder, codes in coders.items():
            company[coder + " right"] += len(codes & gold)
            company[coder + " given"] += len(codes)
        missed.update(gold - ours)
        extra.update(ours - gold)
        if ours != gold and options.errors > 0:
            options.errors -= 1
            print(f"--- {name}\n{text}missed {sorted(gold - ours)} extra {sorted(ours - gold)}")
            print("   ", [(one.code, [e.text for e in one.evidence], one.reason) for one in coding.diagnoses])
    seconds = time.process_time() - begun
    print(f"radiology reports, majority labels of 2007 ({len(reports)} reports, {wanted} codes)")
    print(f"  claimwright           {f1(right, given, wanted)}  whole report the same {exact / len(reports):.3f}")
    for coder in ("COMPANY1", "COMPANY2", "COMPANY3"):
        print(f"  {coder.lower()} (voted too)   {f1(company[coder + ' right'], company[coder + ' given'], wanted)}")
    print(f"  missed most: {', '.join(f'{code} {count}' for code, count in missed.most_common(8))}")
    print(f"  extra most:  {', '.join(f'{code} {count}' for code, count in extra.most_common(8))}")
    print(f"  {len(reports) / seconds:.0f} reports/s of CPU")


if __name__ == "__main__":
    main()
