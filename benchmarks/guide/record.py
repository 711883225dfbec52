"""What is kept of an experiment beside its pictures, so that the page can be written again without running anything."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.guide.estimates import Estimate
from benchmarks.guide.experiment import (
    Answer,
    Arm,
    Experiment,
    Finding,
    Gallery,
    Measure,
    Readings,
    Verdict,
    verdict,
)
from underpaint.codec import from_json, to_json
from underpaint.request import InpaintRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The outcome of an experiment."""

    name: str
    asked: str
    """The sha256 of the experiment: what was done, measured and asked for."""
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
        asked=digest(experiment),
        seeds=len(next(iter(gallery.values()))),
        networks=networks,
        seconds_per_picture=round(sum(shot.seconds for shot in shots) / len(shots), 3),
        figures={measure.name: _figures(measure, experiment, readings) for measure in experiment.measures},
        findings=tuple(check.finding(readings) for check in experiment.checks),
    )


def digest(experiment: Experiment) -> str:
    """Changes with whatever decides the figures, but for code, defaults and networks: arms, stage, measures, checks."""
    parts = (
        [_edit(arm) for arm in experiment.arms],
        experiment.stage.__name__,
        [measure.name for measure in experiment.measures],
        [
            [check.says, check.measure.name, check.arm, check.than, check.least, check.most]
            for check in experiment.checks
        ],
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _edit(arm: Arm) -> list[Any]:
    """All of an arm as JSON, the edits before it included."""
    shown = replace(arm, after=None)
    asked = _beyond(to_json(arm.request), to_json(InpaintRequest()))
    return [asdict(shown) | {"request": asked}, arm.after and _edit(arm.after)]


def _beyond(asked: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    """What is asked for beyond the defaults, so that a setting that is new changes no digest."""
    return {
        name: _beyond(value, usual[name]) if isinstance(value, dict) else value
        for name, value in asked.items()
        if value != usual[name]
    }


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
    kept = json.loads(file.read_text())
    return from_json(Record, kept) if kept.get("asked") == digest(experiment) else None
