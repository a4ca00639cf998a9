"""The papers: printed sheets, statements, slips and the audit desk."""
