"""Prompt text to weighted tokens: strings and integers only, no torch."""
