"""Coming over: opening balances and registers from a workbook, tried before anything is kept."""
