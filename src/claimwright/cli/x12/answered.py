"""What a folder of acknowledgements remembers: the next control numbers, and which input was answered with which.

`control-numbers.json` holds the next ISA13 and GS06 (ST02 begins anew in each group); `.answered/` a small file for each
input, named by its digest. Both are written whole or not at all, under a lock, so that no two processes use a number
twice. A number that was taken and not used (a crash between) is a gap, never a repeat.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from claimwright.cli.terminal import stem

_LAST = 999_999_999  # ISA13 and GS06 have nine digits; after the last comes 1


class DamagedError(Exception):
    """The memory cannot be read: numbers would be used again."""


class _Next(msgspec.Struct, forbid_unknown_fields=True):
    interchange: int = 1
    group: int = 1


class Answer(msgspec.Struct):
    """One answered input: its name then, when it was answered, and a row for each file written."""

    name: str
    created: str  # ISO date and time, the creation time of the answers
    rows: list[dict[str, str | int]]  # "file" is a name in the folder
    numbers: list[tuple[int, int]]  # interchange and group number of each interchange written, in order
    unsaid: int = 0  # findings that no acknowledgement can tell


class Folder:
    """A folder of acknowledgements."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._numbers = home / "control-numbers.json"
        self._memory = home / ".answered"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Alone in the folder: other processes wait. The lock ends with the process, however it ends."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / ".lock").open("a+b") as file:
            _lock(file.fileno())
            yield

    def take(self) -> tuple[int, int]:
        """The next interchange and group number; nobody gets them again.

        Raises DamagedError where the memory is damaged, or gone although files were answered.
        """
        with self.locked():
            held = self._read_numbers()
            taken = (held.interchange, held.group)
            held.interchange, held.group = held.interchange % _LAST + 1, held.group % _LAST + 1
            write_whole(self._numbers, msgspec.json.encode(held))
        return taken

    def _read_numbers(self) -> _Next:
        try:
            held = msgspec.json.decode(self._numbers.read_bytes(), type=_Next)
        except FileNotFoundError:
            if self._memory.is_dir() and any(self._memory.iterdir()):
                raise DamagedError(f"{self._numbers} is gone, but this folder has answered files before") from None
            return _Next()
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise DamagedError(f"{self._numbers} is damaged: {problem}") from problem
        if not all(1 <= one <= _LAST for one in (held.interchange, held.group)):
            raise DamagedError(f"{self._numbers} holds a number that cannot be")
        return held

    def answered(self, digest: str) -> Answer | None:
        """What an input with this content was answered with. Raises DamagedError."""
        path = self._memory / f"{digest}.json"
        try:
            return msgspec.json.decode(path.read_bytes(), type=Answer)
        except FileNotFoundError:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise DamagedError(f"{path} is damaged: {problem}") from problem

    def remember(self, digest: str, answer: Answer) -> None:
        """Keep what an input was answered with."""
        self._memory.mkdir(parents=True, exist_ok=True)
        write_whole(self._memory / f"{digest}.json", msgspec.json.encode(answer))

    def free(self, name: str, number: int) -> str:
        """The name under which answers can be put: the input's own, or with the control number where another file's has it."""
        taken = any((self.home / f"{name}.{kind}").exists() for kind in ("ta1", "999", "277ca"))
        return f"{name}-{number:09d}" if taken else name

    def publish(self, digest: str, answer: Answer, temporaries: list[Path], again: bool) -> Answer | None:
        """Remember an answer and give its finished files their names; or what another process has answered meanwhile.

        A file that is there already is never overwritten.
        """
        with self.locked():
            if not again and (before := self.answered(digest)) is not None:
                return before
            name = self.free(stem(Path(answer.name)), min(int(row["control"]) for row in answer.rows))
            for row in answer.rows:
                row["file"] = f"{name}.{row['kind']}"
            self.remember(digest, answer)  # first: what a crash leaves out of the folder, the next run writes again
            for temporary, row in zip(temporaries, answer.rows, strict=True):
                os.replace(temporary, self.home / str(row["file"]))
        return None


def write_whole(target: Path, content: bytes) -> None:
    """Write a file whole or not at all, and on the disk before anything else happens."""
    temporary = target.parent / f".{target.name}.{os.getpid()}"
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, target)


def _lock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt

        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
