"""The pairs of accounts by which a union and its branches owe each other."""
