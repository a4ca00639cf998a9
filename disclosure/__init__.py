"""The notice: what villagers are shown, and when."""
