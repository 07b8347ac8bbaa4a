"""Build the forms of the flows, and check what was entered into them."""
