"""A table for a text: a row for each code that something speaks for, a column for each thing that may tell right from wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from claimwright.coding.dictionary import Candidate
from claimwright.coding.ranking import beside, record
from claimwright.coding.ranking.knowledge import Knowledge
from claimwright.coding.ranking.loose import WHOLE
from claimwright.coding.ranking.record import Proposed
from claimwright.coding.ranking.words import CUES, FAR, Text, cue_distances, edges, surface

TOPIC_CANDIDATES = 60  # codes that come in by what the text is about alone
TERM_CANDIDATES = 60  # codes that come in by parts of learned terms
SOURCES = {letter: place for place, letter in enumerate("thonisemd")}
NOWHERE: dict[int, tuple[float, float]] = {}  # words that the corpus does not have
DESCRIBING = ("ive", "ic", "al", "ous", "ed", "ing", "ar", "oid")  # endings of words that describe rather than name
SIDES = {"": 0, "said": 1, "unsided": 2, "ignored": 3}

PHRASE = (
    *("p_share", "p_with", "p_all", "p_share_any", "p_outermost", "p_words", "p_named", "p_named_share", "p_documents"),
    *("p_either", "p_second", "p_sentences", "p_rows", "p_most_documents", "p_most_outer", "p_most_named_share", "p_most_named"),
    *("p_first", "p_place", "p_surface", "p_surface_all", "p_adjective", "p_rival", "p_begins", "p_ends"),
    *(f"p_{cue}" for cue in CUES),
)
TERM = (
    *("t_weight", "t_share", "t_total", "t_sentences", "t_rival", "t_named", "t_named_share", "t_bridge", "t_with", "t_all"),
    *("t_score", "t_rank", "t_whole", "t_whole_bridge"),
)
OFFICIAL = (
    *("d_score", "d_words", "d_optional", "d_unsaid", "d_gap", "d_clauses", "d_inverted", "d_changed", "d_source", "d_sources"),
    *("d_side", "d_places", "d_better", "d_ties", "d_second", "d_rival", "d_rank", "d_place"),
    *("d_learned", "d_adjective", "d_begins", "d_ends"),
    *(f"d_{cue}" for cue in CUES),
    *record.PLACE,
)
CODE = (
    *("topic", "prior", "category_prior", "prior_in_category", "length", "last"),
    *("words", "density", "category_most", "category_sum", "category_term", "category_official"),
    *record.CODE,
)
FEATURES = (*PHRASE, *TERM, *OFFICIAL, *CODE, *beside.BESIDE)
COLUMN = {name: place for place, name in enumerate(FEATURES)}


class Found(msgspec.Struct):
    """What speaks for a code: words [first, last] of the text, the term and where it was learned."""

    first: int
    last: int
    term: str
    source: str  # "phrase", "term", or "official" and the letter of its list
    strength: float  # to put the best first
    times: int = 0  # documents of the corpus that had term and code
    of: int = 0  # documents that had the term


class Table(msgspec.Struct):
    """Codes, their features and what speaks for them."""

    codes: list[str]
    rows: np.ndarray
    found: list[list[Found]]


class _Rows:
    """Rows of a table as they come in."""

    def __init__(self, knowledge: Knowledge, text: Text) -> None:
        self.knowledge = knowledge
        self.place: dict[str, int] = {}
        self.parts: list[tuple[np.ndarray, str, np.ndarray]] = []
        self.found: list[list[Found]] = []
        self.leaders: _Leaders | None = None
        self.edges = edges(text)
        self.taken, self.times = knowledge.record.words(text)

    def add(self, codes: Sequence[str], first: str, values: np.ndarray, found: Sequence[Found]) -> None:
        """Columns from `first` on for some codes."""
        places = np.array([self.place.setdefault(code, len(self.place)) for code in codes], dtype=np.int64)
        self.found += [[] for _ in range(len(self.place) - len(self.found))]
        for place, one in zip(places.tolist(), found, strict=False):
            self.found[place].append(one)
        self.parts.append((places, first, values))

    def filled(self) -> np.ndarray:
        """All columns; what nothing is known of is not a number."""
        rows = np.full((len(self.place), len(FEATURES)), np.nan, dtype=np.float32)
        for places, first, values in self.parts:
            column = COLUMN[first]
            rows[places, column : column + values.shape[1]] = values
        return rows


def table(text: Text, knowledge: Knowledge, official: Sequence[Candidate]) -> Table:
    """The table of a text; `official` is what the dictionary found in it."""
    rows = _Rows(knowledge, text)
    cues = cue_distances(text)
    _phrases(rows, text, cues)
    _terms(rows, text)
    _official(rows, text, official, cues)
    topics = _topics(rows, text)
    filled = rows.filled()
    codes = list(rows.place)
    _codes(filled, codes, knowledge, topics, len(text.words))
    _beside(filled, rows, text)
    return Table(codes, filled, rows.found)


def _starts(ordered: np.ndarray) -> np.ndarray:
    """Where another value begins."""
    changed = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changed[1:])
    return changed.nonzero()[0]


def _spread(starts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Numbers start, start + 1, ... of each group, one group after the other."""
    return np.asarray(np.repeat(starts - _before(sizes), sizes) + np.arange(sizes.sum()))


def _before(sizes: np.ndarray) -> np.ndarray:
    """Where each group of these sizes begins, one after the other."""
    return np.asarray(np.cumsum(sizes) - sizes)


def _phrases(rows: _Rows, text: Text, cues: np.ndarray) -> None:
    knowledge = rows.knowledge
    hits = knowledge.phrases.find(text)
    start = knowledge["phrase_start"]
    sizes = start[hits.phrase + 1] - start[hits.phrase]
    if not sizes.sum():
        return
    hit = np.repeat(np.arange(len(sizes)), sizes)
    held = knowledge["phrase_rows"][_spread(start[hits.phrase], sizes)]
    code = held[:, 0].astype(np.int64)
    outer = hits.outermost[hit]
    together = np.where(outer, held[:, 3], held[:, 1] - held[:, 3])
    every = np.where(outer, held[:, 4], held[:, 2] - held[:, 4])
    overall = held[:, 1] / held[:, 2]
    share = (together + 0.7 * overall) / (every + 1.0)
    documents = (held[:, 5] + 0.3) / (held[:, 6] + 1.0)
    first, last = hits.first[hit], hits.last[hit]
    sentence = text.sentences[first]
    named = held[:, 7] / held[:, 8]

    rows.leaders = _Leaders(code, share, first, last, len(text.words))
    order = np.lexsort((-share, code))
    begin = _starts(code[order])
    best = order[begin]

    def most(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum.reduceat(values[order], begin))

    either, second, sentences = _by_sentence(code, sentence, share)
    words = max(1, len(text.words))
    values = np.column_stack(
        (
            *(
                share[best],
                together[best],
                every[best],
                overall[best],
                outer[best],
                (last - first + 1)[best],
                held[best, 7],
                named[best],
            ),
            *(documents[best], either, second, sentences, np.diff(np.append(begin, len(order))), most(documents)),
            *(
                most(np.where(outer, share, 0.0)),
                most(named),
                most(held[:, 7]),
                -most(-first.astype(float)) / words,
                first[best] / words,
            ),
            *_surfaces(rows.knowledge, text, code[best], first[best], last[best]),
            *(rows.leaders.other(code[best], first[best], last[best]), rows.edges[0, first[best]], rows.edges[1, last[best]]),
            *cues[:, first[best]],
        )
    )
    names = knowledge.lists["phrases"]
    times = held[best, 5:7].astype(np.int64)
    lists = (one.tolist() for one in (first[best], last[best], hits.phrase[hit[best]], share[best], times))
    found = [
        Found(begin, end, names[said], "phrase", strong, *both) for begin, end, said, strong, both in zip(*lists, strict=True)
    ]
    rows.add([knowledge.codes[number] for number in code[best].tolist()], PHRASE[0], values, found)


def _by_sentence(code: np.ndarray, sentence: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each code in order: chance that one of its sentences holds it, the second best sentence, how many sentences."""
    order = np.lexsort((-share, sentence, code))
    keyed = code[order] * (int(sentence.max()) + 1) + sentence[order]
    best = order[_starts(keyed)]
    again = np.lexsort((-share[best], code[best]))
    ordered, begin = share[best][again], _starts(code[best][again])
    either = 1 - np.exp(np.add.reduceat(np.log1p(-np.minimum(ordered, 0.98)), begin))
    sentences = np.diff(np.append(begin, len(ordered)))
    second = np.where(sentences > 1, ordered[np.minimum(begin + 1, len(ordered) - 1)], 0.0)
    return either, second, sentences


def _surfaces(knowledge: Knowledge, text: Text, code: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """How often the words just as they are written went with the code, in how many documents, and whether they describe."""
    held = np.zeros((3, len(code)))
    told: dict[tuple[int, int], tuple[dict[int, tuple[float, float]], bool]] = {}
    surfaces = knowledge.surfaces
    for row, (number, *place) in enumerate(zip(code.tolist(), first.tolist(), last.tolist(), strict=True)):
        at = (place[0], place[1])
        if at not in told:
            words = surface(text, *at)
            told[at] = surfaces.get(words, NOWHERE), words.endswith(DESCRIBING)
        counts, held[2, row] = told[at]
        if counts:
            held[0, row], held[1, row] = counts.get(number) or (0.0, counts[-1][1])
    held[0] = (held[0] + 0.3) / (held[1] + 1)
    return held


class _Leaders:
    """At each word, the best share of a code and the best of any other."""

    def __init__(self, code: np.ndarray, share: np.ndarray, first: np.ndarray, last: np.ndarray, words: int) -> None:
        sizes = last - first + 1
        row = np.repeat(np.arange(len(code)), sizes)
        word = _spread(first, sizes)
        order = np.lexsort((-share[row], word))
        row, word = row[order], word[order]
        begin = _starts(word)
        self.code, self.share, self.second = np.full(words, -1), np.zeros(words), np.zeros(words)
        self.code[word[begin]], self.share[word[begin]] = code[row[begin]], share[row[begin]]
        follows = np.flatnonzero(code[row] != self.code[word])
        behind = follows[_starts(word[follows])]
        self.second[word[behind]] = share[row[behind]]

    def other(self, code: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """For codes and their places, the best share of another code at one of the words."""
        sizes = last - first + 1
        held = np.repeat(code, sizes)
        place = _spread(first, sizes)
        other = np.where(self.code[place] == held, self.second[place], self.share[place])
        return np.asarray(np.maximum.reduceat(other, _before(sizes)))


def _terms(rows: _Rows, text: Text) -> None:
    knowledge = rows.knowledge
    found = knowledge.loose.find(text)
    if found is None:
        return
    start = knowledge["term_start"]
    sizes = start[found.term + 1] - start[found.term]
    term = np.repeat(np.arange(len(sizes)), sizes)
    held = knowledge["term_rows"][_spread(start[found.term], sizes)]
    code = held[:, 0].astype(np.int64)
    weight, share, rival = found.matched[term], found.share[term], found.rival[term]
    score = weight * share**2 / (1 + np.maximum(0, rival - 1)) * np.sqrt((held[:, 4] + 0.3 + held[:, 3]) / (held[:, 5] + 2))
    order = np.lexsort((-score, code))
    begin = _starts(code[order])
    whole = share >= WHOLE
    whole_share = np.maximum.reduceat(np.where(whole, (held[:, 4] + 0.2) / (held[:, 5] + 1), 0.0)[order], begin)
    whole_bridge = np.maximum.reduceat(np.where(whole, held[:, 3], 0.0)[order], begin)
    best = order[begin]
    rank = np.argsort(-score[best], kind="stable")[:TERM_CANDIDATES]
    best = best[rank]
    values = np.column_stack(
        (
            *(weight[best], share[best], knowledge.loose.total[found.term[term[best]]], found.sentences[term[best]], rival[best]),
            *(
                held[best, 1],
                held[best, 1] / np.maximum(1, held[best, 2]),
                held[best, 3],
                held[best, 4],
                held[best, 5],
                score[best],
            ),
            *(np.arange(len(best)), whole_share[rank], whole_bridge[rank]),
        )
    )
    codes = [knowledge.codes[number] for number in code[best].tolist()]
    rows.add(codes, TERM[0], values, [])
    names = knowledge.lists["terms"]
    strength = share[best] ** 4 * (held[best, 4] + 0.2) / (held[best, 5] + 1)
    begin = np.searchsorted(text.sentences, np.arange(len(text.bounds) + 1)).tolist()
    times = held[best, 4:6].astype(np.int64).tolist()
    lists = (one.tolist() for one in (found.term[term[best]], found.sentence[term[best]], strength))
    for name, number, sentence, strong, both in zip(codes, *lists, times, strict=True):
        others = rows.found[rows.place[name]]
        if not others or others[0].strength < strong:
            first, last = _span(text.words, begin[sentence], begin[sentence + 1], names[number])
            others.append(Found(first, last, names[number], "term", strong, *both))


def _span(words: Sequence[str], begin: int, end: int, term: str) -> tuple[int, int]:
    """The first and last word of the narrowest stretch that has all words of the term that the sentence [begin, end) has."""
    wanted = set(term.split(" "))
    held = [(place, words[place]) for place in range(begin, end) if words[place] in wanted]
    need = len({word for _, word in held})
    seen: dict[str, int] = {}
    best = (held[0][0], held[-1][0])
    for place, word in held:
        seen[word] = place
        if len(seen) == need and place - (first := min(seen.values())) < best[1] - best[0]:
            best = (first, place)
    return best


def _official(rows: _Rows, text: Text, official: Sequence[Candidate], cues: np.ndarray) -> None:
    if not official or not text.words:
        return
    proposed = Proposed(text, official)
    at: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one in official:
        at[one.start, one.end].append(one.score)
    words = len(text.words)
    begin = np.array([one.start for one in official])
    end = np.array([one.end for one in official])
    scores = np.array([one.score for one in official])
    names = np.array([hash(one.code) for one in official])
    place = {id(one): number for number, one in enumerate(official)}
    chosen = np.array([place[id(one)] for one in proposed.best])
    overlap = (begin < end[chosen, None]) & (end > begin[chosen, None]) & (names != names[chosen, None])
    rival = np.where(overlap, scores, -9.0).max(1) - scores[chosen]
    numbers = np.array([rows.knowledge.number.get(code, -1) for code in proposed.codes])
    first, last = proposed.first, proposed.last
    learned = rows.leaders.other(numbers, first, last) if rows.leaders else np.zeros(len(numbers))
    values, found = [], []
    for one, held, begins, ends_at in zip(proposed.best, proposed.held, first.tolist(), last.tolist(), strict=True):
        points, source = one.score, one.source
        same = at[one.start, one.end]
        alone = len(held) == 1
        values.append(
            (
                *(points, one.words, one.optional, one.unsaid, one.gap, one.clauses, one.inverted, one.changed),
                *(SOURCES.get(source[0], 9), len(source), SIDES[one.side]),
                1 if alone else len({(other.start, other.end) for other in held}),
                sum(score > points for score in same) if len(same) > 1 else 0,
                same.count(points),
                -5 if alone else sorted(map(_score, held))[-2],
            )
        )
        strength = 0.2 + 0.1 * one.words - 0.1 * one.gap
        found.append(Found(begins, ends_at, one.term, "official " + source[0], strength))
    describing = [text.content[one.start : one.end].lower().endswith(DESCRIBING) for one in proposed.best]
    around = (describing, rows.edges[0, first], rows.edges[1, last], *cues[:, first])
    fared = rows.knowledge.record.places(text, proposed, rows.taken, rows.times)
    more = np.column_stack((rival, np.arange(len(numbers)), first / words, learned, *around, fared))
    rows.add(proposed.codes, OFFICIAL[0], np.column_stack((np.array(values), more)), found)


def _score(one: Candidate) -> float:
    return one.score


def _topics(rows: _Rows, text: Text) -> dict[str, float]:
    knowledge = rows.knowledge
    scores = knowledge.topics.score(text)
    leading = np.argsort(-scores, kind="stable")[:TOPIC_CANDIDATES]
    names = knowledge.topic_names
    rows.add([names[place] for place in leading.tolist()], "topic", scores[leading, None], [])
    return dict(zip(names, scores.tolist(), strict=True))


def _codes(rows: np.ndarray, codes: list[str], knowledge: Knowledge, topics: dict[str, float], words: int) -> None:
    """Columns that look at the code, its category and the whole text."""
    count = len(codes)
    if not count:
        return
    numbers = np.array([knowledge.number.get(code, -1) for code in codes])
    category = np.array([knowledge.categories.get(code[:3], -1) for code in codes])
    prior = np.where(numbers >= 0, knowledge.prior[numbers], 0.0)
    category_prior = np.where(category >= 0, knowledge.category_prior[category], 0.0)
    held: dict[str, int] = {}
    group = np.array([held.setdefault(code[:3], len(held)) for code in codes])
    either = _known(rows, "p_either")
    rows[:, COLUMN["topic"]] = [topics.get(code, np.nan) for code in codes]
    rows[:, COLUMN["prior"]] = prior
    rows[:, COLUMN["category_prior"]] = category_prior
    rows[:, COLUMN["prior_in_category"]] = prior / np.maximum(1, category_prior)
    rows[:, COLUMN["length"]] = [len(code) for code in codes]
    rows[:, COLUMN["last"]] = [("0", "9").index(code[-1]) + 1 if code[-1] in "09" else 0 for code in codes]
    rows[:, COLUMN["words"]] = words
    rows[:, COLUMN["density"]] = either.sum() / max(1, words) * 100
    rows[:, COLUMN["category_sum"]] = np.bincount(group, weights=either, minlength=len(held))[group]
    for name, source in (("category_most", "p_either"), ("category_term", "t_whole"), ("category_official", "d_score")):
        rows[:, COLUMN[name]] = _others(_known(rows, source), group)
    fared = COLUMN[record.CODE[0]]
    rows[:, fared : fared + len(record.CODE)] = knowledge.record.codes(codes)


def _beside(filled: np.ndarray, rows: _Rows, text: Text) -> None:
    """Columns that look at the words around the best place of each code, and at other codes over the same words."""
    held = [(place, max(found, key=_strength)) for place, found in enumerate(rows.found) if found]
    if not held:
        return
    place = np.array([number for number, _ in held])
    first, last = np.array([(found.first, found.last) for _, found in held]).T
    official = 1 / (1 + np.exp(-filled[place, COLUMN["d_score"]]))
    fared = np.where(filled[place, COLUMN["o_proposed"]] > 2, filled[place, COLUMN["o_share"]], 0.5)
    learned = np.fmax(filled[place, COLUMN["p_share"]], filled[place, COLUMN["t_whole"]])
    strength = np.nan_to_num(np.fmax(learned, official * fared))
    around = beside.neighbors(text, first, last, rows.taken, rows.times, rows.edges)
    filled[place, COLUMN[beside.BESIDE[0]] :] = np.column_stack((*around, *beside.rivals(first, last, strength)))


def _strength(found: Found) -> float:
    return found.strength


def _known(rows: np.ndarray, name: str) -> np.ndarray:
    """A column, 0 where nothing is known."""
    values = rows[:, COLUMN[name]]
    return np.where(np.isnan(values), np.float32(0), values)


def _others(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    """The highest value of another code of the category; nothing where it is alone or none has any."""
    order = np.lexsort((-values, group))
    begin = _starts(group[order])
    sizes = np.diff(np.append(begin, len(order)))
    leader = order[begin]
    second = np.where(sizes > 1, values[order[np.minimum(begin + 1, len(order) - 1)]], 0.0)
    found = values[leader][group]
    found[leader] = second
    return np.asarray(found)


__all__ = ["COLUMN", "FAR", "FEATURES", "Found", "Table", "table"]
