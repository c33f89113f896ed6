"""Columns by what the corpus taught: phrases, terms in any order, and what a text is about."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

import numpy as np

from claimwright.coding.ranking.codes import key_of
from claimwright.coding.ranking.knowledge import Knowledge
from claimwright.coding.ranking.loose import WHOLE
from claimwright.coding.ranking.parts import Part, Places
from claimwright.coding.ranking.runs import before, sizes_of, spread, starts
from claimwright.coding.ranking.words import CUES, Notes, surface

TOPIC_CANDIDATES = 60  # codes that come in by what the text is about alone
TERM_CANDIDATES = 60  # codes that come in by parts of learned terms
NOWHERE: dict[int, tuple[float, float]] = {}  # words that the corpus does not have
DESCRIBING = ("ive", "ic", "al", "ous", "ed", "ing", "ar", "oid")  # endings of words that describe rather than name

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


def phrases(notes: Notes, knowledge: Knowledge, cues: np.ndarray, edges: np.ndarray) -> tuple[Part, Leaders]:
    """Words in a row that stood for a code, and which code leads at each word."""
    text = notes.text
    hits = knowledge.phrases.find(text)
    start = knowledge["phrase_start"]
    sizes = start[hits.phrase + 1] - start[hits.phrase]
    hit = np.repeat(np.arange(len(sizes)), sizes)
    held = knowledge["phrase_rows"][spread(start[hits.phrase], sizes)]
    code = held[:, 0].astype(np.int64)
    outer = hits.outermost[hit]
    together = np.where(outer, held[:, 3], held[:, 1] - held[:, 3])
    every = np.where(outer, held[:, 4], held[:, 2] - held[:, 4])
    overall = held[:, 1] / held[:, 2]
    share = (together + 0.7 * overall) / (every + 1.0)
    documents = (held[:, 5] + 0.3) / (held[:, 6] + 1.0)
    first, last = hits.first[hit], hits.last[hit]
    note = notes.note[first]
    named = held[:, 7] / held[:, 8]

    leaders = Leaders(code, share, first, last, len(text.words))
    key = key_of(note, code)
    order = np.lexsort((-share, key))
    begin = starts(key[order])
    best = order[begin]
    begins, ends = first[best], last[best]

    def most(values: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum.reduceat(values[order], begin))

    words = np.maximum(1, np.diff(notes.start))[note[best]]
    before_note = notes.start[note[best]]
    values = (
        *(share[best], together[best], every[best], overall[best], outer[best], ends - begins + 1, held[best, 7], named[best]),
        *(documents[best], *_by_sentence(key, text.sentences[first], share, text.lines)),
        *(sizes_of(begin, len(order)), most(documents), most(np.where(outer, share, 0.0)), most(named), most(held[:, 7])),
        *((-most(-first.astype(float)) - before_note) / words, (begins - before_note) / words),
        *_surfaces(knowledge, notes, code[best], begins, ends),
        *(leaders.other(code[best], begins, ends), edges[0, begins], edges[1, ends]),
        *cues[:, begins],
    )

    strength, names = share[best].astype(float), knowledge.lists["phrases"]
    said = map(names.__getitem__, hits.phrase[hit[best]].tolist())
    times = held[best, 5:7].astype(int).T.tolist()
    told = list(zip(begins.tolist(), ends.tolist(), said, repeat("phrase"), strength.tolist(), *times, strict=False))
    places = Places(begins, ends, strength, np.ones(len(best), dtype=bool), told)
    return Part(key[best], PHRASE[0], values, places), leaders


def _by_sentence(
    key: np.ndarray, sentence: np.ndarray, share: np.ndarray, sentences: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each row in order: chance that one of its sentences holds it, the second best sentence, how many sentences."""
    keyed = key * max(1, sentences) + sentence
    order = np.lexsort((-share, keyed))
    best = order[starts(keyed[order])]
    again = np.lexsort((-share[best], key[best]))
    ordered, begin = share[best][again], starts(key[best][again])
    either = 1 - np.exp(np.add.reduceat(np.log1p(-np.minimum(ordered, 0.98)), begin))
    times = sizes_of(begin, len(ordered))
    second = np.where(times > 1, ordered[np.minimum(begin + 1, len(ordered) - 1)], 0.0)
    return either, second, times


def _surfaces(knowledge: Knowledge, notes: Notes, code: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """How often the words just as they are written went with the code, in how many documents, and whether they describe."""
    words = max(1, len(notes.text.words))
    keys, place = np.unique(first * words + last, return_inverse=True)
    names = [surface(notes.text, *divmod(key, words)) for key in keys.tolist()]
    describing = np.array([one.endswith(DESCRIBING) for one in names], dtype=bool)
    counts = [knowledge.surfaces.get(one, NOWHERE) for one in names]
    held = np.zeros((3, len(code)))
    held[2] = describing[place]
    known = np.array([bool(one) for one in counts], dtype=bool)[place]
    for row in np.flatnonzero(known).tolist():
        at, number = int(place[row]), int(code[row])
        held[:2, row] = counts[at].get(number) or (0.0, counts[at][-1][1])
    held[0] = (held[0] + 0.3) / (held[1] + 1)
    return held


class Leaders:
    """At each word, the best share of a code and the best of any other."""

    def __init__(self, code: np.ndarray, share: np.ndarray, first: np.ndarray, last: np.ndarray, words: int) -> None:
        """Codes with their shares and words."""
        sizes = last - first + 1
        row = np.repeat(np.arange(len(code)), sizes)
        word = spread(first, sizes)
        order = np.lexsort((-share[row], word))
        row, word = row[order], word[order]
        begin = starts(word)
        self.code, self.share, self.second = np.full(words, -1), np.zeros(words), np.zeros(words)
        self.code[word[begin]], self.share[word[begin]] = code[row[begin]], share[row[begin]]
        follows = np.flatnonzero(code[row] != self.code[word])
        behind = follows[starts(word[follows])]
        self.second[word[behind]] = share[row[behind]]

    def other(self, code: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """For codes and their places, the best share of another code at one of the words."""
        sizes = last - first + 1
        held = np.repeat(code, sizes)
        place = spread(first, sizes)
        other = np.where(self.code[place] == held, self.second[place], self.share[place])
        return np.asarray(np.maximum.reduceat(other, before(sizes)))


def terms(notes: Notes, knowledge: Knowledge, phrased: Part) -> Part | None:
    """Words of a learned term in whatever order; they count for a code where they are stronger than its phrase."""
    found = knowledge.loose.find(notes)
    if found is None:
        return None
    start = knowledge["term_start"]
    sizes = start[found.term + 1] - start[found.term]
    term = np.repeat(np.arange(len(sizes)), sizes)
    held = knowledge["term_rows"][spread(start[found.term], sizes)]
    note = found.note[term]
    key = key_of(note, held[:, 0].astype(np.int64))
    weight, share, rival = found.matched[term], found.share[term], found.rival[term]
    score = weight * share**2 / (1 + np.maximum(0, rival - 1)) * np.sqrt((held[:, 4] + 0.3 + held[:, 3]) / (held[:, 5] + 2))
    order = np.lexsort((-score, key))
    begin = starts(key[order])
    whole = share >= WHOLE
    whole_share = np.maximum.reduceat(np.where(whole, (held[:, 4] + 0.2) / (held[:, 5] + 1), 0.0)[order], begin)
    whole_bridge = np.maximum.reduceat(np.where(whole, held[:, 3], 0.0)[order], begin)
    best = order[begin]
    rank, place = _leading(note[best], -score[best], TERM_CANDIDATES)
    best = best[rank]
    own = term[best]
    values = (
        *(weight[best], share[best], knowledge.loose.total[found.term[own]], found.sentences[own], rival[best], held[best, 1]),
        *(held[best, 1] / np.maximum(1, held[best, 2]), held[best, 3], held[best, 4], held[best, 5], score[best], place),
        *(whole_share[rank], whole_bridge[rank]),
    )
    strength = share[best] ** 4 * (held[best, 4] + 0.2) / (held[best, 5] + 1)
    counted = strength > _of_key(phrased, key[best])
    first, last = found.first[own], found.last[own]
    names = knowledge.lists["terms"]
    begins = np.searchsorted(notes.text.sentences, np.arange(notes.text.lines + 1)).tolist()
    for row in np.flatnonzero(counted & found.again[own]).tolist():
        sentence = int(found.sentence[own[row]])
        first[row], last[row] = _span(notes.text.words, begins[sentence], begins[sentence + 1], names[found.term[own[row]]])

    said = map(names.__getitem__, found.term[own].tolist())
    times = held[best, 4:6].astype(int).T.tolist()
    told = list(zip(first.tolist(), last.tolist(), said, repeat("term"), strength.tolist(), *times, strict=False))
    return Part(key[best], TERM[0], values, Places(first, last, strength, counted, told))


def _leading(note: np.ndarray, value: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each note the rows of the least values, so many at most, in order; and their places in it."""
    order = np.lexsort((value, note))
    begin = starts(note[order])
    sizes = sizes_of(begin, len(order))
    place = np.arange(len(order)) - np.repeat(begin, sizes)
    return order[place < most], place[place < most]


def _of_key(part: Part, key: np.ndarray) -> np.ndarray:
    """How strong a part's words are for rows by their keys; below all where it has none."""
    if part.places is None or not len(part.key):
        return np.full(len(key), -1.0)
    place = np.minimum(np.searchsorted(part.key, key), len(part.key) - 1)
    return np.where(part.key[place] == key, part.places.strength[place], -1.0)


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


def topics(notes: Notes, knowledge: Knowledge) -> tuple[Part, np.ndarray]:
    """The codes that a text is likeliest about; and the scores of all topics, a row a note."""
    scores = knowledge.topics.scores(notes)
    leading = np.argsort(-scores, axis=1, kind="stable")[:, :TOPIC_CANDIDATES]
    note = np.repeat(np.arange(len(scores)), leading.shape[1])
    return Part(key_of(note, knowledge["topic_codes"][leading.ravel()]), "topic", ()), scores
