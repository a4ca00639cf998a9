"""The counter: pages, commands, settings and the database."""
