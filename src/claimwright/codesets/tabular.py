"""Read the official ICD-10-CM tabular list (XML) that the package simple-icd-10-cm carries.

We read its data and not its module: half a second instead of three, and every note stays with the code that has it. The text is
not ours to carry, so it is laid ready at installation, five times as fast to load; where it was not, the XML is read. So is the
index of its words (`icd10cm.search`), and both again after a change of what they are made of or of how words are read.

    python -m claimwright.codesets.tabular        lays both ready
"""

from __future__ import annotations

import importlib.util
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import msgspec

_NOTES = {
    "inclusionTerm": "inclusions",
    "includes": "includes",
    "excludes1": "excludes1",
    "excludes2": "excludes2",
    "codeFirst": "code_first",
    "useAdditionalCode": "use_additional",
    "codeAlso": "code_also",
}


class Node(msgspec.Struct, array_like=True, gc=False):
    """One chapter, block, category or code, dotless, with its own notes."""

    code: str
    description: str
    parent: str
    chapter: str
    children: tuple[str, ...] = ()
    inclusions: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    excludes1: tuple[str, ...] = ()
    excludes2: tuple[str, ...] = ()
    code_first: tuple[str, ...] = ()
    use_additional: tuple[str, ...] = ()
    code_also: tuple[str, ...] = ()
    sevenths: dict[str, str] = {}  # the 7th characters to choose from, by character

    @property
    def is_code(self) -> bool:
        """Whether it is a category or below, not a chapter or block."""
        return bool(self.code) and "-" not in self.code and not self.code.isdigit()


class Packed(msgspec.Struct):
    """Nodes as read from one file."""

    source: str  # the file, and the fields that were read of it
    nodes: list[Node]


DATA = files("claimwright.codesets").joinpath("data")
PACKED = DATA.joinpath("icd10cm_tabular.json")


def nodes() -> dict[str, Node]:
    """All nodes of the newest tabular list by dotless code, parents before children."""
    newest = data_file()
    with suppress(FileNotFoundError, msgspec.DecodeError):  # never laid ready, or by another version of this module
        packed = msgspec.json.decode(PACKED.read_bytes(), type=Packed)
        if packed.source == source(newest):
            return {node.code: node for node in packed.nodes}
    with newest.open("rb") as stream:
        return read(stream)


def source(file: Path) -> str:
    """A tabular list in a line, and what is read of it."""
    return f"{file.name} {file.stat().st_size} {' '.join(Node.__struct_fields__)}"


def data_file() -> Path:
    """The newest tabular list in the package's data."""
    found = importlib.util.find_spec("simple_icd_10_cm")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("codesets: the package simple-icd-10-cm is not installed")
    return max(Path(found.submodule_search_locations[0]).glob("data/*tabular*.xml"))


def read(stream: BinaryIO) -> dict[str, Node]:
    """All nodes by dotless code, parents before children; full codes with a 7th character are made by `full_codes`."""
    nodes: dict[str, Node] = {}
    for chapter in ET.parse(stream).getroot().iter("chapter"):
        number = chapter.findtext("name", "")
        top = _node(chapter, number, "", number)
        nodes[number] = top
        for section in chapter.iter("section"):
            block = _node(section, section.get("id", ""), number, number)
            if block.code not in nodes:  # a block of one category has the category's name
                nodes[block.code] = block
                top.children += (block.code,)
            for category in section.iterfind("diag"):
                _walk(category, block.code, number, {}, nodes)
    return nodes


def _walk(element: ET.Element, parent: str, chapter: str, sevenths: dict[str, str], nodes: dict[str, Node]) -> None:
    code = element.findtext("name", "").replace(".", "")
    node = _node(element, code, chapter if code == parent else parent, chapter)
    nodes[code] = node
    if node.parent in nodes and code not in nodes[node.parent].children:
        nodes[node.parent].children += (code,)
    below = element.findall("diag")
    for child in below:
        _walk(child, code, chapter, node.sevenths or sevenths, nodes)
    # Only the last level takes the 7th character; a code that is already seven long has it.
    node.sevenths = {} if below or len(code) > 6 else _allowed(code, node.sevenths or sevenths)


def _allowed(code: str, sevenths: dict[str, str]) -> dict[str, str]:
    """After death before regaining consciousness (S06 with 6th character 7 or 8) there is only an initial encounter."""
    if code.startswith("S06") and len(code) == 6 and code[5] in "78":
        return {"A": sevenths["A"]}
    return sevenths


def full_codes(node: Node) -> Iterator[tuple[str, str]]:
    """The full codes of one that needs a 7th character, with the placeholder X where it is short (Guidelines I.A.4-5)."""
    for character, meaning in node.sevenths.items():
        yield node.code.ljust(6, "X") + character, f"{node.description}, {meaning}"


def _node(element: ET.Element, code: str, parent: str, chapter: str) -> Node:
    node = Node(code, "", parent, chapter)
    for child in element:
        tag = child.tag
        if tag == "desc":
            node.description = child.text or ""
        elif tag in _NOTES:
            setattr(node, _NOTES[tag], getattr(node, _NOTES[tag]) + tuple(note.text or "" for note in child.iter("note")))
        elif tag == "sevenChrDef":
            node.sevenths = {one.get("char", ""): one.text or "" for one in child.iter("extension")}
    return node


def main() -> None:
    """Lay what the newest tabular list says, and the index of its words, beside the package's data."""
    newest = data_file()
    with newest.open("rb") as stream:
        _lay(Path(str(PACKED)), msgspec.json.encode(Packed(source(newest), list(read(stream).values()))))
    from claimwright.codesets import icd10cm  # reads what was just laid

    _lay(Path(str(icd10cm.WORDS)), icd10cm.index_to_lay().encode())


def _lay(place: Path, content: bytes) -> None:
    new = place.with_suffix(".new")
    new.write_bytes(content)
    new.replace(place)


if __name__ == "__main__":
    main()
