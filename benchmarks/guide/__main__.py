"""`make guide`: measures the claims of the guide and writes a page about them.

    python -m benchmarks.guide --seeds 32 --only girl-to-cat

Pictures are kept in .training/guide, so that an interrupted run goes on where it was. Experiments with a model, a
ControlNet or a LoRA that is not installed are left out.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

from benchmarks.guide import wording
from benchmarks.guide.claims import EXPERIMENTS
from benchmarks.guide.experiment import Experiment
from benchmarks.guide.loading import remembered
from benchmarks.guide.making import Maker, cores, gallery, painted
from benchmarks.guide.networks import lacking, missing, networks_of
from benchmarks.guide.progress import Progress
from benchmarks.guide.record import Record, record
from benchmarks.guide.report import keep, write_pages

ROOT = Path(__file__).parents[2]
KEPT = ROOT / ".training" / "guide"
OUT = ROOT / "docs" / "guide"
MARKDOWN = ROOT / "docs" / "explanation" / "guide.md"
KEEPING_MEMORY = {"MALLOC_MMAP_THRESHOLD_": 2**25, "MALLOC_TRIM_THRESHOLD_": 2**30}
"""Under glibc workers keep what they free for the next layer. Else a tenth of decoding and a fifth of encoding goes into
page faults."""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.guide",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=32, help="pictures per arm, at least 2")
    parser.add_argument("--only", nargs="+", choices=list(EXPERIMENTS), metavar="NAME", default=[])
    parser.add_argument("--out", type=Path, default=OUT, help="folder of the page")
    parser.add_argument("--workers", type=int, default=cores(), help="processes; one per core by default")
    parser.add_argument("--list", action="store_true", help="name the experiments and stop")
    options = parser.parse_args()
    if options.list:
        for experiment in EXPERIMENTS.values():
            print(f"{experiment.name:28} {experiment.title}")
        return
    if options.seeds < 2:
        parser.error("--seeds: it takes two pictures to tell chance from effect")
    if options.workers < 1:
        parser.error("--workers: at least 1")
    torch.set_num_threads(1)
    for limit, size in KEEPING_MEMORY.items():
        os.environ.setdefault(limit, str(size))
    chosen = runnable([EXPERIMENTS[name] for name in options.only or EXPERIMENTS])
    if not chosen:
        sys.exit("Nothing is left to measure.")
    try:
        measure(chosen, range(options.seeds), options.workers, options.out)
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on from here.")
    markdown = MARKDOWN if options.out.resolve() == OUT else options.out / "guide.md"
    for path in write_pages(options.out, markdown):
        print(path)


def runnable(experiments: Sequence[Experiment]) -> list[Experiment]:
    """Those that this installation has everything for; says of the others what is missing."""
    absent = {experiment.name: missing(experiment) for experiment in experiments}
    for name, networks in absent.items():
        if networks:
            print(f"{name:28} left out. {lacking(networks)}", flush=True)
    return [experiment for experiment in experiments if not absent[experiment.name]]


def measure(experiments: Sequence[Experiment], seeds: Sequence[int], workers: int, out: Path) -> None:
    """Has workers make the pictures, measures each experiment when it is complete while they go on, and says how it came
    out."""
    maker, progress = Maker(remembered, KEPT), Progress(experiments, seeds)
    named = {experiment.name: experiment for experiment in experiments}
    with closing(painted(experiments, seeds, KEPT, workers)) as work:
        for portion, calls in work:
            progress.note(portion, calls)
            if progress.is_due():
                print(progress, flush=True)
            if progress.is_complete(portion.experiment):
                finish(named[portion.experiment], maker, seeds, out)
    print(progress, flush=True)


def finish(experiment: Experiment, maker: Maker, seeds: Sequence[int], out: Path) -> None:
    """Measures an experiment whose pictures are there."""
    shots = gallery(maker, experiment, seeds)
    hashed = {network.name: network.sha256 for network in networks_of(experiment)}
    found = record(experiment, shots, hashed)
    keep(experiment, shots, found, out)
    tell(experiment, found)


def tell(experiment: Experiment, found: Record) -> None:
    """A line for the experiment and one for each check."""
    print(f"{experiment.name:28} {found.verdict}", flush=True)
    for check, finding in zip(experiment.checks, found.findings, strict=True):
        is_difference = check.than is not None
        spread = wording.interval(finding.estimate, check.measure, difference=is_difference)
        value = wording.figure(finding.estimate, check.measure, difference=is_difference)
        print(f"    {finding.answer:18} {check.says}: {value} ({spread})", flush=True)


if __name__ == "__main__":
    main()
