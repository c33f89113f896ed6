"""Faces of a part of the body that are no part of their own: the back of a knee is the knee's, not the back's."""

from __future__ import annotations

import msgspec

from claimwright.coding.lexicon import Hit

OF_HAND = {
    **dict.fromkeys(("back", "dorsum", "dorsal"), "back of hand"),
    **dict.fromkeys(("palm", "palmar", "thenar", "hypothenar"), "palm"),
}
FACES = frozenset((*OF_HAND, "posterior"))
BETWEEN = frozenset(
    ("of", "the", "his", "her", "their", "my", "right", "left", "rt", "lt", "both", "bilateral", "aspect", "surface")
)
REACH = 5  # words before a part in which its face is sought


def of_parts(sites: list[Hit], words: list[str]) -> list[Hit]:
    """The sites of a sentence, where "back of the right hand" is one and "back of the knee" the knee."""
    if not sites or FACES.isdisjoint(words):
        return sites
    faces = [_face(site, words) for site in sites]
    return [_faced(site, face, words) for site, face in zip(sites, faces, strict=True) if site.first not in faces]


def _face(site: Hit, words: list[str]) -> int:
    """Where the word stands that names a face of the part: "back" in "back of her left hand"; -1 if none does."""
    for at in range(site.first - 1, max(-1, site.first - 1 - REACH), -1):
        if words[at] in FACES:
            return at if words[at] != "back" or words[at + 1] == "of" else -1
        if words[at] not in BETWEEN:
            break
    return -1


def _faced(site: Hit, face: int, words: list[str]) -> Hit:
    """The hand's back or palm in the place of the hand."""
    if face >= 0:
        site = Hit(site.entry, face, site.last)
    if site.entry.key != "hand":
        return site
    told = [words[face]] if face >= 0 else words[site.first : site.last + 2]
    key = next((OF_HAND[word] for word in told if word in OF_HAND), "")
    return msgspec.structs.replace(site, entry=msgspec.structs.replace(site.entry, key=key)) if key else site


def face_of_another(hit: Hit, words: list[str]) -> bool:
    """Whether a term of several words ends with the face of another part: "cellulitis of back" of the hand."""
    return words[hit.last] == "back" and words[hit.last + 1 : hit.last + 2] == ["of"]
