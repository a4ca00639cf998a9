"""The register of members and shares as a spreadsheet, which is also the template to fill in."""

from ledger.registers.membership import sheet as register_sheet
from ledger.registers.membership.fold import State
from reports.workbook import Sheet, workbook

WIDTHS = (10, 8, 12, 12, 11, 13, 21, 11, 13, 11, 13, 9, 9, 9, 9, 24)
BLANK = 40


def members_xlsx(unit: str, state: State) -> bytes:
    """Return the register as .xlsx; an empty one is a template with room for rows."""
    table = register_sheet.write(state)

    def fill(sheet: Sheet) -> None:
        sheet.heading(f"{unit}成员与份额登记簿", register_sheet.GUIDE)
        sheet.heads(table[0])
        for cells in table[1:] if state.houses else [[""] * len(table[0])] * BLANK:
            sheet.write(cells, frozenset())

    return workbook("份额登记簿", WIDTHS, fill, wide=True)
