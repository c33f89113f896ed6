"""From annotated cases to what the ranker knows: phrases, terms, topics. Counting, no fitting but one ridge regression."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log
from typing import TypeVar

import numpy as np

from claimwright.coding.dictionary import Candidate
from claimwright.coding.ranking.corpus import Case, Named
from claimwright.coding.ranking.knowledge import Knowledge
from claimwright.coding.ranking.loose import WHOLE, WIDTH, Loose
from claimwright.coding.ranking.phrases import Hits, Phrases
from claimwright.coding.ranking.record import learned
from claimwright.coding.ranking.topics import bag
from claimwright.coding.ranking.words import STOP, alone, surface

LONGEST = 6  # words of a phrase
GAP = 2  # words that may stand between those of a mention for it to be a phrase
RAREST = 0.02  # share of a phrase's sentences that a code must have to be kept with it
TELLING = 0.3
BRIDGED = 0.05  # share of the original's words that a code must have to be added to a term
TOPIC_CODES = 4  # documents a code needs to get a topic score
TOPIC_WORDS = 2  # documents a word needs
RIDGE = 1.0


def learn(cases: Sequence[Case], official: Sequence[Sequence[Candidate]]) -> Knowledge:
    """Everything the features are made of; `official` is what the dictionary found in each case."""
    prior = Counter(code for one in cases for code in one.codes)
    codes = sorted(prior | Counter(named.code for one in cases for named in one.named))
    number = {code: place for place, code in enumerate(codes)}
    lists = {"codes": codes}
    arrays: dict[str, np.ndarray] = {
        "prior": np.array([prior[code] for code in codes], dtype=np.float32),
        "documents": np.array([len(cases)]),
    }
    for part in (_phrases(cases, number), _terms(cases, number), _topics(cases, number), learned(cases, official)):
        for name, held in part.items():
            if isinstance(held, list):
                lists[name] = held
            else:
                arrays[name] = held
    return Knowledge(lists, arrays)


def _trimmed(named: Named, words: Sequence[str]) -> tuple[int, int]:
    first, last = named.first, named.last
    while first < last and words[first] in STOP:
        first += 1
    while last > first and words[last] in STOP:
        last -= 1
    return first, last


def _parts(words: Sequence[str], first: int, last: int) -> Iterator[str]:
    for begin in range(first, last + 1):
        if words[begin] in STOP:
            continue
        for end in range(begin, min(last, begin + LONGEST - 1) + 1):
            if words[end] not in STOP:
                yield " ".join(words[begin : end + 1])


Pairs = dict[tuple[int, str], float]


def _phrases(cases: Sequence[Case], number: dict[str, int]) -> dict[str, list[str] | np.ndarray]:
    naming: dict[str, Counter[str]] = defaultdict(Counter)
    whole: set[str] = set()
    for one in cases:
        for named in one.named:
            if named.words and named.last - named.first >= len(named.words) + GAP:
                continue
            first, last = _trimmed(named, one.text.words)
            if last - first < LONGEST:
                whole.add(" ".join(one.text.words[first : last + 1]))
            for part in _parts(one.text.words, first, last):
                naming[part][named.code] += 1
    phrases = sorted(naming)
    every = Phrases(phrases, np.zeros(len(phrases), dtype=bool))
    hits = [every.find(one.text) for one in cases]
    seen, both = _sentences(cases, hits, phrases, naming)
    best = np.zeros(len(phrases))
    for (place, _), times in both.items():
        best[place] = max(best[place], times / seen[place])
    telling = np.array([best[place] >= TELLING and phrases[place] in whole for place in range(len(phrases))], dtype=bool)
    every = Phrases(phrases, telling)
    outer = [_outermost(every.find(one.text)) for one in cases]
    seen_outer, both_outer = _sentences(cases, outer, phrases, naming)
    by_place = {place: naming[phrase] for place, phrase in enumerate(phrases)}
    documents, both_documents = _documents(cases, [set(found.phrase.tolist()) for found in hits], by_place)
    surfaces, surface_rows = _surfaces(cases, hits, phrases, naming, telling, number)
    kept, rows, start = [], [], [0]
    for place, phrase in enumerate(phrases):
        if best[place] < RAREST:
            continue
        kept.append(place)
        for code, called in sorted(naming[phrase].items()):
            key = (place, code)
            if both.get(key, 0) / seen[place] >= RAREST:
                held = (both[key], seen[place], both_outer.get(key, 0), seen_outer[place])
                rows.append((number[code], *held, both_documents.get(key, 0), documents[place], called, naming[phrase].total()))
        start.append(len(rows))
    return {
        "phrases": [phrases[place] for place in kept],
        "telling": telling[kept],
        "phrase_rows": np.array(rows, dtype=np.float32).reshape(-1, 9),
        "phrase_start": np.array(start),
        "surfaces": surfaces,
        "surface_rows": surface_rows,
    }


def _surfaces(
    cases: Sequence[Case],
    hits: Sequence[Hits],
    phrases: Sequence[str],
    naming: dict[str, Counter[str]],
    telling: np.ndarray,
    number: dict[str, int],
) -> tuple[list[str], np.ndarray]:
    """The forms that telling phrases take as written, and how many documents have form and code."""
    codes: dict[str, set[str]] = defaultdict(set)
    forms: dict[int, set[str]] = defaultdict(set)
    seen: list[set[str]] = []
    for one, found in zip(cases, hits, strict=True):
        held = set()
        for place, first, last in zip(found.phrase.tolist(), found.first.tolist(), found.last.tolist(), strict=True):
            if telling[place]:
                form = surface(one.text, first, last)
                held.add(form)
                forms[place].add(form)
                codes[form] |= naming[phrases[place]].keys()
        seen.append(held)
    several = sorted({form for held in forms.values() if len(held) > 1 for form in held})
    documents, both = _documents(cases, [{form for form in held if form in codes} for held in seen], codes)
    rows = [
        (place, number[code], both[form, code], documents[form])
        for place, form in enumerate(several)
        for code in sorted(codes[form])
    ]
    return several, np.array(rows, dtype=np.float32).reshape(-1, 4)


def _outermost(hits: Hits) -> Hits:
    kept = hits.outermost
    return Hits(hits.phrase[kept], hits.first[kept], hits.last[kept], kept[kept])


def _sentences(
    cases: Sequence[Case], hits: Sequence[Hits], names: Sequence[str], naming: dict[str, Counter[str]]
) -> tuple[np.ndarray, Pairs]:
    """Lines with each phrase, and with phrase and code."""
    seen = np.zeros(len(names))
    both: Pairs = defaultdict(float)
    for one, found in zip(cases, hits, strict=True):
        for phrase, line in {(p, one.lines[f]) for p, f in zip(found.phrase.tolist(), found.first.tolist(), strict=True)}:
            seen[phrase] += 1
            for code in naming[names[phrase]]:
                if line in one.where.get(code, ()):
                    both[phrase, code] += 1
    return seen, both


Key = TypeVar("Key")


def _documents(
    cases: Sequence[Case], found: Sequence[set[Key]], naming: Mapping[Key, Iterable[str]]
) -> tuple[Counter[Key], Counter[tuple[Key, str]]]:
    """Documents that have each thing, and each with one of its codes."""
    seen: Counter[Key] = Counter()
    both: Counter[tuple[Key, str]] = Counter()
    for one, held in zip(cases, found, strict=True):
        for key in held:
            seen[key] += 1
            both.update((key, code) for code in naming[key] if code in one.codes)
    return seen, both


def word_weights(cases: Sequence[Case]) -> tuple[Counter[str], int]:
    """In how many sentences each word stands, and how many sentences there are."""
    count: Counter[str] = Counter()
    sentences = 0
    for one in cases:
        count.update(word for word, _ in set(zip(one.text.words, one.text.sentences.tolist(), strict=True)))
        sentences += one.text.lines
    return count, sentences


def _terms(cases: Sequence[Case], number: dict[str, int]) -> dict[str, list[str] | np.ndarray]:
    naming: dict[str, Counter[str]] = defaultdict(Counter)
    said: dict[str, Counter[str]] = defaultdict(Counter)  # term -> the original's words
    meant: dict[str, Counter[str]] = defaultdict(Counter)  # the original's words -> code
    for one in cases:
        for named in one.named:
            places = named.words or range(named.first, named.last + 1)
            words = sorted({one.text.words[place] for place in places} - STOP)
            meant[named.original][named.code] += 1
            if words and len(words) <= WIDTH:
                term = " ".join(words)
                naming[term][named.code] += 1
                said[term][named.original] += 1
        for original, code in one.unplaced:
            meant[original][code] += 1
    by_word, sentences = word_weights(cases)
    terms = sorted(naming)
    weights = {word: log((sentences + 1) / (by_word[word] + 0.5)) for term in terms for word in term.split(" ")}
    shares: dict[str, dict[str, float]] = {}
    for term in terms:
        total = said[term].total()
        share: dict[str, float] = defaultdict(float)
        for original, times in said[term].items():
            for code, held in meant[original].items():
                share[code] += times / total * held / meant[original].total()
        shares[term] = share
        for code, held_share in share.items():
            if held_share >= BRIDGED:
                naming[term][code] += 0
    loose = Loose(terms, weights)
    whole = []
    for one in cases:
        found = loose.find(alone(one.text))
        whole.append(set(found.term[found.share >= WHOLE].tolist()) if found else set())
    documents, both = _documents(cases, whole, {place: naming[term] for place, term in enumerate(terms)})
    rows, start = [], [0]
    for place, term in enumerate(terms):
        for code, times in sorted(naming[term].items()):
            counted = (both.get((place, code), 0), documents[place])
            rows.append((number[code], times, naming[term].total(), shares[term].get(code, 0.0), *counted))
        start.append(len(rows))
    words = sorted(weights)
    return {
        "terms": terms,
        "term_words": words,
        "term_weights": np.array([weights[word] for word in words]),
        "term_rows": np.array(rows, dtype=np.float32).reshape(-1, 6),
        "term_start": np.array(start),
    }


def _topics(cases: Sequence[Case], number: dict[str, int]) -> dict[str, list[str] | np.ndarray]:
    bags = [bag(one.text) for one in cases]
    frequency = Counter(word for held in bags for word in held)
    words = sorted(word for word, times in frequency.items() if times >= TOPIC_WORDS)
    place = {word: index for index, word in enumerate(words)}
    rarity = np.array([log((len(cases) + 1) / (frequency[word] + 0.5)) for word in words], dtype=np.float32)
    matrix = np.zeros((len(cases), len(words)), dtype=np.float32)
    for row, held in enumerate(bags):
        numbers = [place[word] for word in held if word in place]
        matrix[row, numbers] = rarity[numbers]
        matrix[row] /= max(float(np.sqrt(matrix[row] @ matrix[row])), 1e-9)
    given = Counter(code for one in cases for code in one.codes)
    codes = sorted(code for code, times in given.items() if times >= TOPIC_CODES)
    target = np.array([[code in one.codes for code in codes] for one in cases], dtype=np.float64).reshape(len(cases), len(codes))
    base = target.mean(0) if len(cases) else np.zeros(len(codes))
    kernel = (matrix @ matrix.T).astype(np.float64)
    solved = np.linalg.solve(kernel + RIDGE * np.eye(len(cases)), target - base)
    weights = matrix.T @ solved.astype(np.float32)
    scale = np.maximum(np.abs(weights).max(0, initial=1e-9), 1e-9) / 127
    return {
        "topic_words": words,
        "topic_rarity": rarity,
        "topic_weights": np.round(weights / scale).astype(np.int8),
        "topic_scale": scale.astype(np.float32),
        "topic_base": base.astype(np.float32),
        "topic_codes": np.array([number[code] for code in codes], dtype=np.int64),
    }
