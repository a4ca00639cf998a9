"""The audit desk: the books of the auditor's villages in Fava, read-only, with their signatures."""

from reports.auditors.desk import desk

__all__ = ["desk"]
