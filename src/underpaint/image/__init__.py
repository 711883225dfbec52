"""Pictures and masks as numpy arrays: pure functions, no torch."""
