"""The sample township: plainly invented people and firms, so that everything can be tried."""
