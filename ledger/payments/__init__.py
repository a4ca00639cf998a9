"""Payment files: signed payments on their way to the bank."""
