"""Safe fixes: what is offered mends its finding and breaks nothing; what opens payment needs the note's words."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from clean_claims import clean
from dirty_claims import MISTAKES
from edit_bench import PATIENT, claim, context, earlier, findings, lines, medicare, replace, scrubbed
from edit_cases_around import CASES as AROUND_CASES
from edit_cases_claims import CASES as CLAIM_CASES
from edit_cases_codes import CASES as CODE_CASES
from edit_cases_doses import CASES as DOSE_CASES
from edit_cases_doses import given
from edit_cases_forms import CASES as FORM_CASES
from edit_cases_notes import CASES as NOTE_CASES
from edit_cases_people import CASES as PEOPLE_CASES

from claimwright.claims.model import Drug
from claimwright.codesets.tables import starter
from claimwright.edits import fix_diagnoses
from claimwright.edits.fixes import makers, offers
from claimwright.edits.registry import all_edits
from claimwright.edits.scrub import scrub

OWN_PROBLEM = "Hypertension uncontrolled; lisinopril increased. Right knee injected with triamcinolone."
VISIT = {"do": "99213@2 20610-RT@1 J3301*4@1", "dx": "M17.11 I10"}
CLIA = {"clia": "36D7104822"}


def offered(spoilt, around=None, tables=None):
    """The fixes offered on a claim, by edit."""
    around, tables = around or context(), tables or starter()
    found = scrub(spoilt, around, tables)
    return {fix.edit: fix for _, fix in offers(spoilt, found, around, tables)}


def says(note, **changes):
    return offered(claim(**changes), context(note=note))


def codes(fix):
    return " ".join(one.code for one in fix.claim.diagnoses)


@pytest.mark.parametrize(
    ("edit", "dx", "after"),
    [
        ("DX-MANIFESTATION-FIRST", "F02.80 I10 G30.9", "G30.9 F02.80 I10"),
        ("DX-MANIFESTATION-CAUSE", "I10 F02.80 G30.9", "I10 G30.9 F02.80"),
        ("DX-EXTERNAL-CAUSE-FIRST", "W54.0XXA S61.451A", "S61.451A W54.0XXA"),
        ("DX-BMI", "Z68.32 E66.9", "E66.9 Z68.32"),
        ("DX-FIRST-ONLY", "I10 Z00.00", "Z00.00 I10"),
        ("DX-CODE-FIRST", "I50.9 I11.0", "I11.0 I50.9"),
        ("DX-CODE-FIRST-ORDER", "I10 N18.30 E11.22", "I10 E11.22 N18.30"),
        ("DX-ADDED-ONLY", "B96.20 N39.0", "N39.0 B96.20"),
        ("DX-REPEATED", "I10 E11.9 I10", "I10 E11.9"),
    ],
)
def test_diagnoses_are_put_in_order_and_every_line_still_points_to_its_own(edit, dx, after):
    last = len(dx.split())
    spoilt = claim(dx=dx, do=f"99213@1,{last}")
    fix = offered(spoilt)[edit]
    assert codes(fix) == after
    pointed = [[one.diagnoses[at - 1].code for at in one.lines[0].pointers] for one in (spoilt, fix.claim)]
    assert pointed[1] == list(dict.fromkeys(pointed[0]))


@pytest.mark.parametrize("dx", ["F02.80", "F02.80 I10", "W54.0XXA", "Z68.32"])
def test_without_the_code_that_belongs_first_nothing_is_offered(dx):
    assert not [edit for edit in offered(claim(dx=dx)) if edit.startswith("DX-")]


def test_what_supports_no_service_is_dropped_when_there_are_more_than_twelve():
    dx = " ".join(f"M25.{n}" for n in (511, 512, 521, 522, 531, 532, 541, 542, 551, 552, 561, 562, 571))
    assert "M25.571" not in codes(offered(claim(dx=dx))["DX-COUNT"])
    assert "M25.571" in codes(offered(claim(dx=dx, do="99213@13"))["DX-COUNT"])


def test_a_code_is_completed_only_when_there_is_one_way_to():
    assert codes(offered(claim(dx="U09 I10"))["DX-SPECIFIC"]) == "U09.9 I10"
    assert "DX-SPECIFIC" not in offered(claim(dx="M17.1"))  # the side is known


@pytest.mark.parametrize(("dx", "becomes"), [("J06", "J06.9"), ("I50", "I50.9"), ("J18", "J18.9"), ("G71.0", "G71.00")])
def test_a_category_is_replaced_by_its_unspecified_code_which_it_says(dx, becomes):
    fix = offered(claim(dx=dx))["DX-SPECIFIC"]
    assert codes(fix) == becomes and not fix.support
    assert fix.words == f"Replace {dx} with {becomes}, the unspecified one; the note may support a more specific code"


@pytest.mark.parametrize("dx", ["E11", "E21", "N34", "M25.51", "S93.40", "L03.9", "I10.9"])
def test_no_code_is_chosen_where_none_says_just_as_much(dx):
    assert "DX-SPECIFIC" not in offered(claim(dx=dx))


def test_the_unspecified_code_is_not_offered_where_the_note_says_more_or_a_drg_depends_on_it():
    assert "DX-SPECIFIC" in offered(claim(dx="J06"), context(note="Cough and a sore throat for two days."))
    assert "DX-SPECIFIC" not in offered(claim(dx="J06"), context(note="Acute laryngopharyngitis."))
    assert "DX-SPECIFIC" not in offered(claim(dx="I50"), context(note="Chronic diastolic heart failure."))
    in_hospital = replace(claim(dx="I50"), form="institutional")
    assert "DX-SPECIFIC" in scrubbed(in_hospital) and "DX-SPECIFIC" not in offered(in_hospital)


@pytest.mark.parametrize(
    ("dx", "among", "count"), [("M17.1", "M17.11", 3), ("S93.401", "S93.401A", 3), ("E11", "", 0), ("J06.9", "", 0)]
)
def test_a_person_chooses_among_the_complete_codes_where_they_are_few(dx, among, count):
    of = claim(dx=dx)
    held = next((one for one in findings(of) if one.edit in {"DX-SPECIFIC", "DX-SEVENTH"}), findings(claim(dx="J06"))[0])
    choices = [one.code for one in fix_diagnoses.choices(of, held, starter())]
    assert len(choices) == count and (not among or among in choices)
    if among:
        draft = fix_diagnoses.chosen(of, held, among, starter())
        assert draft and draft.words == f"Replace {dx} with {among}" and draft.claim.diagnoses[0].code == among
    assert fix_diagnoses.chosen(of, held, "Z00.00", starter()) is None


def test_the_side_the_note_names_is_offered_with_its_words():
    assert codes(says("Osteoarthritis of the left knee, worse on stairs.", dx="M17.10")["DX-SIDE"]) == "M17.12"
    fix = says("Pain in the left knee, worse on stairs.", dx="M25.569")["DX-SIDE"]
    assert codes(fix) == "M25.562" and "left knee" in fix.support
    assert "DX-SIDE" not in says("Pain in the left knee and the right knee.", dx="M25.569")


def test_25_is_offered_with_the_words_that_show_a_visit_of_its_own():
    fix = says(OWN_PROBLEM, **VISIT)["MOD-25"]
    assert fix.claim.lines[0].modifiers == ("25",)
    assert fix.words == "Append 25 to 99213" and "lisinopril increased" in fix.support
    assert "MOD-25" in says("A separate problem was addressed today.", do="99213 20610-RT J3301*4", dx="M17.11")


@pytest.mark.parametrize(
    "note",
    ["", "Right knee injected.", "No hypertension medication was changed.", "History of hypertension.",
     "No separate problem was addressed."],
)  # fmt: skip
def test_25_is_not_offered_where_the_note_shows_no_visit_of_its_own(note):
    assert "MOD-25" not in says(note, **VISIT)


@pytest.mark.parametrize(
    ("edit", "spoilt", "note", "modifiers"),
    [
        ("MOD-57", {"do": "99213 25605-RT", "dx": "S52.501A"}, "The decision for surgical repair was made today.", ("57",)),
        ("MOD-TELEHEALTH", {"place_of_service": "10"}, "Seen by video at home.", ("95",)),
        ("MOD-TELEHEALTH", {"place_of_service": "10"}, "Telephone visit, audio only.", ("93",)),
        ("MCR-THERAPY-PLAN", {"filing": "MB", "member": "1EG4TE5MK73", "do": "97110", "dx": "M54.50"},
         "Physical therapy under the plan of care of 1 October.", ("GP",)),
    ],
)  # fmt: skip
def test_a_modifier_that_opens_payment_needs_the_notes_words(edit, spoilt, note, modifiers):
    assert edit in {finding.edit for finding in findings(claim(**spoilt))}
    fix = says(note, **spoilt)[edit]
    assert fix.claim.lines[0].modifiers == modifiers
    assert fix.support and fix.support in note
    assert edit not in says("", **spoilt)
    assert edit not in says(f"Not {note}", **spoilt)


def test_video_and_telephone_in_one_note_leave_the_choice_to_the_biller():
    assert "MOD-TELEHEALTH" not in says("Begun by video. Ended by telephone.", place_of_service="10")


def test_qw_needs_the_laboratorys_number_and_a_kit_in_the_note():
    spoilt = medicare(do="87880", dx="J02.9", line=CLIA)
    assert offered(spoilt, context(note="Rapid strep positive."))["MOD-QW"].claim.lines[0].modifiers == ("QW",)
    assert "MOD-QW" not in offered(spoilt)
    assert "MOD-QW" not in offered(medicare(do="87880", dx="J02.9"), context(note="Rapid strep positive."))


def test_both_sides_are_one_unit_at_the_same_charge():
    spoilt = claim(do="20610-50*2", dx="M17.0")
    fix = offered(spoilt)["MOD-50-UNITS"]
    assert (fix.claim.lines[0].units, fix.claim.charge) == (Decimal(1), spoilt.charge)


def test_a_new_patient_who_was_seen_before_gets_the_established_code_at_its_own_charge():
    around = context(history=(earlier(days=100),), usual_charges={"99213": 9_000})
    fix = offered(claim(do="99203"), around)["PX-NEW-PATIENT"]
    assert fix.claim.lines[0].procedure == "99213"
    assert fix.claim.charge == 9_000 and "the charge becomes 90.00" in fix.words


def test_medicares_own_code_for_giving_the_only_vaccine():
    assert offered(medicare(do="90471 90662", dx="Z23"))["IMM-MEDICARE"].claim.lines[0].procedure == "G0008"
    assert "IMM-MEDICARE" not in offered(medicare(do="90471 90472 90662 90715", dx="Z23"))


def test_lines_pointers_and_writing_are_put_right():
    two = lines("99213 36415")
    assert [one.number for one in offered(claim(lines=(two[0], replace(two[1], number=3))))["CLM-LINE-NUMBERS"].claim.lines] == [
        1,
        2,
    ]
    assert offered(claim(do="99213@1,1"))["LN-POINTER"].claim.lines[0].pointers == (1,)
    assert "LN-POINTER" not in offered(claim(do="99213@7"))
    vial = Drug(ndc="0009-0280-03", quantity=Decimal(1), unit="ML")
    fix = offered(claim(do="96372 J0696", dx="N39.0", line={"drug": vial}))["DRUG-NDC-SHAPE"]
    assert fix.claim.lines[1].drug.ndc == "00009028003"


@pytest.mark.parametrize(
    ("edit", "do", "package", "after"),
    [
        ("DRUG-NDC-FORM", "J3301*4", "1 UN", "4 units, 1 ML"),  # 40 mg of 40 mg/mL
        ("DRUG-NDC-FORM", "J0585*100", "100 ME", "100 units, 100 F2"),
        ("DRUG-NDC-FORM", "J3301*4", "2 UN", None),  # no measure makes it 40 mg
        ("DRUG-DOSE", "J0696", "250 UN", "1 units, 250 ME"),  # milligrams told as vials
        ("DRUG-DOSE", "J3301*40", "1 ML", "4 units, 1 ML"),  # 40 mg billed as 40 units
        ("DRUG-DOSE", "J1885*60", "2 ML", "4 units, 2 ML"),
        ("DRUG-DOSE", "J3301*2", "2.5 ML", None),
        ("DRUG-DOSE-WEIGHT", "J0561*600000", "600000 F2", "6 units, 600000 F2"),
        ("DRUG-DOSE-WEIGHT", "J3301*40", "40 ME", None),  # 4 units, or 40 mL of 10 mg/mL
        ("DRUG-DOSE-WEIGHT", "J3301*4", "40 GR", "4 units, 40 ME"),
        ("DRUG-DOSE-WEIGHT", "J3301*4", "50 ME", None),
        ("DRUG-NDC-DECIMALS", "J3301", "0.2504 ML", "1 units, 0.25 ML"),
        ("DRUG-NDC-DECIMALS", "J3301", "0.0004 ML", None),
        ("DRUG-UNITS-WHOLE", "J3301*1.5", "0.375 ML", None),  # rounding up asks for more
    ],
)
def test_a_drug_is_measured_as_billed_or_billed_with_fewer_units_never_more(edit, do, package, after):
    spoilt = given(do, package)
    assert edit in {one.edit for one in findings(spoilt)}
    fix = offered(spoilt).get(edit)
    line = fix.claim.lines[1] if fix else None
    assert (line and f"{line.units} units, {line.drug.quantity.normalize():f} {line.drug.unit}") == after
    assert line is None or (line.units <= spoilt.lines[1].units and fix.claim.charge <= spoilt.charge)


def test_fewer_units_of_a_drug_are_charged_as_fewer_where_its_usual_charge_is_known():
    spoilt = given("J3301*40", "1 ML")
    fix = offered(spoilt, context(usual_charges={"J3301": 800}))["DRUG-DOSE"]
    assert spoilt.lines[1].charge - fix.claim.lines[1].charge == spoilt.charge - fix.claim.charge >= 0
    assert fix.claim.lines[1].charge == min(spoilt.lines[1].charge, 3200)


def test_what_was_thrown_away_is_for_the_chart_to_say():
    for edit, _, fails in DOSE_CASES:
        if edit.startswith("DRUG-WASTE"):
            assert edit not in offered(fails)


def test_a_zip_code_and_a_state_are_written_as_payers_want_them():
    home = replace(PATIENT.address, zip="43004-1234", state="oh")
    fixes = offered(claim(patient=replace(PATIENT, address=home)))
    assert fixes["ID-ZIP"].claim.patient.address.zip == "430041234"
    assert fixes["ID-STATE"].claim.patient.address.state == "OH"
    assert "ID-ZIP" not in offered(claim(patient=replace(PATIENT, address=replace(home, zip="4300"))))


def test_every_maker_mends_an_edit_that_exists():
    assert set(makers()) <= {edit.id for edit in all_edits()}


def spoilt_claims():
    """Every claim that fails in the edits' own cases, and one of each kind of mistake in a seeded clean claim."""
    for _, _, fails in CLAIM_CASES + CODE_CASES + DOSE_CASES + FORM_CASES + NOTE_CASES + AROUND_CASES + PEOPLE_CASES:
        yield fails if isinstance(fails, tuple) else (fails, context())
    rng = Random(417)
    for one in MISTAKES:
        for _ in range(3):
            _, sound, around = clean(rng)
            made = one.make(sound, around, rng)
            if made is not None:
                yield made


NOTES = (
    "",
    "Rapid kit run in the office. Hypertension stable, continue. Seen by video. A separate problem was evaluated. "
    "Right knee pain. Physical therapy continued. Active treatment of the spine. The decision for surgery was made. "
    "A second lesion at another site.",
)


@pytest.mark.parametrize("note", NOTES, ids=["no note", "a note that says much"])
def test_every_fix_offered_removes_its_finding_holds_nothing_new_and_changes_no_charge_unsaid(note):
    made = 0
    for spoilt, around, *tables in spoilt_claims():
        around, table = replace(around, note=note), tables[0] if tables else starter()
        before = scrub(spoilt, around, table)
        for finding, fix in offers(spoilt, before, around, table):
            made += 1
            after = scrub(fix.claim, around, table)
            assert [one.edit for one in after].count(fix.edit) < [one.edit for one in before].count(fix.edit)
            stops = [one.edit for one in before if one.stops]
            for one in after:
                if one.stops:
                    assert one.edit in stops
                    stops.remove(one.edit)
            assert fix.claim.charge == spoilt.charge or "the charge becomes" in fix.words
            assert sum(one.units for one in fix.claim.lines) <= sum(one.units for one in spoilt.lines)
            assert len(fix.claim.lines) <= len(spoilt.lines)
            assert fix.line == finding.line
            if makers()[fix.edit].opens:
                assert note and fix.support.rstrip("…") in note
    assert made > 40


def test_a_sound_claim_and_one_without_lines_are_offered_nothing():
    assert offered(claim()) == {}
    assert offered(claim(lines=())) == {}
