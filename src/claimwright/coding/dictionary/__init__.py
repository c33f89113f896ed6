"""The official terms as a dictionary: which diagnosis codes do the words of a text name?

    find(text, on=None) -> list[Candidate]            one document; places are offsets into it
    find_each(texts, on=None) -> list[list[Candidate]]   many documents, each on its own, which is quicker
    find_in(note, on=None) -> list[Candidate]         what coding.note.read made of an encounter's documents
    choose(candidates, threshold=...) -> list[Candidate]   mention mode: the best reading of each place, no labels learned

`on` is the date of service: a code that was not valid then gives way to the one that was, or is left out; None asks for the
newest edition. A candidate is a code, the place that names it, the official term, its source and features (`Candidate`);
several may stand for one place; `score` says which fits best. Codes that take a 7th character come without it and without
padding (S72.001, T14.8, W19); `padded` writes them with X to six characters.
"""

from claimwright.coding.dictionary.choosing import choose
from claimwright.coding.dictionary.editions import padded
from claimwright.coding.dictionary.search import SOURCES, Candidate, find, find_each, find_in

__all__ = ["SOURCES", "Candidate", "choose", "find", "find_each", "find_in", "padded"]
