"""Members and shares by the day: who belongs, who holds what, and how it came about."""
