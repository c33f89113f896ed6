"""Sets that have no table: one clear word on what was not looked at, and each segment by itself where the standard is known."""

from __future__ import annotations

import pytest

from claimwright.x12.check import check
from claimwright.x12.show import sentences, show
from claimwright.x12.sniff import kind

HEAD = "ISA*00*          *00*          *ZZ*SPONSOR        *ZZ*PLAN           *261116*0930*^*00501*000000007*0*T*:~"


def file(group: str, version: str, *body: str) -> bytes:
    """One set of these segments in its envelopes."""
    rows = [f"GS*{group}*SPONSOR*PLAN*20261116*0930*7*X*{version}", *body]
    rows += [f"SE*{len(body) + 1}*0001", "GE*1*7", "IEA*1*000000007"]
    return (HEAD + "".join(f"{row}~" for row in rows)).encode()


ENROLMENT = (
    "ST*834*0001*005010X220A1",
    "BGN*00*E1*20261116*0930****2",
    "N1*P5**FI*741234567",
    "N1*IN**FI*751234567",
    "INS*Y*18*021*20*A***FT",
    "REF*0F*M100",
    "DTP*336*D8*20261101",
    "NM1*IL*1*LOPEZ*MARIA****34*999887777",
    "DMG*D8*19800504*F",
    "HD*021**HMO",
    "DTP*348*D8*20261201",
    "COB*P*X1*1",
)
PREMIUM = (
    "ST*820*0001*005010X218",
    "BPR*I*100*C*ACH*CTX*01*011000015*DA*445*1741111111**01*021000021*DA*778*20261116",
    "TRN*1*T100*1741111111",
    "N1*PE*PLAN*FI*751234567",
    "N1*PR*SPONSOR*FI*741234567",
    "ENT*1*2L*FI*741234567",
    "RMR*IK*INV1**100*100",
    "ADX*-5*52",
)
ATTACHMENT = (
    "ST*275*0001*006020X314",
    "BGN*11*0001*20261116",
    "NM1*PR*2*PLAN*****PI*00121",
    "BIN*11*<a>x*y~z</a",
)
OLD = ("ST*837*0001", "BHT*0019*00*B1*20061116*0930*CH", "REF*87*004010X098A1", "NM1*41*2*CLINIC*****46*1", "CLM*P1*100***11::1")
ANSWER = ("ST*997*0001", "AK1*HC*7", "AK2*837*0001", "AK3*NM1*8**8", "AK4*8*66*7*MI", "AK5*R*5", "AK9*R*1*1*0")

GOOD = {
    "834": file("BE", "005010X220A1", *ENROLMENT),
    "820": file("RA", "005010X218", *PREMIUM),
    "275": file("PI", "006020X314", *ATTACHMENT),
    "837P": file("HC", "004010X098A1", *OLD),
    "997": file("FA", "005010X230", *ANSWER),
}


@pytest.mark.parametrize("name", GOOD)
def test_one_finding_says_what_was_not_checked(name):
    (one,) = check(GOOD[name])
    assert one.severity == ("warning" if name == "837P" else "info")
    assert one.code == ("version-superseded" if name == "837P" else "version-not-checked")
    assert kind(GOOD[name]) == name


@pytest.mark.parametrize("name", GOOD)
def test_every_segment_is_shown(name):
    shown = [row["segment"][0] for row in show(GOOD[name])]
    assert shown[:3] + shown[-3:] == ["ISA", "GS", "ST", "SE", "GE", "IEA"]
    assert set(shown) >= {"834": {"BGN", "INS"}, "820": {"BPR", "RMR"}, "275": {"BIN"}, "837P": {"CLM"}, "997": {"AK5"}}[name]
    assert len(list(sentences(show(GOOD[name])))) == len(shown)


def test_what_was_looked_at_is_said():
    assert "each segment by itself" in next(check(GOOD["834"])).message
    assert "each segment" not in next(check(GOOD["275"])).message


@pytest.mark.parametrize(
    ("name", "good", "bad", "code", "element"),
    [
        ("834", "DTP*348*D8*20261201", "DTP*348*D8*20261301", "date-invalid", "DTP03"),
        ("834", "INS*Y*18*021", "INS*Y*18*21", "element-short", "INS03"),
        ("834", "NM1*IL*1*LOPEZ*MARIA****34*", "NM1*IL*1*LOPEZ*MARIA*****", "element-condition", "NM108"),
        ("834", "COB*P*X1*1", "COB*P*X1*11", "element-long", "COB03"),
        ("820", "RMR*IK*INV1**100*100", "RMR*IK*INV1**ONE*100", "number-invalid", "RMR04"),
        ("820", "ADX*-5*52", "ADX*-5*52*ZZ", "element-condition", "ADX04"),
        ("997", "AK4*8*66", "AK4*8*X", "number-invalid", "AK402"),
    ],
)
def test_a_wrong_element_of_a_set_without_table_is_one_error(name, good, bad, code, element):
    wrong = GOOD[name].replace(good.encode(), bad.encode())
    assert wrong != GOOD[name]
    assert [(one.code, one.element) for one in check(wrong) if one.severity == "error"] == [(code, element)]


@pytest.mark.parametrize(("length", "codes"), [("8", []), ("9", ["binary-length"])])
def test_attached_data_has_the_length_that_is_said(length, codes):
    data = file("PI", "006020X314", *ATTACHMENT[:3], f"BDS*B64*{length}*PGE+PC9h")
    assert [one.code for one in check(data) if one.severity == "error"] == codes


def test_a_segment_that_health_care_does_not_use_is_passed_over():
    wire = file("BE", "005010X220A1", *ENROLMENT, "MTX*LIN*WORDS")
    assert [one.severity for one in check(wire)] == ["info"]


def test_the_envelope_of_any_set_is_counted():
    wrong = GOOD["834"].replace(b"SE*13*", b"SE*12*")
    assert [one.code for one in check(wrong) if one.severity == "error"] == ["count-wrong"]


def test_old_lengths_are_not_held_against_old_versions():
    old = file("RA", "004010X061A1", "ST*820*0001", "BPR*I*100*C*ACH*CTX*01*011000015*DA*445*17411111110")
    assert [one.severity for one in check(old)] == ["warning"]
