"""Several processes over one list of tasks: each is made ready beside others, and takes effect in its turn, in the list's order.

So a list ends as one process would have left it, row by row. Where a process dies the others stop after what they are doing: the
first goes on alone, and where it is the first, what is left waits as it would after any worker that died.
"""

from __future__ import annotations

import fcntl
import logging
import mmap
import os
import struct
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
R = TypeVar("R")
WORTH_IT = 4
"""Tasks for each process, below which another one is not begun."""
HELD = 2
"""Tasks that a process has ready at most: what is made ready long before its turn may have to be made ready again."""
AGAIN = 0.001
"""Seconds between two looks at whose turn it is."""
log = logging.getLogger(__name__)


def in_turns(tasks: Sequence[T], ahead: Callable[[T], R], then: Callable[[T, R], bool], processes: int) -> int:
    """Make each task ready (`ahead`) and let it take effect (`then`); how many did."""
    if processes < 2 or len(tasks) < WORTH_IT * processes or connection.in_atomic_block:
        return sum(then(task, ahead(task)) for task in tasks)
    connections.close_all()  # a connection is one process's
    with tempfile.TemporaryFile() as lock, mmap.mmap(-1, _STATE.size) as memory:
        board = _Board(memory, lock.fileno())
        for _ in range(processes - 1):
            board.children.append(os.fork())
            if board.children[-1] == 0:
                _as_child(board, tasks, ahead, then)
        try:
            _work(board, tasks, ahead, then)
            board.wait_for(len(tasks))
        except _Alone:
            log.error("A process that worked beside this one is gone; this one goes on alone.")
        finally:
            board.stop()
        done, effects, _, _ = board.state()
    return effects + sum(then(task, ahead(task)) for task in tasks[done:])


def _as_child(board: _Board, tasks: Sequence[T], ahead: Callable[[T], R], then: Callable[[T, R], bool]) -> None:
    """A child's work, and its end."""
    board.children = []
    try:
        _work(board, tasks, ahead, then)
        os._exit(0)
    except _Alone:
        os._exit(1)
    except BaseException as problem:
        log.error("A process that works beside another failed: %s", type(problem).__name__, exc_info=problem)
        os._exit(1)


def _work(board: _Board, tasks: Sequence[T], ahead: Callable[[T], R], then: Callable[[T, R], bool]) -> None:
    """One process's part: rather write than make ready, rather make ready than wait."""
    held: deque[tuple[int, R]] = deque()
    more = True
    while held or more:
        board.look()
        if held and held[0][0] == board.state()[0]:
            number, ready = held.popleft()
            board.done(then(tasks[number], ready))
        elif more and len(held) < HELD:
            number = board.take()
            more = number < len(tasks)
            if more:
                held.append((number, ahead(tasks[number])))
        else:
            board.wait_for(held[0][0])


class _Alone(Exception):
    """Another process of the round is gone."""


class _Board:
    """What the processes of a round know of each other: how far they are, and what was taken."""

    def __init__(self, memory: mmap.mmap, lock: int) -> None:
        self.memory, self.lock = memory, lock
        self.parent, self.children = os.getpid(), list[int]()

    def state(self) -> tuple[int, int, int, int]:
        """How many tasks are done, how many took effect, how many are taken, and whether to stop."""
        return _STATE.unpack_from(self.memory)  # type: ignore[return-value]

    def take(self) -> int:
        """The next task that nobody has."""
        fcntl.lockf(self.lock, fcntl.LOCK_EX)  # which goes with its process
        try:
            taken = self.state()[2]
            _ONE.pack_into(self.memory, 2 * _ONE.size, taken + 1)
        finally:
            fcntl.lockf(self.lock, fcntl.LOCK_UN)
        return taken

    def done(self, effect: bool) -> None:
        """Let the next have its turn; told by whose turn it is only."""
        done, effects, _, _ = self.state()
        _ONE.pack_into(self.memory, _ONE.size, effects + effect)
        _ONE.pack_into(self.memory, 0, done + 1)

    def wait_for(self, number: int) -> None:
        """Wait until so many are done."""
        while True:
            if self.state()[0] >= number:
                return
            self.look()
            time.sleep(AGAIN)

    def look(self) -> None:
        """Whether all are still there. Raises _Alone."""
        if self.state()[3] or (os.getpid() != self.parent and os.getppid() != self.parent):
            raise _Alone
        for child in list(self.children):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                self.children.remove(child)
                if status:
                    raise _Alone

    def stop(self) -> None:
        """Let no process wait for what does not come, and wait for their ends."""
        _ONE.pack_into(self.memory, 3 * _ONE.size, 1)
        for child in self.children:
            os.waitpid(child, 0)


_STATE, _ONE = struct.Struct("=4q"), struct.Struct("=q")
