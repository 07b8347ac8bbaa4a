"""Reach the places where Home Assistant keeps voice data, one small module each."""
