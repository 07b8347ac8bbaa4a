"""Programs that run beside Home Assistant, in an environment of their own."""
