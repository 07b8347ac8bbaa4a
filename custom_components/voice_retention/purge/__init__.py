"""Delete what is asked for or due, everywhere, and say what was done."""
