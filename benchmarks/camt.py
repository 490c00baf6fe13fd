"""A camt.053 of 20,000 entries read, beside a bare pass of lxml over the same file that keeps no entry."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from lxml import etree

from benchmarks.measured import best, ratio_line
from o2c_xl.intake.statements.camt import read_camt

ENTRIES = 20_000
LIMIT = 3.0
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
"""
_ENTRY = """<Ntry><NtryRef>{i}</NtryRef><Amt Ccy="EUR">{a}.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-03-02</Dt></BookgDt><ValDt><Dt>2026-03-02</Dt></ValDt><AcctSvcrRef>ASR{i:012d}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry><Cd>NTRF+166</Cd>
<Issr>DK</Issr></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E2E-{i}</EndToEndId><TxId>TX{i}</TxId></Refs>
<Amt Ccy="EUR">{a}.25</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Customer {i}</Nm><PstlAdr>
<Ctry>DE</Ctry><AdrLine>Street 1</AdrLine></PstlAdr></Pty></Dbtr><DbtrAcct><Id><IBAN>DE{i:020d}</IBAN></Id></DbtrAcct>
</RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>DEUTDEFF</BICFI></FinInstnId></DbtrAgt></RltdAgts><RmtInf>
<Ustrd>Invoice INV-{i:06d} of March, thank you</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
"""


def statement(entries: int) -> bytes:
    """A statement with so many entries of usual size."""
    body = "".join(_ENTRY.format(i=i, a=100 + i % 5_000) for i in range(entries))
    return f"{_HEAD}{body}</Stmt></BkToCstmrStmt></Document>".encode()


def _bare(path: Path) -> int:
    count = 0
    for _event, element in etree.iterparse(BytesIO(path.read_bytes()), tag="{*}Ntry"):
        element.clear()
        count += 1
    return count


def _ours(path: Path) -> int:
    return len(read_camt(path.read_bytes(), path.name).statements[0].lines)


def measure(folder: Path) -> Iterator[str]:
    path = folder / "statement.xml"
    path.write_bytes(statement(ENTRIES))
    work, floor = best(3, _ours, path), best(3, _bare, path)
    assert work.result == floor.result == ENTRIES
    yield ratio_line(f"camt.053 of {ENTRIES:,} entries, to a bare lxml pass", work, floor, LIMIT)
