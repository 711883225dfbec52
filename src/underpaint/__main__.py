"""`python -m underpaint`."""

from underpaint.cli import main

if __name__ == "__main__":
    main()
