"""Files between the office and its folder: out what is new, in what waits."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import date
from pathlib import Path

from claimwright.office.exchange import folder, sandbox
from claimwright.office.jobs.turns import in_turns
from claimwright.office.jobs.worker import run_until_idle
from claimwright.office.records.models import File, Practice
from claimwright.office.workflow.files import content_of
from claimwright.office.workflow.receiving import Read, read_file, receive_file

log = logging.getLogger(__name__)


def send_pending(practice: Practice, home: Path) -> int:
    """Write every new file out, then mark it written: a crash between writes it again, the same."""
    written = 0
    for file in File.objects.filter(practice=practice, direction="out", status="new").order_by("pk"):
        place = folder.documents(home) if file.kind == "pdf" else folder.outbox(home)
        folder.write(place, file.name, content_of(file))
        File.objects.filter(pk=file.pk).update(status="written")
        written += 1
    return written


def receive_waiting(practice: Practice, home: Path, today: date, processes: int = 1) -> int:
    """Receive every file in the inbox by name, and put each away once it is kept; how many. One that fails stops no other."""

    def ahead(path: Path) -> Read | None:
        return read_file(path.read_bytes()) if path.exists() else None

    def then(path: Path, read: Read | None) -> bool:
        if read is None:  # another worker took it in
            return False
        try:
            receive_file(practice=practice, by=None, today=today, name=path.name, content=read.content, read=read)
        except Exception:
            log.exception("The file %s could not be received; it stays in the inbox.", path.name)
            return False
        with suppress(FileNotFoundError):  # another worker put it away
            folder.put_away(home, path)
        return True

    return in_turns(folder.waiting(home), ahead, then, processes)


def do_what_waits(practice: Practice, home: Path, today: date, processes: int = 1) -> str:
    """Take in what waits, run the jobs, write what goes out, let a sandbox payer answer; until nothing is left to do."""
    files = jobs = sent = 0
    while True:
        received = receive_waiting(practice, home, today, processes)
        done = run_until_idle(practice, today, processes)
        written = send_pending(practice, home)
        asked = sandbox.has_payer(home) and (written or sandbox.waits_for(home, today))
        answers = sandbox.run_payer(home, today) if asked else []
        files, jobs, sent = files + received, jobs + done, sent + written
        if not answers and not written:
            return f"{practice.name}: {files} files received, {jobs} jobs done, {sent} files sent"
