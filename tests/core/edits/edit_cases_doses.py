"""Pass and fail of the edits on a drug's units, its package and its waste."""

from decimal import Decimal

from edit_bench import claim, replace

from claimwright.claims.model import Claim, Drug

NDC = "00009028003"


def drug(said: str) -> Drug | None:
    """ "1.5 ML" """
    quantity, _, unit = said.partition(" ")
    return Drug(ndc=NDC, quantity=Decimal(quantity), unit=unit) if said else None


def given(do: str, *packages: str) -> Claim:
    """An injection and its drug's lines, each with its package."""
    made = claim(do=f"96372 {do}")
    named = zip(made.lines[1:], (*packages, *[""] * 9), strict=False)
    return replace(made, lines=(made.lines[0], *(replace(line, drug=drug(one)) for line, one in named)))


CASES = [
    ("DRUG-NDC-FORM", given("J0696", "1 UN"), given("J0585*100", "1 ML")),  # a powder has no milliliters
    ("DRUG-NDC-FORM", given("J3301*4", "1 ML"), given("J3301*4", "1 UN")),
    ("DRUG-NDC-FORM", given("J0585*100", "100 F2"), given("J0897*60", "60 F2")),
    ("DRUG-NDC-FORM", given("J0897*60", "60 ME"), given("J0585*100", "1 GR")),
    ("DRUG-DOSE", given("J3301*4", "1 ML"), given("J3301*40", "1 ML")),  # 40 mg are 4 units of 10
    ("DRUG-DOSE", given("J3301*2", "0.5 ML"), given("J3301*2", "2.5 ML")),
    ("DRUG-DOSE", given("J1885*4", "2 ML"), given("J1885*60", "2 ML")),  # 60 mg are 4 units of 15
    ("DRUG-DOSE", given("J0897*120", "1.7 ML"), given("J0897*120", "0.17 ML")),
    ("DRUG-DOSE", given("J0696*4", "1 UN"), given("J0696*4", "8 UN")),  # one gram: four vials of 250 mg at most
    ("DRUG-DOSE", given("J0696*2", "0.5 UN"), given("J0696*8", "0.25 UN")),
    ("DRUG-DOSE", given("J0696*3", "1 UN"), given("J0696", "250 UN")),  # 750 mg out of a gram; milligrams told as vials
    ("DRUG-DOSE", given("J1100*8", "2 ML"), given("J1100*8", "4 ML")),
    ("DRUG-DOSE", given("J1200", "0.5 ML"), given("J1200*25", "0.5 ML")),  # up to 50 mg: 25 are one unit
    ("DRUG-DOSE", given("J3420", "1 ML"), given("J3420*1000", "1 ML")),
    ("DRUG-DOSE", given("J0178*2", "0.05 ML"), given("J0178*2", "0.5 ML")),
    ("DRUG-DOSE", given("J9035*35 J9035-JW*5", "16 ML", "16 ML"), given("J9035*35 J9035-JW*5", "1.6 ML", "1.6 ML")),
    ("DRUG-DOSE", given("J9035*35 J9035-JW*5", "14 ML", "2 ML"), given("J9035*35 J9035-JW*5", "14 ML", "20 ML")),
    ("DRUG-DOSE-WEIGHT", given("J0696*4", "1 GR"), given("J0696*4", "4 GR")),
    ("DRUG-DOSE-WEIGHT", given("J0897*60", "60 ME"), given("J0897*6", "60 ME")),
    ("DRUG-DOSE-WEIGHT", given("J2469*10", "0.25 ME"), given("J2469*10", "2.5 ME")),
    ("DRUG-DOSE-WEIGHT", given("J0585*155", "155 F2"), given("J0585*1", "155 F2")),
    ("DRUG-NDC-DECIMALS", given("J0178*2", "0.05 ML"), given("J0178*2", "0.0501 ML")),
    ("DRUG-NDC-DECIMALS", given("J3301*4", "1.125 ML"), given("J3301*4", "1.1255 ML")),
    ("DRUG-UNITS-WHOLE", given("J3301*4"), given("J3301*3.5")),
    ("DRUG-UNITS-WHOLE", given("J9035*35 J9035-JW*5"), given("J9035*35 J9035-JW*4.5")),
    ("DRUG-WASTE-VIALS", given("J0897*50 J0897-JW*10"), given("J0897*50 J0897-JW*5")),
    ("DRUG-WASTE-VIALS", given("J9035*35 J9035-JW*5"), given("J9035*35 J9035-JW*1")),
    ("DRUG-WASTE-VIALS", given("J0585*155 J0585-JW*45"), given("J0585*155 J0585-JW*40")),
    ("DRUG-WASTE-VIALS", given("J0897-JZ*60"), given("J0897-JZ*50")),  # JZ, and ten milligrams are missing
    ("DRUG-WASTE-VIALS", given("J9299-JZ*280"), given("J9299-JZ*210")),  # 240 and 40
    ("DRUG-WASTE-VIALS", given("J9041-JZ*35"), given("J9041*20 J9041-JW*10")),
    ("DRUG-WASTE-VIALS", given("J2506-JZ*12"), given("J2506-JZ*10")),
    ("DRUG-WASTE-WHOLE-VIAL", given("J0897*60 J0897-JW*60"), given("J0897*60 J0897-JW*180")),
    ("DRUG-WASTE-WHOLE-VIAL", given("J9035*5 J9035-JW*35"), given("J9035*35 J9035-JW*45")),
    ("DRUG-WASTE-NDC", given("J9355*6 J9355-JW*9", "0.4 UN", "0.6 UN"), given("J9355*6 J9355-JW*9", "0.4 UN", "0.5 UN")),
    ("DRUG-WASTE-NDC", given("J0585*155 J0585-JW*45", "1.55 UN", "0.45 UN"), given("J0585*155 J0585-JW*45", "1.55 UN", "0.5 UN")),
]
