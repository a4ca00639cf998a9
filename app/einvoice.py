"""Read an electronic invoice (数电票 as XML, OFD or PDF): number, day, amount, seller, buyer.

Run by `app.bounded`: it imports nothing of ours. What it reads is what the file says; whether the
invoice is genuine, the tax bureau alone can tell.
"""

import io
import json
from xml.etree.ElementTree import Element

import ofdkit
import pikepdf
from defusedxml.ElementTree import fromstring

MOST = 200  # characters of a field
# The XML and the PDF of the tax bureau's platform name the fields alike.
FIELDS = {
    "number": "InvoiceNumber",
    "day": "IssueTime",
    "total": "TotalTax-includedAmount",
    "seller": "SellerName",
    "buyer": "BuyerName",
    "what": "ItemName",
}
# The schema of 2019, kept inside older OFD invoices and given out beside them.
OLDER = {
    "code": "InvoiceCode",
    "number": "InvoiceNo",
    "day": "IssueDate",
    "total": "TaxInclusiveTotalAmount",
    "seller": "SellerName",
    "buyer": "BuyerName",
    "what": "Item",
}


def answer(data: bytes, kind: str) -> bytes:
    """Return the fields that a file states as JSON of texts; an empty object for no invoice.

    Raises:
        Exception: whatever the readers say of a file that they cannot read.
    """
    found = {"xml": _xml, "ofd": _ofd, "pdf": _pdf}[kind](data)
    known = {name: text.strip()[:MOST] for name, text in found.items() if text and text.strip()}
    if "number" not in known:
        known = {}
    return json.dumps(known).encode()


def _xml(data: bytes) -> dict[str, str]:
    root = fromstring(data, forbid_dtd=True)
    names = FIELDS if _text(root, FIELDS["number"]) else OLDER
    return {field: _text(root, name) for field, name in names.items()}


def _text(root: Element, name: str) -> str:
    # Prefixes and namespaces differ from maker to maker: the local name decides.
    return next((one.text or "" for one in root.iter() if _local(one) == name), "")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _ofd(data: bytes) -> dict[str, str]:
    found = ofdkit.extract_invoice(data)
    if found is None:
        return {}
    fields = {
        "code": found.invoice_code,
        "number": found.invoice_number,
        "day": found.issue_date,
        "total": found.total_amount,
        "seller": found.seller.name,
        "buyer": found.buyer.name,
        "what": found.items[0].name if found.items else "",
    }
    return {name: text or "" for name, text in fields.items()}


def _pdf(data: bytes) -> dict[str, str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        info = {str(name): str(value) for name, value in pdf.docinfo.items()}
    return {field: info.get(f"/{name}", "") for field, name in FIELDS.items()}
