"""Find out where engines do their work: one module for each kind of evidence."""
