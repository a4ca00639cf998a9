"""The Beancount books, a view of the log."""
