"""Measures the canvas engine in a real browser: opening a large picture and painting on it."""
