"""A practice with any number of sent claims, the rows written as the verbs would write them, and their 837 files.

Deterministic: number n is always the same claim. Each patient has three visits; six payers; about 2.5 lines a claim.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "core" / "edits"))

import scrub_speed
from edit_bench import PRACTICE, moved, replace

from claimwright.claims.model import Claim, ServiceLine
from claimwright.parties import Payer
from claimwright.x12.envelope import Envelope
from claimwright.x12.professional import write_837p

KINDS, VISITS, FILE = 1500, 3, 5000
EXTRA = (("36415", 2000), ("85025", 4500), ("81003", 1800))  # laboratory lines added, so that claims have 2.5 lines
SENT = date(2026, 11, 3)
TODAY = date(2027, 6, 30)
SUPPLEMENT = Payer(name="Old Orchard Supplement", payer_id="OLDORCH")


def kinds() -> list[Claim]:
    """Different primary claims; all others are the same services of other patients on other days."""
    found = [claim for claim in scrub_speed.of_one_practice(2000) if claim.responsibility == "P"][:KINDS]
    return [_longer(claim, place) for place, claim in enumerate(found)]


def _longer(claim: Claim, place: int) -> Claim:
    codes = {line.procedure for line in claim.lines}
    added = [one for one in EXTRA if one[0] not in codes][: (0, 1, 2, 1)[place % 4]] if len(claim.lines) < 4 else []
    lines = list(claim.lines)
    for procedure, charge in added:
        lines.append(
            ServiceLine(
                number=len(lines) + 1,
                procedure=procedure,
                charge=charge,
                first_service=claim.first_service,
                units=Decimal(1),
                pointers=(1,),
            )
        )
    return replace(claim, lines=tuple(lines), charge=sum(line.charge for line in lines))


def claim_number(number: int, of: Sequence[Claim]) -> Claim:
    """The claim with a number."""
    kind, time_round = of[number % len(of)], number // len(of)
    copy, visit = divmod(time_round, VISITS)
    claim = moved(kind, _day(kind, visit))
    member = replace(claim.insured, member_id=f"{claim.insured.member_id}{copy}") if copy else claim.insured
    lines = tuple(replace(line, control_number=f"1L{number:07d}{line.number}") for line in claim.lines)
    return replace(claim, patient_control_number=f"P{number:07d}", insured=member, lines=lines)


def _day(kind: Claim, visit: int) -> date:
    """Within the last months, so that no claim is too late."""
    return date(2026, 8, 3) + timedelta(days=kind.first_service.toordinal() % 28 + 28 * visit)


def write_files(claims: Sequence[Claim], folder: Path, first: int) -> None:
    """One 837P a payer."""
    by_payer: dict[str, list[Claim]] = {}
    for claim in claims:
        by_payer.setdefault(claim.payer.payer_id, []).append(claim)
    for place, (payer, some) in enumerate(sorted(by_payer.items())):
        number = first * 10 + place + 1
        created = datetime.combine(SENT + timedelta(days=first % 20), datetime.min.time().replace(hour=9))
        sent = Envelope(sender_id="ELM", receiver_id=payer, interchange=number, group=number, created=created)
        submitter = replace(PRACTICE, phone="6145550100")
        (folder / f"{number:06d}.837").write_bytes(write_837p(some, sent, submitter, some[0].payer, f"B{number}"))


class Practice:
    """The rows. `build` adds claims a few thousand at a time, so that memory stays small."""

    def __init__(self) -> None:
        from claimwright.office.records import models

        home = PRACTICE.address
        assert home is not None
        place = {"line1": home.line1, "city": home.city, "state": home.state, "zip": home.zip}
        self.practice = models.Practice.objects.create(
            name=PRACTICE.name, npi=PRACTICE.npi, ein=PRACTICE.ein, taxonomy="207Q00000X", phone="6145550100",
            submitter_id="ELM", **place,
        )  # fmt: skip
        self.location = models.Location.objects.create(practice=self.practice, name="Main", npi=PRACTICE.npi, **place)
        self.providers: dict[str, Any] = {}
        self.plans: dict[tuple[str, str], Any] = {}
        self.payers: dict[str, Any] = {}
        self.payer(SUPPLEMENT)

    def payer(self, payer: Payer) -> Any:
        from claimwright.office.records.models import PayerRecord

        if payer.payer_id not in self.payers:
            self.payers[payer.payer_id] = PayerRecord.objects.create(
                practice=self.practice, payer_id=payer.payer_id, name=payer.name, receiver_id=payer.payer_id
            )
        return self.payers[payer.payer_id]

    def plan(self, claim: Claim) -> Any:
        from claimwright.coverage.model import Plan
        from claimwright.effective import Period
        from claimwright.office.records.content import pack
        from claimwright.office.records.models import PlanRecord

        key = (claim.payer.payer_id, claim.filing_indicator)
        if key not in self.plans:
            plan = Plan(
                plan_id="-".join(key), name=claim.payer.name, kind="PPO", payer=claim.payer,
                period=Period(date(2026, 1, 1), date(2026, 12, 31)), filing_indicator=claim.filing_indicator,
            )  # fmt: skip
            self.plans[key] = PlanRecord.objects.create(
                practice=self.practice, payer=self.payer(claim.payer), plan_id=plan.plan_id, name=plan.name, kind=plan.kind,
                start=plan.period.start, end=plan.period.end, content=pack(plan),
            )  # fmt: skip
        return self.plans[key]

    def provider(self, claim: Claim) -> Any:
        from claimwright.office.records.models import ProviderRecord

        doctor = claim.rendering
        assert doctor is not None
        if doctor.npi not in self.providers:
            self.providers[doctor.npi] = ProviderRecord.objects.create(
                practice=self.practice, npi=doctor.npi, last=doctor.name, first=doctor.first, credential="MD",
                taxonomy=doctor.taxonomy, enrolled_from=date(2015, 1, 1),
            )  # fmt: skip
        return self.providers[doctor.npi]

    def build(self, count: int, folder: Path) -> int:
        """Claims 0 to count, sent; how many lines they have."""
        from django.db import transaction

        folder.mkdir(parents=True, exist_ok=True)
        of, lines = kinds(), 0
        self.patients: dict[str, Any] = {}
        for place, start in enumerate(range(0, count, FILE)):
            numbers = range(start, min(start + FILE, count))
            claims = [claim_number(number, of) for number in numbers]
            with transaction.atomic():
                self._write(claims, numbers)
            write_files(claims, folder, place)
            lines += sum(len(claim.lines) for claim in claims)
        return lines

    def _people(self, claims: Sequence[Claim]) -> list[Any]:
        """Each claim's coverage with its patient; who was here before is taken as is."""
        from claimwright.office.records.convert import insured_fields, person_fields
        from claimwright.office.records.models import CoverageRecord, Guarantor, Patient

        fresh: dict[str, Claim] = {}
        for claim in claims:
            key = f"{claim.payer.payer_id} {claim.insured.member_id} {claim.patient.birth} {claim.patient.first}"
            if key not in self.patients:
                fresh.setdefault(key, claim)
        ours = self.practice
        guarantors = Guarantor.objects.bulk_create(
            Guarantor(practice=ours, **person_fields(claim.insured.person)) for claim in fresh.values()
        )
        start = Patient.objects.count()
        patients = Patient.objects.bulk_create(
            Patient(practice=ours, mrn=f"M{start + place:07d}", guarantor=payer, **person_fields(claim.patient))
            for place, (claim, payer) in enumerate(zip(fresh.values(), guarantors, strict=True))
        )
        coverages = CoverageRecord.objects.bulk_create(
            CoverageRecord(patient=patient, plan=self.plan(claim), start=date(2026, 1, 1), **insured_fields(claim.insured))
            for claim, patient in zip(fresh.values(), patients, strict=True)
        )
        self.patients |= {
            key: (patient.pk, patient.guarantor_id, coverage.pk)
            for key, patient, coverage in zip(fresh, patients, coverages, strict=True)
        }
        return [
            self.patients[f"{claim.payer.payer_id} {claim.insured.member_id} {claim.patient.birth} {claim.patient.first}"]
            for claim in claims
        ]

    def _write(self, claims: Sequence[Claim], numbers: Sequence[int]) -> None:
        from claimwright.office.records import models
        from claimwright.office.records.content import pack

        ours, people = self.practice, self._people(claims)
        visits = models.Encounter.objects.bulk_create(
            models.Encounter(
                practice=ours, patient_id=who[0], provider=self.provider(claim), location=self.location,
                date=claim.first_service, reason="Visit", state="billed", number=f"V{number:07d}",
            )
            for number, claim, who in zip(numbers, claims, people, strict=True)
        )  # fmt: skip
        records = models.ClaimRecord.objects.bulk_create(
            models.ClaimRecord(
                practice=ours, encounter=visit, patient_id=who[0], coverage_id=who[2], payer=self.payer(claim.payer),
                patient_control_number=claim.patient_control_number, state="sent", first_service=claim.first_service,
                charge=claim.charge, built_on=SENT, sent_on=SENT, clean_first_time=True, content=pack(claim),
            )
            for claim, visit, who in zip(claims, visits, people, strict=True)
        )  # fmt: skip
        each = [
            (record, visit, who, line)
            for claim, record, visit, who in zip(claims, records, visits, people, strict=True)
            for line in claim.lines
        ]
        models.ClaimEvent.objects.bulk_create(
            models.ClaimEvent(claim=record, key="sent:1", on=SENT, kind="sent", state="sent", text="Sent") for record in records
        )
        models.Charge.objects.bulk_create(
            models.Charge(
                encounter=visit, position=line.number, procedure=line.procedure, modifiers=" ".join(line.modifiers),
                units=line.units, diagnosis_codes="", amount=line.charge, control_number=line.control_number,
            )
            for _, visit, _, line in each
        )  # fmt: skip
        models.ClaimLine.objects.bulk_create(
            models.ClaimLine(
                claim=record, number=line.number, control_number=line.control_number, procedure=line.procedure,
                modifiers=" ".join(line.modifiers), charge=line.charge, units=line.units, expected_allowed=line.charge // 2,
            )
            for record, _, _, line in each
        )  # fmt: skip
        events = models.LedgerEvent.objects.bulk_create(
            models.LedgerEvent(practice=ours, key=f"charge:{visit.number}:1", kind="charge", on=SENT, memo="visit charged")
            for visit in visits
        )
        by_visit = {visit.pk: event for visit, event in zip(visits, events, strict=True)}
        models.LedgerEntry.objects.bulk_create(
            models.LedgerEntry(
                event=by_visit[visit.pk], account=account, amount=sign * line.charge, encounter=visit, patient_id=who[0],
                guarantor_id=who[1], payer_id=record.payer_id, line_control_number=line.control_number,
            )
            for record, visit, who, line in each
            for account, sign in (("insurance_ar", 1), ("charges", -1))
        )  # fmt: skip


@contextmanager
def postgresql() -> Iterator[str]:
    """A private PostgreSQL of Debian's packages, durable as it is out of the box; its address."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[4]))[-1]
    base = Path(tempfile.mkdtemp(prefix="claimwright-postgresql-"))
    root = os.getuid() == 0
    if root:
        os.chown(base, pwd.getpwnam("postgres").pw_uid, -1)
    by = ["runuser", "-u", "postgres", "--"] if root else []  # PostgreSQL refuses to run as root
    made = [str(programs / "initdb"), "-D", str(base / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*by, *made], check=True, capture_output=True, cwd="/")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    start = [str(programs / "postgres"), "-D", str(base / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    start += ["-c", f"unix_socket_directories={base}", "-c", "shared_buffers=256MB", "-c", "max_wal_size=2GB"]
    with open(base / "log", "wb") as log:
        server = subprocess.Popen([*by, *start], stdout=log, stderr=log, cwd="/")
    try:
        _wait(f"postgresql://postgres:none@127.0.0.1:{port}/postgres")
        yield f"postgresql://postgres:none@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(base, ignore_errors=True)


def _wait(address: str) -> None:
    import psycopg

    for _ in range(150):
        try:
            psycopg.connect(address, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise SystemExit("PostgreSQL did not start")


def run_payer(inbox: Path, out: Path, scenario: str) -> float:
    """CPU seconds of `claimwright payer run` in a process of its own."""
    process = os.fork()
    if process == 0:
        from claimwright.cli.main import app

        app(["payer", "run", "--in", str(inbox), "--out", str(out), "--scenario", scenario], standalone_mode=False)
        os._exit(0)
    _, status, used = os.wait4(process, 0)
    assert status == 0, "the payer failed"
    return used.ru_utime + used.ru_stime
