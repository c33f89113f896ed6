"""What logs may say: where something failed and by what kind of error, never the error's words: they may hold someone's data."""

from __future__ import annotations

import logging
import traceback
from typing import Any


class WithoutWords(logging.Formatter):
    """Tracebacks as places and kinds of errors only (a database's or decoder's message repeats the values it refused)."""

    def formatException(self, ei: Any) -> str:
        """Each error of the chain with the lines that led to it."""
        said = []
        problem: BaseException | None = ei[1]
        while problem is not None:
            places = traceback.extract_tb(problem.__traceback__)
            said.append(type(problem).__name__)
            said += [f"  {place.filename}:{place.lineno} in {place.name}" for place in places]
            problem = problem.__cause__ or problem.__context__
        return "\n".join(said)
