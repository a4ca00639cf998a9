"""What a collective owns, owes, earns and shares."""
