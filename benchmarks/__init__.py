"""Comparisons with peers and limits. Run from the repository, not part of the package."""
