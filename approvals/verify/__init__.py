"""A separate evaluation of a books directory: it shares no fold with the server."""

from approvals.verify.run import verify
from approvals.verify.verdict import Counts, Fault, Verdict

__all__ = ["Counts", "Fault", "Verdict", "verify"]
