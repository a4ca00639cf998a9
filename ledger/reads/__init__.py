"""Who read personal data, when, and what: noted before it is shown, bound by the log."""
