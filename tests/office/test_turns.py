"""Processes that take turns: tasks take effect in the list's order, and who dies stops nobody for long."""

import os
import signal
import time
from pathlib import Path

import pytest

from claimwright.office.jobs import turns

TASKS = list(range(20))


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the turns themselves: nothing is asked of a database, so no connection is closed."""

    class Unused:
        in_atomic_block = False

        def close_all(self) -> None:
            pass

    monkeypatch.setattr(turns, "connection", Unused())
    monkeypatch.setattr(turns, "connections", Unused())


def written(told: Path) -> list[tuple[int, int]]:
    """The tasks in the order in which they took effect, each with its process."""
    return [tuple(map(int, line.split())) for line in told.read_text().splitlines()]


def writes(told: Path, task: int) -> None:
    with told.open("a") as file:
        file.write(f"{task} {os.getpid()}\n")


def same(task: int) -> int:
    return task


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_tasks_take_effect_in_their_order_whoever_does_them(tmp_path: Path, processes: int) -> None:
    def then(task: int, ready: int) -> bool:
        assert ready == task
        writes(tmp_path / "told", task)
        time.sleep(0.005)
        return task % 2 == 0

    assert turns.in_turns(TASKS, same, then, processes) == 10
    assert [task for task, _ in written(tmp_path / "told")] == TASKS
    assert len({process for _, process in written(tmp_path / "told")}) == processes


def test_what_comes_next_is_made_ready_beside_who_writes(tmp_path: Path) -> None:
    (tmp_path / "ready").touch()

    def ahead(task: int) -> None:
        writes(tmp_path / "ready", task)

    def then(task: int, ready: None) -> bool:
        while task == 0 and len({process for _, process in written(tmp_path / "ready")}) < 2:
            time.sleep(0.001)  # the first writes until another process has something ready
        return True

    assert turns.in_turns(TASKS, ahead, then, 2) == len(TASKS)
    assert sorted(task for task, _ in written(tmp_path / "ready")) == TASKS


def test_where_a_process_dies_the_first_goes_on_alone(tmp_path: Path) -> None:
    ours = os.getpid()

    def then(task: int, ready: int) -> bool:
        if os.getpid() != ours:
            os.kill(os.getpid(), signal.SIGKILL)
        writes(tmp_path / "told", task)
        time.sleep(0.005)
        return True

    assert turns.in_turns(TASKS, same, then, 2) == len(TASKS)
    assert [task for task, _ in written(tmp_path / "told")] == TASKS


def test_few_tasks_are_done_by_one(tmp_path: Path) -> None:
    def then(task: int, ready: int) -> bool:
        writes(tmp_path / "told", task)
        return True

    assert turns.in_turns(TASKS[:7], same, then, 2) == 7
    assert {process for _, process in written(tmp_path / "told")} == {os.getpid()}
