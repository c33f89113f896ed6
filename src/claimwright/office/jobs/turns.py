"""Several processes over one list of tasks: each is made ready beside others, and takes effect in its turn, in the list's order.

So a list ends as one process would have left it, row by row. The turn goes round through pipes: where a process dies its pipe
closes, the others stop after what they are doing, and what is left waits as it would after any worker that died.
"""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")
Turn = Callable[[], None]
"""Waits until it is one's turn to write."""
WORTH_IT = 4
"""Tasks for each process, below which another one is not begun."""
log = logging.getLogger(__name__)


def at_once() -> None:
    """The turn of who works alone."""


class Alone(Exception):
    """Another process of the round is gone."""


def in_turns(tasks: Sequence[T], do: Callable[[T, Turn], bool], processes: int) -> int:
    """Do each task, which calls its turn once before it writes; for how many it was true, as far as is known."""
    if processes < 2 or len(tasks) < WORTH_IT * processes or connection.in_atomic_block:
        return sum(do(task, at_once) for task in tasks)
    connections.close_all()  # a connection is one process's
    pipes = [os.pipe() for _ in range(processes)]
    children = []
    for place in range(1, processes):
        children.append(os.fork())
        if children[-1] == 0:
            _as_child(tasks, do, _Place(pipes, place))
    mine = _Place(pipes, 0)
    try:
        return mine.work(tasks, do)
    except Alone:
        log.error("A process that worked beside this one is gone; what is left goes on without it.")
        return mine.done
    finally:
        mine.close()
        for child in children:
            os.waitpid(child, 0)


def _as_child(tasks: Sequence[T], do: Callable[[T, Turn], bool], place: _Place) -> None:
    """A child's work, and its end."""
    try:
        place.work(tasks, do)
        os._exit(0)
    except Alone:
        os._exit(1)
    except BaseException as problem:
        log.error("A process that works beside another failed: %s", type(problem).__name__, exc_info=problem)
        os._exit(1)


class _Place:
    """One process's place in the round. What goes round with the turn is how many tasks took effect."""

    def __init__(self, pipes: Sequence[tuple[int, int]], place: int) -> None:
        self.place, self.processes, self.done = place, len(pipes), 0
        self.ours = place == 0  # the turn
        after = (place + 1) % len(pipes)
        self.before, self.after = pipes[place][0], pipes[after][1]
        for end in {end for pipe in pipes for end in pipe} - {self.before, self.after}:
            os.close(end)

    def work(self, tasks: Sequence[T], do: Callable[[T, Turn], bool]) -> int:
        """Every so many of the tasks; how many of all took effect, once the turn has come round again."""
        for first in range(self.place, len(tasks) + self.place, self.processes):
            effect = first < len(tasks) and do(tasks[first], self.turn)
            self.turn()
            self.done += effect
            self._pass_on()
        if self.place == 0:
            self.turn()
        return self.done

    def turn(self) -> None:
        """Wait until it is ours."""
        if self.ours:
            return
        said = os.read(self.before, _COUNT.size)
        if not said:
            raise Alone
        (self.done,) = _COUNT.unpack(said)
        self.ours = True

    def _pass_on(self) -> None:
        self.ours = False
        try:
            os.write(self.after, _COUNT.pack(self.done))
        except BrokenPipeError:
            raise Alone from None

    def close(self) -> None:
        """Let the others know that nothing more comes from here."""
        os.close(self.before)
        os.close(self.after)


_COUNT = struct.Struct("=q")
