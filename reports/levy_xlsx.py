"""The assessed list of a fee as a spreadsheet: the households of the register, to be filled in."""

from collections.abc import Mapping

from ledger.registers.levies import HEADS, Known
from reports.workbook import Sheet, workbook

WIDTHS = (12, 10, 14, 9, 11, 26)
GUIDE = "免收的写人数和原因（五保、低保、重残等）；已迁出的户删去整行。表头不要改。"


def levy_xlsx(unit: str, known: Mapping[str, Known]) -> bytes:
    """Return the list as .xlsx, one row a household that has somebody in it."""

    def fill(sheet: Sheet) -> None:
        sheet.heading(f"{unit}应收花名册", GUIDE)
        sheet.heads(HEADS)
        for number, one in sorted(known.items()):
            if one.people:
                cells = [number, one.group, one.head, str(one.people), "0", ""]
                sheet.write(cells, frozenset())

    return workbook("应收花名册", WIDTHS, fill)
