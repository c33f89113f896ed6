"""Clean claims of all kinds, seeded: what a practice, a hospital and a dentist send when nobody slipped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from edit_bench import PRACTICE, context, covered, lines, replace
from edit_cases_facility import DAYS, at_home, dialyzed, for_medicare, hospice, skilled
from edit_cases_forms import outpatient, revenue, stay, teeth

from claimwright.claims.model import Adjustment, Claim, Diagnosis, Drug, LineAdjudication, OtherPayer, Tooth, ValueCode
from claimwright.edits.scrub import Context
from claimwright.identifiers import npi_with_check_digit
from claimwright.parties import Address, Insured, Payer, Person, Provider

LASTS = (
    "Abara",
    "Brandt",
    "Castellano",
    "Dufresne",
    "Eklund",
    "Farrow",
    "Goh",
    "Hartwell",
    "Iwasaki",
    "Joss",
    "Kowal",
    "Lindqvist",
)
FIRSTS = {"F": ("Ada", "Bea", "Clara", "Dina", "Esme"), "M": ("Abel", "Bruno", "Caleb", "Dario", "Emil")}
PLACES = (
    ("Columbus", "OH", "43004"),
    ("Dayton", "OH", "45402"),
    ("Albany", "NY", "12207"),
    ("Austin", "TX", "78701"),
    ("Reno", "NV", "89501"),
)
PAYERS = (
    ("Northern Mutual", "NM001", "CI"),
    ("River PPO", "RV002", "12"),
    ("Blue Shore", "BS003", "BL"),
    ("Valley HMO", "VH004", "HM"),
    ("State Medicaid", "SM005", "MC"),
)

# kind: (lines, diagnoses, youngest, oldest, sex, place)
Template = tuple[str, str, int, int, str, str]
OFFICE: tuple[Template, ...] = (
    ("99213", "J06.9", 1, 90, "", "11"),
    ("99214", "I10 E78.5", 30, 64, "", "11"),
    ("99212", "L30.9", 2, 64, "", "11"),
    ("99215", "E11.9 I10", 35, 64, "", "11"),
    ("99203", "M54.50", 18, 64, "", "11"),
    ("99204", "R51.9", 12, 64, "", "11"),
    ("99213 71046", "J18.9", 18, 64, "", "11"),
    ("99213 80053 85025", "R53.83", 20, 64, "", "11"),
    ("99213 93000", "R07.9", 30, 64, "", "11"),
    ("99395", "Z00.00", 18, 39, "", "11"),
    ("99396", "Z00.00", 40, 64, "", "11"),
    ("99392", "Z00.129", 1, 4, "", "11"),
    ("99213-25 20610-RT J3301*4", "M17.11", 40, 64, "", "11"),
    ("20610-LT J3301*4", "M17.12", 40, 64, "", "11"),
    ("17110", "B07.9", 6, 64, "", "11"),
    ("10060", "L02.91", 10, 64, "", "11"),
    ("11730-T5", "L60.0", 14, 64, "", "11"),
    ("90471 90715", "Z23", 20, 64, "", "11"),
    ("96372 J0696", "N39.0", 18, 64, "F", "11"),
    ("73562-LT", "M25.562", 20, 64, "", "11"),
    ("99213-95", "F41.1", 18, 64, "", "10"),
    ("99214-95", "I10", 40, 64, "", "02"),
    ("69210", "H61.21", 20, 64, "", "11"),
    ("99213-25 69210", "H61.22 I10", 40, 64, "", "11"),
    ("99385-25 17110@2", "Z00.00 B07.9", 18, 39, "", "11"),
    ("99283", "R10.9", 18, 64, "", "23"),
    ("97110-GP*2", "M54.50", 20, 64, "", "11"),
    ("36415 80061", "E78.5", 20, 64, "", "11"),
    ("58300", "Z30.430", 18, 45, "F", "11"),
)
MEDICARE: tuple[Template, ...] = (
    ("99214", "I10 E11.9", 66, 90, "", "11"),
    ("G0439", "Z00.00", 67, 90, "", "11"),
    ("G0439 99497-33", "Z00.00", 67, 90, "", "11"),
    ("G0439 99213-25 G0444", "Z00.00 I10", 67, 90, "", "11"),
    ("99214 99497 99498", "I10 E11.9", 66, 90, "", "11"),
    ("99213-25 99406", "J44.9 F17.210", 66, 90, "", "11"),
    ("99213-25 99490", "I10 E11.9", 66, 90, "", "11"),
    ("99496", "I50.22", 66, 90, "", "11"),
    ("99215 G2212", "I10 E11.9", 66, 90, "", "11"),
    ("99213", "E85.4 G63 E11.9", 66, 90, "", "11"),
    ("G0008 90662", "Z23", 66, 90, "", "11"),
    ("99213", "J44.9", 66, 90, "", "11"),
    ("97110-GP", "M54.50", 66, 90, "", "11"),
    ("98940-AT", "M99.03", 66, 90, "", "11"),
    ("20610-RT", "M17.11", 66, 90, "", "11"),
    ("99213", "F41.1", 66, 90, "", "10"),
)
# kind: billing taxonomy and a template, of those who bill with no rendering provider
SUPPLIERS: tuple[tuple[str, Template], ...] = (
    ("341600000X", ("A0429-RH A0425-RH*6", "R07.9", 20, 90, "", "41")),
    ("341600000X", ("A0427-SH-QN A0425-SH-QN*11", "R55", 20, 64, "", "41")),
    ("341600000X", ("A0428-NJ A0425-NJ*4", "N18.6", 40, 64, "", "41")),
    ("341600000X", ("A0429-SX A0425-SX*3", "R07.9", 20, 64, "", "41")),
    ("332B00000X", ("E0143-NU", "M17.11", 40, 64, "", "12")),
    ("261QA1903X", ("45378", "Z12.11", 46, 64, "", "24")),
    ("333600000X", ("90686 90471", "Z23", 20, 64, "", "01")),
    ("293D00000X", ("93226", "R07.9", 20, 64, "", "11")),
    ("335V00000X", ("71045-TC R0070", "R05.9", 20, 64, "", "12")),
    ("291U00000X", ("80053 36415", "E11.9", 30, 64, "", "81")),
    ("251E00000X", ("T1019*8", "I69.351", 40, 64, "", "12")),
    ("253Z00000X", ("T1019*4", "I69.351", 40, 64, "", "12")),
    ("343900000X", ("A0130-RJ S0209*10", "Z99.2", 40, 64, "", "99")),
    ("251F00000X", ("S9500", "L03.115", 20, 64, "", "12")),
    ("3336H0001X", ("S9500", "L03.115", 20, 64, "", "12")),
)
# taxonomy of the rendering provider and a template, of those whom Medicare pays for some services only
PROFESSIONS: tuple[tuple[str, Template], ...] = (
    ("111N00000X", ("98941-AT", "M99.03", 20, 64, "", "11")),
    ("103TC0700X", ("90791", "F41.1", 20, 64, "", "11")),
    ("103TC0700X", ("96130 96136", "F41.1", 20, 64, "", "11")),
    ("1041C0700X", ("90837", "F41.1", 20, 64, "", "11")),
    ("101YM0800X", ("90834", "F41.1", 20, 64, "", "11")),
    ("106H00000X", ("90847", "F41.1", 20, 64, "", "11")),
    ("225100000X", ("97161-GP", "M54.50", 20, 64, "", "11")),
    ("225X00000X", ("97530-GO*2", "M25.641", 20, 64, "", "11")),
    ("235Z00000X", ("92507-GN", "R47.1", 20, 64, "", "11")),
    ("231H00000X", ("92557", "H90.3", 20, 64, "", "11")),
    ("133V00000X", ("97802*4", "E11.9", 20, 64, "", "11")),
    ("213E00000X", ("11730-T5", "L60.0", 20, 64, "", "11")),
    ("152W00000X", ("92014", "H40.1131", 20, 64, "", "11")),
    ("363LF0000X", ("99214", "I10", 20, 64, "", "11")),
    ("367A00000X", ("99213", "N92.0", 20, 40, "F", "11")),
)
PACKAGES = {
    "J3301": Drug(ndc="00003029305", quantity=Decimal(1), unit="ML"),  # 40 mg in a milliliter
    "J0696": Drug(ndc="00781320785", quantity=Decimal(1), unit="UN"),  # a vial of 250 mg
}
LABS = frozenset({"80053", "85025", "80061", "83036"})


def _npi(rng: Random) -> str:
    return npi_with_check_digit(f"1{rng.randrange(10**8):08d}")


def _person(rng: Random, age: tuple[int, int], sex: str, on: date) -> Person:
    sex = sex or rng.choice("FM")
    city, state, code = rng.choice(PLACES)
    born = on - timedelta(days=rng.randint(age[0] * 366 + 20, max(age[1] * 365, age[0] * 366 + 60)))
    home = Address(line1=f"{rng.randint(1, 999)} Oak Lane", city=city, state=state, zip=code)
    return Person(last=rng.choice(LASTS), first=rng.choice(FIRSTS[sex]), birth=born, sex=sex, address=home)  # type: ignore[arg-type]


def _visit(rng: Random, template: Template, payer: tuple[str, str, str], member: str, taxonomy: str = "207Q00000X") -> Claim:
    do, dx, youngest, oldest, sex, place = template
    on = date(2026, 1, 5) + timedelta(days=rng.randrange(300))
    patient = _person(rng, (youngest, oldest), sex, on)
    services = tuple(
        replace(
            line,
            charge=rng.randint(2_000, 40_000),
            pointers=tuple(range(1, min(len(dx.split()), 4) + 1)) if line.pointers == (1,) else line.pointers,
            clia="36D7104822" if line.procedure in LABS else "",
            drug=PACKAGES.get(line.procedure),
        )
        for line in lines(do, on)
    )
    doctor = Provider(npi=_npi(rng), name=rng.choice(LASTS), first="Ann", person=True, taxonomy=taxonomy)
    hospital = Provider(npi=_npi(rng), name="Mercy Hospital", address=PRACTICE.address)
    return Claim(
        patient_control_number=f"C{rng.randrange(10**8):08d}",
        charge=sum(line.charge for line in services),
        place_of_service=place,
        billing=replace(PRACTICE, npi=_npi(rng)),
        rendering=doctor,
        referring=Provider(npi=_npi(rng), name=rng.choice(LASTS), first="Eve", person=True)
        if any(plan in do for plan in ("-GP", "-GO", "-GN"))
        else None,
        service_facility=hospital if place == "23" else None,
        payer=Payer(name=payer[0], payer_id=payer[1]),
        insured=Insured(person=patient, member_id=member),
        patient=patient,
        diagnoses=tuple(Diagnosis(code=code) for code in dx.split()),
        lines=services,
        filing_indicator=payer[2],
    )


def _secondary(rng: Random, claim: Claim) -> Claim:
    """The claim after its first payer decided: it paid some, wrote off some and left the rest to the patient."""
    decided = []
    for line in claim.lines:
        off, left = line.charge // 3, line.charge // 5
        adjustments = (Adjustment(group="CO", reason="45", amount=off), Adjustment(group="PR", reason="2", amount=left))
        one = LineAdjudication(
            payer_id="FP009", paid=line.charge - off - left, procedure=line.procedure, modifiers=line.modifiers, units=line.units,
            adjustments=adjustments, paid_on=claim.first_service + timedelta(days=12), remaining_patient=left,
        )  # fmt: skip
        decided.append(replace(line, adjudications=(one,)))
    first = OtherPayer(
        payer=Payer(name="First Payer", payer_id="FP009"), insured=Insured(person=claim.patient, member_id="F77"),
        responsibility="P", filing_indicator="CI", paid=sum(line.adjudications[0].paid for line in decided),
        remaining_patient=sum(line.charge // 5 for line in claim.lines), paid_on=claim.first_service + timedelta(days=12),
        payer_control_number=f"P{rng.randrange(10**6)}",
    )  # fmt: skip
    return replace(claim, lines=tuple(decided), responsibility="S", other_payers=(first,))


def office(rng: Random) -> Claim:
    return _visit(rng, rng.choice(OFFICE), rng.choice(PAYERS), f"ZQ{rng.randrange(10**7):07d}")


def medicare(rng: Random) -> Claim:
    return _visit(rng, rng.choice(MEDICARE), ("Medicare", "MR001", "MB"), f"{rng.randint(1, 9)}EG4TE5MK{rng.randint(10, 99)}")


def supplier(rng: Random) -> Claim:
    """An ambulance's, a pharmacy's, a laboratory's or another organization's at which nobody treats."""
    taxonomy, template = rng.choice(SUPPLIERS)
    return supplied(rng, taxonomy, template)


def supplied(rng: Random, taxonomy: str, template: Template) -> Claim:
    """The claim of one of them, with the provider who ordered it."""
    payer = PAYERS[-1] if taxonomy.startswith(("251E", "253Z", "343")) else rng.choice(PAYERS)
    made = _visit(rng, template, payer, f"ZQ{rng.randrange(10**7):07d}")
    ordered = replace(made.rendering, npi=_npi(rng), first="Eve") if not taxonomy.startswith(("34", "3336")) else None
    return replace(made, billing=replace(made.billing, taxonomy=taxonomy), rendering=None, referring=ordered)


def secondary(rng: Random) -> Claim:
    return _secondary(rng, office(rng))


def dependent(rng: Random) -> Claim:
    """A child on a parent's policy."""
    made = _visit(rng, rng.choice([one for one in OFFICE if one[2] < 15]), rng.choice(PAYERS), f"ZQ{rng.randrange(10**7):07d}")
    assert made.patient.birth
    parent = replace(made.patient, first="Otto", birth=made.patient.birth - timedelta(days=9_000), sex="M")
    return replace(made, insured=Insured(person=parent, member_id=made.insured.member_id, relationship="19"))


def profession(rng: Random) -> Claim:
    """What others than physicians do, each the services of their kind."""
    taxonomy, template = rng.choice(PROFESSIONS)
    if rng.random() < 0.5:
        return _visit(rng, template, rng.choice(PAYERS), f"ZQ{rng.randrange(10**7):07d}", taxonomy)
    aged = (*template[:2], 66, 90, *template[4:])
    return _visit(rng, aged, ("Medicare", "MR001", "MB"), f"{rng.randint(1, 9)}EG4TE5MK{rng.randint(10, 99)}", taxonomy)


def correction(rng: Random) -> Claim:
    """What the payer has, once more and mended."""
    return replace(office(rng), frequency="7", payer_control_number=f"P{rng.randrange(10**8):08d}")


def worker(rng: Random) -> Claim:
    """An accident at work, to the insurer of work, whose claim number stands for the member id too."""
    number = rng.choice(("UNKNOWN", f"WC{rng.randrange(10**6):06d}"))
    do, dx = rng.choice((("99213 73610-RT", "S93.401A"), ("99213 73140-F5", "S61.011A"), ("99213 73610-RT", "M25.571 S93.401S")))
    made = _visit(rng, (do, dx, 20, 64, "", "11"), ("Works Insurance", "WI006", "WC"), number)
    return replace(made, related_cause="EM", accident_date=made.first_service, property_casualty_number=number)


def ward(rng: Random) -> Claim:
    """A physician's visits of a stay, from its first to its last day."""
    code, day, last = rng.choice((("99222", 0, 4), ("99232", 2, 3), ("99239", 5, 5), ("99235", 0, 0)))
    made = _visit(rng, (code, "J18.9", 20, 64, "", "21"), rng.choice(PAYERS), f"ZQ{rng.randrange(10**7):07d}")
    came = made.first_service - timedelta(days=day)
    hospital = Provider(npi=_npi(rng), name="Mercy Hospital", address=PRACTICE.address)
    return replace(made, admitted=came, discharged=came + timedelta(days=last), service_facility=hospital)


def anesthesia(rng: Random) -> Claim:
    made = _visit(rng, ("00400-AA-P2", "L72.0", 20, 64, "", "24"), rng.choice(PAYERS), f"ZQ{rng.randrange(10**7):07d}")
    timed = replace(made.lines[0], unit_basis="MJ", units=Decimal(rng.randint(20, 240)))
    return replace(
        made, lines=(timed,), service_facility=Provider(npi=_npi(rng), name="Surgery Center", address=PRACTICE.address)
    )


def hospital(rng: Random) -> Claim:
    return replace(stay(), patient_control_number=f"H{rng.randrange(10**8):08d}")


def facility(rng: Random) -> Claim:
    """Medicare's bills of stays, skilled nursing, home health, hospice and dialysis, and the first part of a long stay."""
    made = rng.choice(
        (
            for_medicare(own={"value_codes": DAYS}),
            for_medicare(frequency="2", discharge_status="30", lines=(revenue(1, "0120", units=4, unit_basis="DA"),),
                         own={"value_codes": (ValueCode(code="80", amount=400),)}),
            skilled(), at_home(), hospice("0651", "61"), hospice("0655", "G8"), dialyzed(),
        )
    )  # fmt: skip
    charge = sum(line.charge for line in made.lines)
    return replace(made, patient_control_number=f"F{rng.randrange(10**8):08d}", charge=charge)


def emergency(rng: Random) -> Claim:
    return replace(outpatient(), patient_control_number=f"E{rng.randrange(10**8):08d}")


def dentist(rng: Random) -> Claim:
    code, surfaces = rng.choice((("D2391", "O"), ("D2392", "MO"), ("D2393", "MOD")))
    made = teeth(code, Tooth(number=str(rng.choice((2, 3, 14, 15, 18, 19, 30, 31))), surfaces=tuple(surfaces)))
    return replace(made, patient_control_number=f"D{rng.randrange(10**8):08d}")


KINDS: tuple[tuple[str, Callable[[Random], Claim], int], ...] = (
    ("office", office, 50), ("medicare", medicare, 14), ("secondary", secondary, 10), ("dependent", dependent, 8),
    ("anesthesia", anesthesia, 3), ("hospital", hospital, 5), ("emergency", emergency, 5), ("dental", dentist, 5),
    ("supplier", supplier, 6), ("correction", correction, 3), ("worker", worker, 4), ("ward", ward, 4),
    ("profession", profession, 6), ("facility", facility, 5),
)  # fmt: skip


def clean(rng: Random) -> tuple[str, Claim, Context]:
    """A kind, a clean claim of it, and what the office knows around it: today is two weeks after the visit."""
    kind, make, _ = rng.choices(KINDS, [weight for *_, weight in KINDS])[0]
    claim = make(rng)
    plan = {"payer": claim.payer, "filing_indicator": claim.filing_indicator}
    order = 2 if claim.responsibility == "S" else 1
    coverage = covered(order=order, **plan) if claim.form == "professional" else None
    coverage = coverage and replace(coverage, insured=claim.insured)
    return kind, claim, context(today=claim.last_service + timedelta(days=14), coverage=coverage)
