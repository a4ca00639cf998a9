"""What villagers ask by page, until the clerk's signed entry makes a question of it."""
