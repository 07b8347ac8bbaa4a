"""The panel as people use it: a real browser, Home Assistant's real frontend, and recordings of real sentences."""
