"""Electronic invoices: what each kind of file states, hostile files, and what a signer is told."""

import io
import time
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from fastapi.testclient import TestClient
from sample import payment
from test_app_drafting import fields
from test_app_papers import SIGNER, bring, room_of
from test_app_staff import XIAOHE, enter, keeper

from app import drafts, invoices, uploads
from app.demo.township import PIN
from app.invoices import Invoice
from approvals import submission
from approvals.cases import open_cases
from approvals.standing import Standing
from ledger.posted import store as posted
from ledger.voucher import Party

NUMBER = "26512000000000123456"
SELLER, BUYER = "样例建材经营部", "三堆镇小河村股份经济合作联合社"
INVOICE = Invoice(NUMBER, date(2022, 2, 1), 120_050, SELLER, BUYER, "*建筑服务*河道清理")


def xml(total: str = "1200.50", number: str = NUMBER) -> bytes:
    """Return an invoice as the tax bureau's platform gives it out."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData>
<SellerInformation><SellerIdNum>915100000000000000</SellerIdNum><SellerName>{SELLER}</SellerName></SellerInformation>
<BuyerInformation><BuyerName>{BUYER}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>1165.53</TotalAmWithoutTax><TotalTaxAm>34.97</TotalTaxAm>
<TotalTax-includedAmount>{total}</TotalTax-includedAmount></BasicInformation>
<IssuItemInformation><ItemName>*建筑服务*河道清理</ItemName></IssuItemInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>2022-02-01</IssueTime></TaxSupervisionInfo>
</EInvoice>""".encode()


def older() -> bytes:
    """Return an invoice in the schema of 2019, with its prefixes."""
    return f"""<fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019">
<fp:InvoiceCode>051001900111</fp:InvoiceCode><fp:InvoiceNo>12345678</fp:InvoiceNo>
<fp:IssueDate>2022年02月01日</fp:IssueDate>
<fp:TaxInclusiveTotalAmount>1200.50</fp:TaxInclusiveTotalAmount>
<fp:Buyer><fp:BuyerName>{BUYER}</fp:BuyerName></fp:Buyer>
<fp:Seller><fp:SellerName>{SELLER}</fp:SellerName></fp:Seller>
<fp:GoodsInfos><fp:GoodsInfo><fp:Item>*建筑服务*河道清理</fp:Item></fp:GoodsInfo></fp:GoodsInfos>
</fp:eInvoice>""".encode()


OFD = "http://www.ofdspec.org/2016"


def ofd(parts: dict[str, bytes]) -> bytes:
    """Return a layout file of one page with these parts beside it."""
    base = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{OFD}" Version="1.0" DocType="OFD"><ofd:DocBody>'
        "<ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{OFD}"><ofd:CommonData>'
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox></ofd:PageArea>"
        '</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>'
        "</ofd:Pages><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>",
        "Doc_0/Pages/Page_0/Content.xml": f'<ofd:Page xmlns:ofd="{OFD}"/>',
        "Doc_0/Attachs/Attachments.xml": f'<ofd:Attachments xmlns:ofd="{OFD}">'
        '<ofd:Attachment ID="8" Name="original_invoice" Format="xml">'
        "<ofd:FileLoc>original_invoice.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**{k: v.encode() for k, v in base.items()}, **parts}.items():
            package.writestr(name, text)
    return out.getvalue()


def pdf(**info: str) -> bytes:
    """Return a PDF whose information holds the fields of an invoice."""
    made = pikepdf.new()
    made.add_blank_page()
    for name, text in info.items():
        made.docinfo[f"/{name}"] = text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_the_xml_of_the_platform_is_read() -> None:
    assert invoices.read(xml()) == INVOICE
    assert invoices.read(b"\xef\xbb\xbf" + xml()) == INVOICE


def test_the_older_schema_is_read_with_its_code() -> None:
    wanted = INVOICE._replace(number="051001900111-12345678")
    assert invoices.read(b'<?xml version="1.0"?>' + older()) == wanted
    assert invoices.read(ofd({"Doc_0/Attachs/original_invoice.xml": older()})) == wanted


def test_the_pdf_of_the_platform_is_read() -> None:
    fields = {"InvoiceNumber": NUMBER, "IssueTime": "2022-02-01", "SellerName": SELLER}
    fields |= {"BuyerName": BUYER, "TotalTax-includedAmount": "1200.50"}
    assert invoices.read(pdf(**fields)) == INVOICE._replace(what="")
    assert invoices.read(pdf(Title="会议记录")) is None


@pytest.mark.parametrize(
    ("total", "fen"), [("-1200.50", -120_050), ("1,200.5", 120_050), ("一千二", None), ("", None)]
)
def test_an_amount_that_cannot_be_read_is_left_open(total: str, fen: int | None) -> None:
    found = invoices.read(xml(total))
    assert found is not None
    assert found.fen == fen


LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
HOSTILE = {
    "torn": xml()[:400],
    "laughs": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">' + LAUGHS + b"]><x>&l11;</x>",
    "outside": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    b"<EInvoice><InvoiceNumber>&e;</InvoiceNumber></EInvoice>",
    "no invoice": b'<?xml version="1.0"?><letter>hello</letter>',
    "numberless": xml(number=" "),
    "deep": b'<?xml version="1.0"?>' + b"<a>" * 200_000,
    "torn zip": ofd({})[:-40],
    "an ofd letter": ofd({}),
    "zeros": ofd({"Doc_0/Attachs/original_invoice.xml": bytes(200 * 2**20)}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises((uploads.NoInvoice, uploads.NoPaper)) as refused:
        uploads.take(tmp_path, HOSTILE[name])
    assert refused.value.sentence().endswith("。")
    assert list(tmp_path.rglob("*")) == []
    assert time.monotonic() - began < 2 * 15  # bounded by time as well


def test_an_invoice_is_kept_byte_for_byte(tmp_path: Path) -> None:
    digest = uploads.take(tmp_path, xml())
    assert (tmp_path / "papers" / digest[:2] / digest).read_bytes() == xml()
    assert invoices.kept(tmp_path, digest) == INVOICE


PAID = replace(payment(date(2022, 2, 3), 120_050), payee=Party(SELLER, "", ""))


def test_a_voucher_that_says_the_same_raises_no_doubt() -> None:
    assert invoices.doubts(PAID, BUYER, [INVOICE]) == []
    assert invoices.doubts(PAID, BUYER, []) == []
    half = INVOICE._replace(fen=60_025)
    assert invoices.doubts(PAID, BUYER, [half, half]) == []
    silent = Invoice(NUMBER, None, None, "", "", "")
    assert invoices.doubts(PAID, BUYER, [silent]) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"fen": 120_051}, "发票合计 1,200.51 元，凭证是 1,200.50 元"),
        ({"seller": "别家"}, "销售方是“别家”"),
        ({"buyer": "某某公司"}, "不是本集体"),
        ({"day": date(2022, 2, 4)}, "晚于凭证日期"),
    ],
)
def test_each_difference_is_told(change: dict[str, object], said: str) -> None:
    told = invoices.doubts(PAID, BUYER, [INVOICE._replace(**change)])
    assert len(told) == 1
    assert said in told[0]


def test_a_signer_sees_the_fields_and_the_differences(counter: TestClient) -> None:
    root = room_of(counter).settings.papers
    digest = uploads.take(root, xml())
    name = bring(counter, digest)
    enter(counter, SIGNER)
    page = counter.get(f"/case/{XIAOHE}/{name}").text
    assert NUMBER in page
    assert "发票合计 1,200.50 元" in page
    saved = counter.get(f"/paper/{XIAOHE}/{name}/{digest}")
    assert saved.content == xml()
    assert saved.headers["content-disposition"].startswith("attachment")
    assert saved.headers["content-type"] == "application/octet-stream"


def test_an_invoice_is_used_once_under_whatever_name(counter: TestClient) -> None:
    maker = keeper(counter)
    csrf = enter(counter, maker)
    form = {
        "csrf": csrf, "pin": PIN, "kind": "payment", "day": "2022-02-08", "sheets": "1",
        "purpose": "spending.upkeep", "summary": "修渠", "payee": SELLER,
        "account0": "514", "debit0": "1200.50", "account1": "102.01", "credit1": "1200.50",
    }  # fmt: skip
    first = {"papers": ("发票.xml", xml(), "text/xml")}
    done = counter.post(f"/desk/{XIAOHE}/submit", data=form, files=first, follow_redirects=False)
    assert done.status_code == 303, done.text
    known = next(
        one
        for one in _open(counter)
        if one.voucher.papers and one.voucher.papers[0].number == NUMBER
    )
    # The same invoice as the layout file: other bytes, another name, the same number.
    again = {"papers": ("扫描件.xml", xml() + b"\n", "text/xml")}
    back = counter.post(f"/desk/{XIAOHE}/submit", data={**form, "nonce": "0" * 32}, files=again)
    assert submission.PaperUsed.code in back.text
    assert known.case in back.text
    assert "小河村股份经济合作联合社 的事项" in back.text


def _open(counter: TestClient) -> list[Standing]:
    with room_of(counter).engine.connect() as conn:
        return open_cases(conn, XIAOHE)


def test_an_invoice_becomes_a_draft_as_its_seller_was_last_paid(counter: TestClient) -> None:
    csrf = enter(counter, keeper(counter))
    place, way = room_of(counter), f"/desk/{XIAOHE}/voucher/invoice"
    with place.engine.connect() as conn:
        known = posted.periods(conn, XIAOHE)
        past = posted.vouchers(conn, XIAOHE, known[0], known[-1])
    last = [
        one.voucher
        for one in past
        if one.voucher.kind == "payment" and one.voucher.payee and len(one.voucher.legs) == 2
    ][-1]
    assert last.payee
    data = xml(total="86.40").replace(SELLER.encode(), last.payee.name.encode())
    files = {"papers": ("发票.xml", data, "application/xml")}
    page = counter.post(way, data={"csrf": csrf}, files=files)
    assert page.url.query
    again = counter.post(way, data={"csrf": csrf}, files=files)
    assert again.url == page.url  # the same file, the same draft
    sent = fields(page.text, f'{XIAOHE}/submit"')
    assert (sent["payee"], sent["payee_account"]) == (last.payee.name, last.payee.account)
    spent = next(leg.account for leg in last.legs if leg.fen > 0)
    assert (sent["account0"], sent["debit0"], sent["credit1"]) == (spent, "86.40", "86.40")
    assert sent["purpose"] == last.purpose
    assert NUMBER in sent["summary"]
    sent |= {"csrf": csrf, "pin": PIN}
    counter.post(f"/desk/{XIAOHE}/submit", data=sent)
    with place.engine.connect() as conn:
        one = next(c for c in open_cases(conn, XIAOHE) if NUMBER in c.voucher.summary)
        assert drafts.all_of(conn, XIAOHE) == []
    assert [(paper.number, paper.kind) for paper in one.voucher.papers] == [(NUMBER, "invoice")]
    none = {"papers": ("白纸.pdf", pdf(), "application/pdf")}
    assert "W668" in counter.post(way, data={"csrf": csrf}, files=none).text
    assert "W668" in counter.post(way, data={"csrf": csrf}).text
