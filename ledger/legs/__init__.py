"""The legs of posted vouchers, a view of the log."""
