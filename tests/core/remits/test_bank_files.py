"""Bank files: what a bank says of a deposit, as BAI2 and as banks write CSV."""

from datetime import date

import pytest

from claimwright.cli.payer_bank import bai2
from claimwright.parties import Payer
from claimwright.payers.sandbox.runs import Paid
from claimwright.remits.bank import BankFileError, BankLine, is_bank_file, read_bank_file
from claimwright.remits.model import Remittance

BAI2 = """01,9,CL,261116,0600,1,80,,2/
02,CL,9,1,261116,0600,USD,2/
03,4000500060,USD,010,5000,,V,261116,,100,30000,2,/
16,142,10000,V,261116,0900,REF1,CUST,PLAIN HEALTH HCCLAIMPMT
88,TRN*1*EFT77*1234567890\\
16,475,5000,S,1,2,3,REF2,,check/
16,165,15000,D,2,0,100,1,200,REF3,,SECOND LIFE, INC/
49,65000,5/
98,65000,1,7/
99,65000,1,9/
"""


def test_bai2_gives_traces_from_addenda_or_reference_and_passes_withdrawals_over() -> None:
    file = read_bank_file(BAI2.encode())
    assert file.withdrawals == 1
    assert file.lines == (
        BankLine(on=date(2026, 11, 16), trace="EFT77", amount=100_00, sender="PLAIN HEALTH HCCLAIMPMT"),
        BankLine(on=date(2026, 11, 16), trace="REF3", amount=150_00, sender="SECOND LIFE, INC"),
    )


@pytest.mark.parametrize("fee", ["-25.00", "($25.00)"])
def test_csv_passes_withdrawals_over_even_without_a_trace(fee: str) -> None:
    file = read_bank_file(f"Date,Amount,Trace,Details\n2026-11-16,100.00,EFT77,Plain\n2026-11-16,{fee},,Fee\n".encode())
    assert ([line.amount for line in file.lines], file.withdrawals) == ([100_00], 1)


@pytest.mark.parametrize(
    ("change", "to", "told"),
    [
        ("49,65000", "49,64999", "total on line 8"),
        ("0600,USD,2/", "0600,CAD,2/", "not in US dollars"),
        ("16,165,15000", "16,165,15x00", "Line 7"),
        ("02,CL,9,1,261116", "02,CL,9,1,269916", "no day"),
        ("D,2,0,100,1,200,REF3", "0,,", "no trace number"),
    ],
)
def test_a_bai2_file_that_cannot_be_true_is_refused_by_its_line(change: str, to: str, told: str) -> None:
    with pytest.raises(BankFileError, match=told):
        read_bank_file(BAI2.replace(change, to).encode())


def test_what_the_payer_in_a_box_writes_is_read_back() -> None:
    remittance = Remittance(
        payer=Payer(name="Plain Health", payer_id="PAY01"),
        payee_name="",
        payee_npi="",
        trace="T123",
        originator="1999",
        paid=123_45,
        paid_on=date(2026, 11, 16),
    )
    content = bai2([Paid(on=date(2026, 11, 16), remittance=remittance, submitter="S")])
    assert is_bank_file(content)
    (line,) = read_bank_file(content).lines
    assert (line.trace, line.amount, line.sender) == ("T123", 123_45, "Plain Health")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("date,trace,amount,sender\n2026-11-02,T1,80.00,PLAIN\n", ("T1", 80_00, "PLAIN")),
        ('Posting Date,Description,Amount\n11/02/2026,PLAIN TRN*1*T1*9~,"$1,200.50"\n', ("T1", 1200_50, "PLAIN TRN*1*T1*9~")),
        ("Date,Reference,Debit,Credit\n2026-11-02,T1,,80.00\n2026-11-02,T2,5.00,\n", ("T1", 80_00, "")),
    ],
)
def test_csv_is_read_by_the_names_of_its_columns(text: str, line: tuple[str, int, str]) -> None:
    assert is_bank_file(text.encode())
    (read,) = read_bank_file(text.encode()).lines
    assert (read.trace, read.amount, read.sender) == line
    assert read.on == date(2026, 11, 2)


@pytest.mark.parametrize("text", ["ISA*00*", "", "last,first,birth\nMoss,Iris,1980-04-02\n", "01,02\n03"])
def test_other_files_are_no_bank_files(text: str) -> None:
    assert not is_bank_file(text.encode())
