"""A day's deposits as the bank tells them in BAI2 (ANSI X9.121; BAI, Cash Management Balance Reporting, version 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from claimwright.payers.sandbox.runs import Paid

ACCOUNT: Final = "4000500060"
_BANK: Final = "999999992"
_ACH_CREDIT: Final = "142"  # type code: ACH credit received


def bai2(deposits: Sequence[Paid]) -> bytes:
    """One group and account; each deposit is a 16 with its trace, the payer in the text. In cents, as the format has them."""
    on = f"{deposits[0].on:%y%m%d}"
    total = sum(one.remittance.paid for one in deposits)
    account = [f"03,{ACCOUNT},USD,100,{total},{len(deposits)},/"]
    for one in deposits:
        remittance = one.remittance
        told = f"{remittance.payer.name} TRN {remittance.trace} {remittance.originator}".replace("/", " ").replace(",", " ")
        account.append(f"16,{_ACH_CREDIT},{remittance.paid},0,{remittance.trace},,{told}/")
    sum_of_account = 2 * total
    account.append(f"49,{sum_of_account},{len(account) + 1}/")
    rows = [
        f"01,{_BANK},CLAIMWRIGHT,{on},0600,1,80,,2/",
        f"02,CLAIMWRIGHT,{_BANK},1,{on},0600,USD,2/",
        *account,
        f"98,{sum_of_account},1,{len(account) + 2}/",
    ]
    rows.append(f"99,{sum_of_account},1,{len(rows) + 1}/")
    return ("\n".join(rows) + "\n").encode()
