"""The importers: each official layout is told by its content, read in full, and refused whole when it is damaged."""

import gzip
import io
import random
import zipfile
from datetime import date, timedelta

import pytest

from claimwright.codesets.building import Builder
from claimwright.codesets.importers import Refused, import_file, layouts

ON = date(2026, 8, 1)

PTP = (
    "CPT only copyright 2025 American Medical Association. All rights reserved.\t\t\t\t\t\t\n"
    "Column 1/Column 2 Edits\t\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence before 1996\tEffective Date\tDeletion Date *=no data\tModifier 0=no\tRationale\n"
    "11042\t97597\t\t20260701\t*\t1\tMutually exclusive procedures\n"
    "11042\t97602\t\t20100101\t20251231\t0\tMisuse of Column Two code with Column One code\n"
    "11042\t97602\t\t20260401\t*\t1\tMisuse of Column Two code with Column One code\n"
    "11042\t97610\t*\t19960101\t19960101\t9\tStandards of medical/surgical practice\n"
)
MUE = (
    '"CPT codes are copyright of the AMA.\nAll rights reserved, ""as is""."\n'
    '"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator","MUE Rationale"\n'
    "11042,1,3 Date of Service Edit: Clinical,Clinical: Data\n"
    "0001U,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction\n"
    "A4206,0,1 Line Edit,CMS Policy\n"
)
MUE_CSV = "hcpcs_code,mue_units,mue_mai,mue_rationale,mue_service\nA4206,0,3,CMS Policy,DME Supplier\n"
AOC = (
    "Add_On_Code\tAOC_Del_Dt\tPrimary_Code\tPrimary_Code_Del_Dt\tAOC_Edit_Eff_Dt\tAOC_Edit_Del_Dt\tAOC_Edit_Type\tSpecial_Instruction_Notes\n"
    "11045\t\t11042\t\t2013091\t\t1\t\n"
    "11045\t\t11043\t\t2013091\t2025365\t1\t\n"
    "99292\t\tCCCCC\t\t2013091\t\t2\t\n"
)
RVU_2025 = (
    ",,2025 National Physician Fee Schedule Relative Value File April Release" + "," * 28 + "\n" + ("," * 30 + "\n") * 8
    + "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,"
    "SURG,SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT\n"
    "27447,,,A,,19.60,17.79,NA,17.79,,3.94,41.33,41.33,0,090,0.10,0.69,0.21,2,1,2,1,0,,32.3465,09,0,99,0.00,0.00,0.00\n"
    "93000,TC,,A,,0.00,0.23,,0.23,NA,0.01,0.24,0.24,1,XXX,0.00,0.00,0.00,0,0,0,0,0,,32.3465,01,0,99,0.00,0.00,0.00\n"
)  # fmt: skip


def hcpcs_line(code: str, kind: str, long: str, short: str = "", added: str = "", ended: str = "") -> str:
    line = f"{code:>5}{'00100':5}{kind}{long:<80}{short:<28}{'38':<8}A"
    return f"{line:<229}{'D':<39}{added:<8}{added:<8}{ended:<8}N" if kind in "37" else line


HCPCS = "\r\n".join(
    (
        hcpcs_line("E0601", "3", "Continuous positive airway pressure", "Cont airway pressure device", "19880101"),
        hcpcs_line("E0601", "4", "(cpap) device"),
        hcpcs_line("K0001", "3", "Standard wheelchair", "Standard wheelchair", "19930101", "20260630"),
        hcpcs_line("LT", "7", "Left side (used to identify procedures)", "Left side", "19880101"),
        "",
    )
)
ZIP5 = "".join(f"{text:<75}20263\r\n" for text in ("AL350041010200R     0", "AL350051010200      0 "))
NPPES_HEAD = (
    "NPI,Entity Type Code,Provider Organization Name (Legal Business Name),Provider Last Name (Legal Name),Provider First Name,"
    "Provider Business Practice Location Address City Name,Provider Business Practice Location Address State Name,"
    "Provider Business Practice Location Address Postal Code,Provider Enumeration Date,"
    "NPI Deactivation Date,NPI Reactivation Date,"
    "Healthcare Provider Taxonomy Code_1,Healthcare Provider Primary Taxonomy Switch_1,"
    "Healthcare Provider Taxonomy Code_2,Healthcare Provider Primary Taxonomy Switch_2\n"
)
NPPES = NPPES_HEAD + (
    '"1234567893","1","","SAMPLE","SYNTHIA","AUSTIN","TX","787010000","01/02/2008","","","207R00000X","N","207Q00000X","Y"\n'
    '"1000000004","","","","","","","","","03/04/2020","","","","",""\n'
)
DMEPOS = (
    "2026 DMEPOS Fee Schedule July Release,,,,,,,,\nHCPCS,Mod,Mod2,JURIS,CATG,Ceiling,Floor,AL (NR),AL (R),Description\n"
    "E0601,RR,,D,CR,0.00,0.00,$70.12,75.01,Cont airway\n"
)
TABULAR = (
    "<?xml version='1.0'?><ICD10CM.tabular><version>2027</version><chapter><name>4</name><desc>Endocrine</desc>"
    "<section id='E08-E13'><desc>Diabetes mellitus</desc><diag><name>E11</name><desc>Type 2 diabetes mellitus</desc>"
    "<useAdditionalCode><note>code to identify control using insulin (Z79.4)</note></useAdditionalCode>"
    "<diag><name>E11.9</name><desc>Type 2 diabetes mellitus without complications</desc></diag></diag></section></chapter>"
    "</ICD10CM.tabular>"
)
INDEX = (
    "<?xml version='1.0'?><ICD10CM.index><version>2027</version><title>ICD-10-CM INDEX TO DISEASES and INJURIES</title><letter>"
    "<title>S</title><mainTerm><title>Stone(s)</title><see>Calculus</see></mainTerm><mainTerm><title>Sugar<nemod>(high)</nemod></title>"
    "<code>R73.9</code><term level='1'><title>in urine</title><code>R81</code></term></mainTerm></letter></ICD10CM.index>"
)
PCS_TABLES = (
    "<ICD10PCS.tabular><version>2027</version><pcsTable><axis pos='1'><label code='0'>Medical and Surgical</label></axis>"
    "<axis pos='2'><label code='D'>Gastrointestinal</label></axis><axis pos='3'><label code='T'>Resection</label></axis>"
    "<pcsRow codes='2'><axis pos='4'><label code='J'>Appendix</label></axis><axis pos='5'><label code='0'>Open</label>"
    "<label code='4'>Percutaneous Endoscopic</label></axis><axis pos='6'><label code='Z'>No Device</label></axis>"
    "<axis pos='7'><label code='Z'>No Qualifier</label></axis></pcsRow></pcsTable></ICD10PCS.tabular>"
)
CLFS = (
    "2026 Clinical Diagnostic Laboratory Fee Schedule,,,,,,,,\nnotice,,,,,,,,\n,,,,,,,,\n,,,,,,,,\n"
    "YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC,LONGDESC,EXTENDEDLONGDESC\n2026,80053,,20260101,N,10.56,words,words,words\n"
)
OPPS = (
    "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026,,,,,,\n"
    "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\n"
    'G0463,Hospital outpt clinic visit,J2,5012,1.4,"$1,126.11"\n'
)
ASC = (
    "Addendum AA -- Final ASC Covered Surgical Procedures for CY 2026,,,,,\n"
    "HCPCS Code,Short Descriptor,Subject to Multiple Procedure Discounting,Payment Indicator,Payment Weight,Payment Rate\n"
    '0102T,words,Y,G2,29.2047,"$1,644.87"\n'
)
POA = (
    "OrdFY27\tPOAexemptCode\tDescription\n01236\tB90.0\tmade-up words\n"
    '95388\tY92.003\t"made-up, words"\n97579\tZ99.89\tmore words\n'
)
FILES: dict[str, tuple[str, str, str, int]] = {  # name: content, table, a key, rows
    "ccipra-v322r0-f1.txt": (PTP, "ncci-practitioner", "", 4),
    "ccioph-v322r0-f2.TXT": (PTP, "ncci-outpatient", "", 4),
    "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv": (MUE, "mue-practitioner", "11042", 3),
    "AOC_V2026Q3-MCR.txt": (AOC, "addons", "11045", 3),
    "PPRRVU25_APR.csv": (RVU_2025, "pprrvu", "27447", 2),
    "HCPC2026_JUL_ANWEB.txt": (HCPCS, "hcpcs", "E0601", 2),
    "ZIP5_JUL2026.txt": (ZIP5, "zip-localities", "35004", 2),
    "npidata_pfile_20050523-20260712.csv": (NPPES, "nppes", "1234567893", 2),
    "DMEPOS26_JUL.csv": (DMEPOS, "dmepos", "E0601", 1),
    "POAexemptCodesFY27.txt": (POA, "poa-exempt", "Y92003", 3),
    "icd10cm_tabular_2027.xml": (TABULAR, "icd10cm-tabular", "E119", 4),
    "icd10cm_index_2027.xml": (INDEX, "icd10cm-index", "sugar", 3),
    "icd10pcs_tables_2027.xml": (PCS_TABLES, "icd10pcs-tables", "0DT", 1),
    "CLFS 2026 Q3V1.csv": (CLFS, "clfs", "80053", 1),
    "January_2026_OPPS_Addendum_B.csv": (OPPS, "opps", "G0463", 1),
    "July_2026_ASC_AA.csv": (ASC, "asc", "0102T", 1),
    "2026 CPT.txt": ("12345\tfirst made-up words\n23456\tother made-up words\n", "cpt", "12345", 2),
    "payers.csv": ("payer_id,name,timely_days\nDEMO1,Made-up Health,180\n", "payers", "DEMO1", 1),
    "article_x_hcpc_code.csv": (
        "article_id,article_version,hcpc_code_id,hcpc_code_version,hcpc_code_group\n57000,12,84439,3,1\n",
        "coverage-procedures",
        "84439",
        1,
    ),
    "article_x_icd10_covered.csv": (
        "article_id,article_version,icd10_code_id,icd10_code_version,icd10_covered_group\n57000,12,E03.9,3,1\n",
        "coverage-diagnoses",
        "57000.12",
        1,
    ),
    "claim_status.csv": ("code,description\n1,For more information\n20,Accepted for processing.\n", "claim-status", "20", 2),
}


@pytest.mark.parametrize("name", FILES)
def test_each_layout_is_told_by_its_content_and_read(shelf, name):
    content, table, key, rows = FILES[name]
    release = shelf.bring(name, content)[0].release
    assert (release.table, release.rows) == (table, rows)
    if key:
        assert shelf.store().rows(release, key)


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith("cci")])
def test_the_name_does_not_tell_a_layout(shelf, name):
    content, table, _, _ = FILES[name]
    assert shelf.bring("download(3).dat", content, start=date(2026, 7, 1))[0].release.table == table


def test_archives_are_read_directly(shelf):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("HCPC2026_JUL_ANWEB.txt", HCPCS)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("readme.pdf", b"%PDF-1.4")
        archive.writestr("hcpcs.zip", inner.getvalue())
    assert [one.release.table for one in shelf.bring("july.zip", outer.getvalue())] == ["hcpcs", "modifiers"]
    assert [one.done for one in shelf.bring("x.csv.gz", gzip.compress(MUE.encode()), date(2026, 7, 1))] == ["imported"]


def test_what_a_file_says_of_its_period_is_its_period(shelf):
    told = {
        "PPRRVU.csv": (RVU_2025, date(2025, 4, 1), date(2025, 12, 31)),  # in its title
        "z.txt": (ZIP5, date(2026, 7, 1), date(2026, 9, 30)),  # at the end of every line
        "index.xml": (INDEX, date(2026, 10, 1), date(2027, 9, 30)),  # its version is a fiscal year
        "MCR_MUE_PractitionerServices_Eff_07-01-2026.csv": (MUE, date(2026, 7, 1), date(2026, 9, 30)),  # only in its name
        "PUF_CLFS_CY2026_Q3V1.csv": (CLFS, date(2026, 7, 1), date(2026, 9, 30)),
        "26CLABQ4.csv": (CLFS.replace("10.56", "10.57"), date(2026, 10, 1), date(2026, 12, 31)),
    }
    for name, (content, start, end) in told.items():
        period = shelf.bring(name, content)[0].release.period
        assert (period.start, period.end) == (start, end), name


def test_a_file_that_does_not_say_from_when_it_holds_is_refused_until_someone_does(shelf):
    with pytest.raises(Refused, match="--from"):
        shelf.bring("mue.csv", MUE)
    assert shelf.bring("mue.csv", MUE, start=date(2026, 7, 1))[0].release.period.end == date(2026, 9, 30)


def test_a_pair_holds_from_its_first_to_its_last_day(shelf):
    shelf.bring("ccipra-v322r0-f1.txt", PTP)
    pair = shelf.tables().pair
    assert pair("11042", "97597", date(2026, 6, 30)) is None
    assert pair("11042", "97597", date(2026, 7, 1)).rationale == "exclusive"
    said = {day: found and found.indicator for day in ("2009-12-31", "2010-01-01", "2025-12-31", "2026-01-01", "2026-04-01")
            if (found := pair("11042", "97602", date.fromisoformat(day))) or True}  # fmt: skip
    assert said == {"2009-12-31": None, "2010-01-01": "0", "2025-12-31": "0", "2026-01-01": None, "2026-04-01": "1"}
    assert pair("11042", "97610", date(1996, 1, 1)) is None  # indicator 9: ended the day it began
    assert pair("97597", "11042", ON) is None


def test_parts_of_a_release_answer_together(shelf):
    shelf.bring("ccipra-v322r0-f1.txt", PTP)
    shelf.bring("ccipra-v322r0-f2.txt", PTP.replace("11042", "27447"))
    assert shelf.tables().pair("11042", "97597", ON) and shelf.tables().pair("27447", "97597", ON)
    assert len(shelf.store().releases) == 2


def test_an_add_on_code_stands_beside_the_primaries_of_its_day(shelf):
    shelf.bring("AOC_V2026Q3-MCR.txt", AOC)
    add_on = shelf.tables().add_on
    assert add_on("11045", date(2026, 8, 1)).primaries == {"11042"}
    assert add_on("99292", date(2026, 8, 1)).kind == "2" and not add_on("99292", date(2026, 8, 1)).primaries


def test_hcpcs_text_goes_on_in_the_next_record_and_codes_have_their_days(shelf):
    shelf.bring("HCPC2026_JUL_ANWEB.txt", HCPCS)
    tables = shelf.tables()
    release, rows = shelf.store().look_up("hcpcs", "E0601", ON)
    assert rows[0]["long"] == "Continuous positive airway pressure (cpap) device" and release.version == "2026-07-01"
    assert tables.procedure("K0001", ON) is None and tables.known_procedure("K0001").period.end == date(2026, 6, 30)
    assert tables.procedure("A9999", ON) is None  # the list of the day does not have it
    assert tables.modifier("LT", ON).kind == "side"


def test_the_fee_schedule_gives_indicators_to_codes_the_starter_set_does_not_know(shelf):
    shelf.bring("PPRRVU25_APR.csv", RVU_2025)
    found = shelf.tables().procedure("27447", date(2025, 5, 1))
    assert (found.system, found.global_days, found.bilateral, found.multiple, found.status) == ("CPT", "090", "1", "2", "A")
    row = shelf.store().look_up("pprrvu", "93000", date(2025, 5, 1))[1][0]
    assert (row["modifier"], row["pe_nonfacility"], row["conversion_factor"], row["supervision"]) == (
        "TC",
        "0.23",
        "32.3465",
        "01",
    )


def test_providers_keep_their_primary_taxonomy(shelf):
    shelf.bring("npidata_pfile_20050523-20260712.csv", NPPES)
    row = shelf.store().look_up("nppes", "1234567893", ON)[1][0]
    assert (row["taxonomy"], row["taxonomies"], row["start"]) == ("207Q00000X", "207R00000X 207Q00000X", "2008-01-02")
    assert shelf.store().look_up("nppes", "1000000004", ON)[1][0]["end"] == "2020-03-04"


def test_the_list_of_its_year_tells_which_diagnosis_needs_no_indicator(shelf):
    shelf.bring("POAexemptCodesFY27.txt", POA)
    asked, of_year = shelf.tables().needs_presence, date(2026, 10, 1)
    assert not asked("Y92.003", of_year) and asked("W19.XXXA", of_year) and asked("Z79.4", of_year)
    assert not asked("W19.XXXA", of_year - timedelta(days=1)) and not asked("Z79.4", date(2027, 10, 1))  # years without a list


def test_two_diagnoses_are_kept_apart_by_the_tabular_list_of_their_year(shelf):
    excluding = "<desc>Type 2 diabetes mellitus</desc><excludes1><note>made-up hypertension (I10-I1A)</note></excludes1>"
    shelf.bring("icd10cm_tabular_2027.xml", TABULAR.replace("<desc>Type 2 diabetes mellitus</desc>", excluding, 1))
    excluded = shelf.tables().excluded_on
    for year in (date(2026, 9, 30), date(2027, 10, 1)):  # no list of theirs is here: the package's answers
        assert excluded(year)("E10.9", "E11.65") and not excluded(year)("E11.9", "I10")
    apart = excluded(date(2026, 10, 1))
    assert apart("E11.9", "I10") == apart("E11.65", "I15.0") == "made-up hypertension (I10-I1A)"
    assert not apart("E11.9", "I20.0") and not apart("I10", "E11.9") and not apart("E10.9", "E11.65")


def test_coverage_articles_join_procedures_and_diagnoses(shelf):
    for name in ("article_x_hcpc_code.csv", "article_x_icd10_covered.csv"):
        shelf.bring(name, FILES[name][0])
    shelf.bring(
        "article.csv",
        "article_id,article_version,title,article_eff_date,article_end_date,status\n57000,12,Thyroid,2024-01-01,,A\n",
    )
    found = shelf.tables().coverage("84439", ON)
    assert [(one.article, one.title, one.supports, one.excludes) for one in found] == [
        ("57000.12", "Thyroid", {"E039"}, frozenset())
    ]
    assert shelf.tables().coverage("84439", date(2023, 12, 31)) == ()


DAMAGED = {
    "cut in a row": ("ccipra-v322r0-f1.txt", PTP[:-60], "line 7: 7 columns expected"),
    "cut in a code": ("ccipra-v322r0-f1.txt", PTP + "1104\t97610\t\t20260101\t*\t1\tPractice\n", "line 8"),
    "cut in the last word": ("mue_dme_20260701.csv", MUE_CSV.replace("DME Supplier\n", "DM"), "line 2"),
    "a unit that is none": ("MUE_20260701.csv", MUE.replace("11042,1", "11042,one"), "line 5: units 'one'"),
    "a value out of its column": ("PPRRVU25_APR.csv", RVU_2025.replace("19.60", "N/A"), "line 11: column 6"),
    "a short record": ("HCPC2026_JUL_ANWEB.txt", HCPCS[:300].rsplit("\r\n", 1)[0][:250], "line 1: 293 characters expected"),
    "text without its beginning": ("HCPC2026_JUL_ANWEB.txt", HCPCS.split("\r\n", 1)[1], "line 1: goes on with E0601"),
    "cut XML": ("index.xml", INDEX[:-40], "line 1: the XML is damaged or cut short"),
    "a list cut short": ("POAexemptCodesFY27.txt", POA.rsplit("97579", 1)[0], "ends with Y92.003 and not with Z99.89"),
    "what was added to a list": ("POAexemptAddCodesFY27.txt", POA.replace("B90.0", "Q87.86"), "none of the files"),
    "no rows": ("payers.csv", "payer_id,name\n", "no payers"),
    "a date that is none": ("AOC_V2026Q3-MCR.txt", AOC.replace("2013091\t\t1", "20131399\t\t1", 1), "line 2: date"),
    "a NUL byte": ("z.txt", ZIP5.replace("AL35005", "AL35\x0005"), "none of the files"),
    "nothing": ("empty.txt", "", "none of the files"),
    "prose": ("readme.txt", "These are words.\nMore words.\n", "none of the files"),
    "an X12 file": ("week.837", "ISA*00*          *00*          *ZZ*A~GS*HC~ST*837*0001~", "none of the files"),
}  # fmt: skip


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_or_unknown_file_is_refused_with_the_reason(shelf, kind):
    name, content, reason = DAMAGED[kind]
    with pytest.raises(Refused, match=reason.replace("(", r"\(")):
        shelf.bring(name, content)
    assert not shelf.path.exists()


def test_a_damaged_archive_is_refused(shelf):
    packed = gzip.compress(MUE.encode() * 50)
    for content in (packed[:-20], b"PK\x03\x04 not really", packed[:200] + b"\x00\x00\x00" + packed[203:]):
        with pytest.raises(Refused, match="damaged or cut short"):
            shelf.bring("x.gz", content, date(2026, 7, 1))


def test_no_damage_is_met_with_an_error_of_our_own(tmp_path):
    dice, refused = random.Random(20261122), 0
    for number in range(400):
        name = dice.choice(list(FILES))
        raw = bytearray(FILES[name][0].encode())
        place = dice.randrange(len(raw))
        kind = number % 4
        if kind == 0:
            del raw[place:]
        elif kind == 1:
            raw[place] = dice.randrange(256)
        elif kind == 2:
            del raw[place : place + dice.randrange(1, 40)]
        else:
            raw[place:place] = dice.randbytes(dice.randrange(1, 20))
        builder = Builder(tmp_path / "codesets.sqlite")
        try:
            import_file(builder, name, io.BytesIO(bytes(raw)), imported_at="2026-11-22")
        except Refused:
            refused += 1
        finally:
            builder.close()
    assert 200 < refused < 400


def test_windows_characters_are_read(shelf):
    shelf.bring("pos.csv", "code,display\n11,Office\n12,Home – at the patient’s\n".encode("cp1252"))
    assert shelf.store().look_up("places-of-service", "12", ON)[1][0]["text"] == "Home – at the patient’s"


def test_every_table_that_can_be_imported_has_a_publisher():
    from claimwright.codesets.starter import table

    known = {row["table"] for row in table("publishers").rows}
    assert {table for _, table, _, _ in FILES.values()} <= known
    assert len({layout.name for layout in layouts()}) == len(layouts())
