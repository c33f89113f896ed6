"""A file of the same claim under different control numbers, for the command line's tests."""

from datetime import date, datetime
from typing import Any

import msgspec

from claimwright.claims.model import Claim
from claimwright.x12.professional import read_837, write_837p

TEXT = (
    "ISA*00*          *00*          *ZZ*LAKESIDE       *ZZ*SBX01          *261101*0800*^*00501*000000001*0*T*:~"
    "GS*HC*LAKESIDE*SBX01*20261101*0800*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*B1*20261101*0800*CH~"
    "NM1*41*2*LAKESIDE*****46*LAKESIDE~PER*IC*DESK*TE*6145550100~NM1*40*2*SANDBOX*****46*SBX01~HL*1**20*1~"
    "PRV*BI*PXC*207Q00000X~NM1*85*2*LAKESIDE FAMILY CARE*****XX*1234567893~N3*1 ELM ST~N4*COLUMBUS*OH*432150001~"
    "REF*EI*311234567~HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*ROE*ANN****MI*M1234567~N3*2 OAK ST~N4*COLUMBUS*OH*43215~"
    "DMG*D8*19700101*F~NM1*PR*2*SANDBOX*****PI*SBX01~CLM*C*100***11:B:1*Y*A*Y*Y~HI*ABK:I10~LX*1~"
    "SV1*HC:99213*100*UN*1***1~DTP*472*D8*20261020~REF*6R*L1~SE*26*0001~GE*1*1~IEA*1*000000001~"
)


def claim() -> Claim:
    """The claim of the text above."""
    read = next(iter(read_837(TEXT.encode())))
    assert read.claim is not None, read.findings
    return read.claim


def written(envelope: Any, copies: int) -> bytes:
    """So many copies of it in one file."""
    one = claim()
    claims = [msgspec.structs.replace(one, patient_control_number=f"C{number}") for number in range(copies)]
    made = envelope(sender_id="LAKESIDE", receiver_id="SBX01", interchange=1, group=1, created=datetime(2026, 11, 1, 8, 0))
    assert one.lines[0].first_service == date(2026, 10, 20)
    content: bytes = write_837p(claims, made, one.billing, one.payer, "B1")
    return content
