"""The statements as spreadsheets, laid out as on paper."""

from ledger.statements import Statement
from reports import statement as statements
from reports.workbook import Sheet, workbook

UPRIGHT = 4  # so many columns fit on an upright page


def statement_xlsx(unit: str, until: str, statement: Statement) -> bytes:
    """Return a statement as .xlsx: amounts are numbers in yuan, the print set-up is A4."""
    titles = statements.titles(statement)
    amounts = frozenset(at for at, title in enumerate(titles) if title in statement.columns)

    def fill(sheet: Sheet) -> None:
        sheet.heading(statement.title, f"编制单位：{unit}　{until}　{statement.form}　单位：元")
        sheet.heads(titles)
        for line in statements.lines(statement):
            sheet.write(line, amounts)

    narrow = {"行次": 6.0, **dict.fromkeys(statement.columns, 17.0)}
    widths = [narrow.get(title, 30.0) for title in titles]
    return workbook(statement.title, widths, fill, wide=len(titles) > UPRIGHT)
