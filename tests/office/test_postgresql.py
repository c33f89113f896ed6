"""The office on PostgreSQL: the same tests, the same demo to the cent, the same refusals.

A private cluster from Debian's packages is started for the time of these tests. Where PostgreSQL is not installed they skip
and say so, unless CLAIMWRIGHT_REQUIRE names it (as in CI).
"""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from commands import migrate, race, run_claimwright

pytestmark = pytest.mark.postgresql
HERE = Path(__file__).parent
EMPTY = "empty"
SAME_TESTS = [
    "test_registration.py", "test_coding_verbs.py", "test_claim_verbs.py", "test_receiving.py", "test_posting.py",
    "test_patient_money.py", "test_ledger_append_only.py", "test_jobs.py", "test_adversary.py", "test_adversary_doors.py",
    "test_many_rows.py",
]  # fmt: skip


def _programs() -> Path | None:
    """The newest of Debian's PostgreSQL servers, or one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).parent if initdb else None


def _as_server(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then its own user runs it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def cluster():
    """The address of a server, without a database name."""
    programs = _programs()
    if programs is None:
        if "postgresql" in os.environ.get("CLAIMWRIGHT_REQUIRE", ""):
            pytest.fail("PostgreSQL is required here and is not installed (Debian: apt-get install postgresql)")
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    base = Path(tempfile.mkdtemp(prefix="claimwright-postgresql-"))
    if os.getuid() == 0:
        os.chown(base, pwd.getpwnam("postgres").pw_uid, -1)
    initdb = [str(programs / "initdb"), "-D", str(base / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_server(initdb), check=True, capture_output=True, cwd="/")
    port = _free_port()
    start = [str(programs / "postgres"), "-D", str(base / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    start += ["-c", f"unix_socket_directories={base}", "-c", "fsync=off", "-c", "synchronous_commit=off"]
    with open(base / "log", "wb") as log:
        server = subprocess.Popen(_as_server(start), stdout=log, stderr=log, cwd="/")
    address = f"postgresql://postgres:none@127.0.0.1:{port}"
    try:
        _wait(address, base / "log")
        migrate(CLAIMWRIGHT_DATABASE=_database(address, EMPTY, template="template1"), CLAIMWRIGHT_DIR=str(base))
        yield address
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(base, ignore_errors=True)


def _wait(address: str, log: Path) -> None:
    import psycopg

    for _ in range(150):
        try:
            psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail(f"PostgreSQL did not start: {log.read_text()[-500:]}")


def _database(address: str, name: str, template: str = EMPTY) -> str:
    """A new database, with the tables laid once for all."""
    import psycopg

    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{address}/{name}"


def test_the_verbs_tests_pass(cluster):
    _database(cluster, "test_verbs")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment["CLAIMWRIGHT_DATABASE"] = f"{cluster}/verbs"
    command = [sys.executable, "-m", "pytest", "-q", "--reuse-db", "-p", "no:cacheprovider"]
    command += ["-p", "no:xdist", "-p", "no:schemathesis", "-p", "no:playwright"]
    command += ["-k", "not three_workers", *(str(HERE / name) for name in SAME_TESTS)]  # they race below, on PostgreSQL
    run = subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=300, check=False, cwd=HERE.parent.parent
    )
    assert run.returncode == 0, run.stdout[-4000:]


def test_three_workers_at_once_do_each_job_once(cluster, tmp_path):
    address = _database(cluster, "race")
    assert race(tmp_path, CLAIMWRIGHT_DATABASE=address) == {"counted": 60, "most": 1, "done": 60}


def test_kills_while_sending_and_posting_lose_nothing_and_double_nothing(cluster, tmp_path):
    command = [sys.executable, str(HERE / "kill_runner.py"), str(tmp_path), "20261117", "8"]
    environment = {**os.environ, "CLAIMWRIGHT_DATABASE": _database(cluster, "killed")}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["same"] and (found["killed"], found["sum"], found["left"]) == (8, 0, 0), run.stderr[-2000:]


def test_the_demo_says_the_same_to_the_cent(cluster, demo_result, tmp_path):
    address = _database(cluster, "demo")
    run = run_claimwright("demo", "--json", "--dir", str(tmp_path / "demo"), CLAIMWRIGHT_DATABASE=address)
    assert run.returncode == 0, run.stderr[-2000:]
    assert {**json.loads(run.stdout), "seconds": 0} == {**demo_result, "seconds": 0}
