"""Processes that take turns: tasks take effect in the list's order, and who dies stops nobody for long."""

import os
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


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_tasks_take_effect_in_their_order_whoever_does_them(tmp_path: Path, processes: int) -> None:
    def do(task: int, turn: turns.Turn) -> bool:
        turn()
        writes(tmp_path / "told", task)
        return task % 2 == 0

    assert turns.in_turns(TASKS, do, processes) == 10
    assert [task for task, _ in written(tmp_path / "told")] == TASKS
    assert len({process for _, process in written(tmp_path / "told")}) == processes


def test_what_is_made_ready_is_made_ready_beside_who_writes(tmp_path: Path) -> None:
    def do(task: int, turn: turns.Turn) -> bool:
        writes(tmp_path / "ready", task)
        turn()
        while task == 0 and len(written(tmp_path / "ready")) < 2:
            pass  # the first writes until the second is ready
        return True

    assert turns.in_turns(TASKS, do, 2) == len(TASKS)


def test_a_process_that_dies_stops_nobody_and_its_task_waits(tmp_path: Path) -> None:
    ours = os.getpid()

    def do(task: int, turn: turns.Turn) -> bool:
        turn()
        if task >= 7 and os.getpid() != ours:
            os._exit(9)
        writes(tmp_path / "told", task)
        return True

    assert turns.in_turns(TASKS, do, 2) == 7
    assert [task for task, _ in written(tmp_path / "told")] == TASKS[:7]


def test_few_tasks_are_done_by_one(tmp_path: Path) -> None:
    def do(task: int, turn: turns.Turn) -> bool:
        writes(tmp_path / "told", task)
        return True

    assert turns.in_turns(TASKS[:7], do, 2) == 7
    assert {process for _, process in written(tmp_path / "told")} == {os.getpid()}
