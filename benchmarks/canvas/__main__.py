"""`python -m benchmarks.canvas`."""

from benchmarks.canvas.bench import main

main()
