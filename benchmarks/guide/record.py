"""What is kept of an experiment beside its pictures, so that the page can be written again without running anything."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.guide.estimates import Estimate
from benchmarks.guide.experiment import (
    Answer,
    Check,
    Experiment,
    Finding,
    Gallery,
    Measure,
    Readings,
    Verdict,
    verdict,
)
from underpaint.codec import from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The outcome of an experiment."""

    name: str
    checks: tuple[str, ...]
    """What was checked, in words; an experiment that was changed since says something else."""
    seeds: int
    """Pictures per arm."""
    networks: dict[str, str]
    """The sha256 of every model, ControlNet and LoRA by its name."""
    seconds_per_picture: float
    """Of processor time, on the machine that measured."""
    figures: dict[str, dict[str, Estimate]]
    """By measure, then by arm."""
    findings: tuple[Finding, ...]
    """One per check."""

    @property
    def verdict(self) -> Verdict:
        """By the one rule."""
        return verdict([finding.answer for finding in self.findings])

    def count(self, answer: Answer) -> int:
        """How many checks came out so."""
        return sum(finding.answer is answer for finding in self.findings)


def record(experiment: Experiment, gallery: Gallery, networks: dict[str, str]) -> Record:
    """Measures a gallery."""
    readings = Readings(gallery)
    shots = [shot for shots in gallery.values() for shot in shots]
    return Record(
        name=experiment.name,
        checks=said(experiment),
        seeds=len(next(iter(gallery.values()))),
        networks=networks,
        seconds_per_picture=round(sum(shot.seconds for shot in shots) / len(shots), 3),
        figures={measure.name: _figures(measure, experiment, readings) for measure in experiment.measures},
        findings=tuple(check.finding(readings) for check in experiment.checks),
    )


def said(experiment: Experiment) -> tuple[str, ...]:
    """The checks in words, bounds included; a parenthesis instead of a bracket is a bound that is not enough."""
    return tuple(f"{check.says} {_bounds(check)}" for check in experiment.checks)


def _bounds(check: Check) -> str:
    opening, closing = (
        ("(" if check.excludes(check.least) else "["),
        (")" if check.excludes(check.most) else "]"),
    )
    return f"{opening}{check.least}, {check.most}{closing}"


def _figures(measure: Measure, experiment: Experiment, readings: Readings) -> dict[str, Estimate]:
    labels = measure.arms or tuple(arm.label for arm in experiment.arms)
    return {label: readings.estimate(measure, label) for label in labels}


def write_record(kept: Record, folder: Path) -> None:
    """One JSON file per experiment."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_rounded(asdict(kept)), indent=1, ensure_ascii=False)
    (folder / f"{kept.name}.json").write_text(text + "\n")


def _rounded(value: Any) -> Any:
    """Floats with as many digits as mean something, so that files stay short."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def read_record(experiment: Experiment, folder: Path) -> Record | None:
    """None when it was not run, or when it was changed since."""
    file = folder / f"{experiment.name}.json"
    if not file.exists():
        return None
    kept = from_json(Record, json.loads(file.read_text()))
    return kept if kept.checks == said(experiment) else None
