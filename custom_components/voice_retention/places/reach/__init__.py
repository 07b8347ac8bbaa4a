"""Name what holds copies and cannot be deleted from here, one module for each kind."""
