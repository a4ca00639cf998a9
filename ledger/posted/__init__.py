"""The posted vouchers, a view of the log."""
