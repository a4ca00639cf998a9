"""The registers of a collective."""
