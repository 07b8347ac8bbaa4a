"""What the panel in the sidebar asks for, one module per view; only administrators may ask."""
