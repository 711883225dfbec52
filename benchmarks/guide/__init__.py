"""The guide, measured: its claims as experiments that anyone can run."""
