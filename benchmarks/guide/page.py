"""The page: docs/guide/index.html. One file of HTML and CSS beside its pictures; no script."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path

from benchmarks.guide import wording
from benchmarks.guide.chart import axis, scale, whisker
from benchmarks.guide.claims import PARTS
from benchmarks.guide.command import commands
from benchmarks.guide.estimates import Estimate
from benchmarks.guide.experiment import (
    RULE,
    Answer,
    Arm,
    Check,
    Experiment,
    Finding,
    Measure,
    Unmeasured,
    Verdict,
)
from benchmarks.guide.judge import own_accuracy
from benchmarks.guide.networks import lacking, missing
from benchmarks.guide.pictures import CELL_PX, arm_file, start_file, strip_size
from benchmarks.guide.record import Record

SIGNS = {Verdict.CONFIRMED: "✓", Verdict.DEPENDS: "◐", Verdict.NOT_CONFIRMED: "✕"}
ANSWER_SIGNS = {Answer.YES: "✓", Answer.NO: "✕", Answer.OPEN: "?"}
ANSWER_WORDS = {Answer.YES: "holds", Answer.NO: "does not hold", Answer.OPEN: "too close to call"}
INTERVALS = (
    "Bars are 95 % confidence intervals: Wilson's score interval for shares, a percentile bootstrap over seeds for "
    "means; for differences, which are of pairs with one seed, Newcombe's paired interval for shares and a bootstrap of "
    "pairs for means."
)

Records = Mapping[str, Record]


def page(records: Records, folder: Path) -> str:
    """The whole page; `folder` holds its pictures."""
    style = (files("benchmarks.guide") / "page.css").read_text()
    title = "The inpainting guide, measured"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title} · Underpaint</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<style>\n{style}</style>\n</head>\n<body>\n'
        f"<header>\n{_header(title, records)}</header>\n"
        f'<nav aria-label="Claims">\n{_contents(records)}</nav>\n'
        f"<main>\n{_parts(records, folder)}{_unmeasured(records)}{_method(records)}</main>\n</body>\n</html>\n"
    )


def _header(title: str, records: Records) -> str:
    counts = {verdict: sum(r.verdict is verdict for r in records.values()) for verdict in Verdict}
    bar = "".join(
        f'<i class="{_class(verdict)}" style="flex-grow:{count}"></i>'
        for verdict, count in counts.items()
        if count
    )
    key = "".join(f"<li>{_chip(verdict)}<b>{count}</b></li>" for verdict, count in counts.items())
    return (
        f'<p class="mark">Underpaint</p>\n<h1>{title}</h1>\n'
        '<p class="lead">What lies under the mask when denoising starts decides what comes out. The Basic Inpainting '
        "Guide, which Underpaint is built after, tells from experience how. Here are "
        f"{len(records)} of its claims as experiments, run with the model that ships with Underpaint and judged by "
        "rules that stood before the run.</p>\n"
        f'<div class="tally" aria-hidden="true">{bar}</div>\n<ul class="key">{key}</ul>\n'
    )


def _class(verdict: Verdict) -> str:
    return verdict.value.replace(" ", "-")


def _chip(verdict: Verdict) -> str:
    return f'<span class="chip {_class(verdict)}"><i aria-hidden="true">{SIGNS[verdict]}</i>{verdict.value}</span>'


def _contents(records: Records) -> str:
    return "".join(
        f"<section><h2>{escape(part)}</h2><ol>{_links(experiments, records)}</ol></section>\n"
        for part, experiments in PARTS.items()
        if any(e.name in records for e in experiments)
    )


def _links(experiments: Sequence[Experiment], records: Records) -> str:
    return "".join(
        f'<li><a href="#{e.name}">{_sign(records[e.name].verdict)}<span>{escape(e.title)}</span></a></li>'
        for e in experiments
        if e.name in records
    )


def _sign(verdict: Verdict) -> str:
    return f'<i class="sign {_class(verdict)}" role="img" aria-label="{verdict.value}:">{SIGNS[verdict]}</i>'


def _parts(records: Records, folder: Path) -> str:
    return "".join(
        f'<section class="part"><h2>{escape(part)}</h2>\n'
        + "".join(_article(e, records[e.name], folder) for e in experiments if e.name in records)
        + "</section>\n"
        for part, experiments in PARTS.items()
        if any(e.name in records for e in experiments)
    )


# One experiment


def _article(experiment: Experiment, record: Record, folder: Path) -> str:
    body = _rows if experiment.columns is None else _grid
    return (
        f'<article id="{experiment.name}">\n<div class="head">{_chip(record.verdict)}'
        f"<h3>{escape(experiment.title)}</h3></div>\n"
        f"<blockquote>{escape(experiment.claim)}</blockquote>\n"
        f'<p class="setting">{escape(experiment.setting)}</p>\n'
        f"{body(experiment, record, folder)}"
        f"{_checks(experiment, record)}{_notes(experiment)}{_repeat(experiment, record)}</article>\n"
    )


def _strip(folder: Path, name: str, alt: str) -> str:
    size = strip_size(folder / "pictures" / name)
    width, height = (round(v * 112 / CELL_PX) for v in size)
    return (
        f'<img src="pictures/{name}" width="{width}" height="{height}" alt="{escape(alt)}" loading="lazy" '
        'decoding="async">'
    )


def _start(experiment: Experiment, folder: Path) -> str:
    return _strip(folder, start_file(experiment), "What is edited, with the mask outlined")


def _rows(experiment: Experiment, record: Record, folder: Path) -> str:
    """An arm to a row: label, pictures of six seeds, figures."""
    main, *others = experiment.measures
    figures = record.figures[main.name]
    along = scale(figures.values(), main)
    head = (
        '<tr><th scope="col"></th><th scope="col">six seeds</th>'
        f'<th scope="col" class="main">{escape(_titled(main))}{axis(along, main)}</th>'
        + "".join(f'<th scope="col" class="num">{escape(_titled(m))}</th>' for m in others)
        + "</tr>"
    )
    start = (
        f'<tr class="start"><th scope="row">before</th><td>{_start(experiment, folder)}</td>'
        f'<td class="none" colspan="{1 + len(others)}"></td></tr>'
    )
    rows = "".join(_row(experiment, arm, record, folder) for arm in experiment.arms)
    return f'<div class="scroll"><table class="rows"><thead>{head}</thead><tbody>{start}{rows}</tbody></table></div>\n'


def _titled(measure: Measure) -> str:
    return measure.name + (f" ({measure.unit})" if measure.unit else "")


def _row(experiment: Experiment, arm: Arm, record: Record, folder: Path) -> str:
    main, *others = experiment.measures
    figures = record.figures[main.name]
    strip = _strip(folder, arm_file(experiment, arm), f"{arm.label}: results of the first seeds")
    return (
        f'<tr><th scope="row">{escape(arm.label)}</th><td>{strip}</td>'
        f'<td class="main" data-name="{escape(_titled(main))}">{_value(figures[arm.label], main)}'
        f"{whisker(figures[arm.label], scale(figures.values(), main))}</td>"
        + "".join(
            f'<td class="num" data-name="{escape(_titled(m))}">{_cell(record.figures[m.name].get(arm.label), m)}</td>'
            for m in others
        )
        + "</tr>"
    )


def _value(estimate: Estimate, measure: Measure) -> str:
    """A large figure with its interval below."""
    return (
        f"<b>{wording.number(estimate.value, measure)}{'%' if measure.is_share else ''}</b>"
        f"<small>{wording.interval(estimate, measure)}</small>"
    )


def _cell(estimate: Estimate | None, measure: Measure) -> str:
    return "–" if estimate is None else _value(estimate, measure)


def _grid(experiment: Experiment, record: Record, folder: Path) -> str:
    """Rows by columns; every cell has four seeds and the figures."""
    labels = [arm.label.split(" | ") for arm in experiment.arms]
    rows, columns = dict.fromkeys(r for r, _ in labels), dict.fromkeys(c for _, c in labels)
    arms = {arm.label: arm for arm in experiment.arms}
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(row)}</th>'
        + "".join(f"<td>{_box(experiment, arms[f'{row} | {c}'], record, folder)}</td>" for c in columns)
        + "</tr>"
        for row in rows
    )
    return (
        f'<figure class="before">{_start(experiment, folder)}<figcaption>before</figcaption></figure>\n'
        f'<div class="scroll"><table class="grid"><caption>{escape(experiment.columns or "")} →</caption>'
        f'<thead><tr><th scope="col"></th>{head}</tr></thead><tbody>{body}</tbody></table></div>\n'
    )


def _box(experiment: Experiment, arm: Arm, record: Record, folder: Path) -> str:
    strip = _strip(folder, arm_file(experiment, arm), f"{arm.label}: results of four seeds")
    told = "".join(
        f'<span class="told"><b>{wording.number(e.value, m)}{wording.unit(m)}</b> {escape(m.name)}</span>'
        for m in experiment.measures
        if (e := record.figures[m.name].get(arm.label)) is not None
    )
    return f"{strip}{told}"


def _checks(experiment: Experiment, record: Record) -> str:
    items = "".join(
        _check(check, finding) for check, finding in zip(experiment.checks, record.findings, strict=True)
    )
    return f'<ul class="checks">{items}</ul>\n'


def _check(check: Check, finding: Finding) -> str:
    differs = check.than is not None
    found = wording.figure(finding.estimate, check.measure, difference=differs)
    spread = wording.interval(finding.estimate, check.measure, difference=differs)
    answer = finding.answer
    return (
        f'<li class="{answer.name.lower()}"><i role="img" aria-label="{ANSWER_WORDS[answer]}">{ANSWER_SIGNS[answer]}</i>'
        f"<div><b>{escape(check.says)}</b><span>{escape(check.measure.name)}, {escape(wording.compared(check))}: "
        f"<em>{found}</em> ({spread}); asked for {wording.bound(check)}</span></div></li>"
    )


def _notes(experiment: Experiment) -> str:
    here = (
        f'<p class="here"><b>In Underpaint</b> {_with_code(experiment.here)}</p>\n' if experiment.here else ""
    )
    caveat = f'<p class="here"><b>Mind</b> {_with_code(experiment.caveat)}</p>\n' if experiment.caveat else ""
    return here + caveat


def _with_code(text: str) -> str:
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", marked)


def _repeat(experiment: Experiment, record: Record) -> str:
    arms = "\n\n".join(
        f"# {arm.label.replace(' | ', ', ')}\n" + "\n".join(commands(experiment, arm))
        for arm in experiment.arms
    )
    return (
        f"<details><summary>Repeat it</summary><p>All of it, with {record.seeds} seeds: "
        f"<code>make guide ONLY={experiment.name}</code>. The first picture of every row, from the folder that holds "
        f'<code>docs</code>:</p><pre tabindex="0">{escape(arms)}</pre></details>\n'
    )


# What else there is to say


def waiting(records: Records) -> list[Unmeasured]:
    """What has no figures, and why."""
    unrun = [e for experiments in PARTS.values() for e in experiments if e.name not in records]
    return [Unmeasured(claim=e.claim, reason=_reason(e)) for e in unrun]


def _reason(experiment: Experiment) -> str:
    """Experiments with a network that is not installed cannot be run."""
    if absent := missing(experiment):
        return lacking(absent)
    return f"Waits for its run: `make guide ONLY={experiment.name}`."


def _unmeasured(records: Records) -> str:
    items = "".join(
        f"<li><blockquote>{escape(each.claim)}</blockquote><p>{_with_code(each.reason)}</p></li>"
        for each in waiting(records)
    )
    return (
        items
        and f'<section class="part" id="unmeasured"><h2>Not measured yet</h2><ul class="waiting">{items}</ul></section>\n'
    )


def _method(records: Records) -> str:
    judge = own_accuracy()
    seeds = _span(record.seeds for record in records.values())
    networks = sorted({(name, hashed[:10]) for r in records.values() for name, hashed in r.networks.items()})
    named = ", ".join(f"{escape(name)} <code>{hashed}</code>" for name, hashed in networks)
    return (
        '<section class="part method" id="method"><h2>How it was measured</h2>\n'
        f"<p>{escape(RULE)} {escape(INTERVALS)} There are {seeds} seeds per setting; each seed draws its own scene, "
        "except where the sample picture is edited.</p>\n"
        "<p>Everything goes through Underpaint's library, as any edit does. Where a picture has to be recognised, a small "
        "network looks at the place that was masked. It was trained on drawn scenes alone, never on a generated picture, "
        "and also knows what nothing looks like. On places of unseen scenes it names the thing in "
        f"{100 * judge['thing']:.1f} %, its colour in {100 * judge['colour']:.1f} %, and sees that there is nothing in "
        f"{100 * judge['nothing']:.1f} %. Everything else is measured on pixels: colour differences are CIE76.</p>\n"
        "<p>It is a small model that draws storybook scenes. What is confirmed here follows from how diffusion and "
        "masks work; what is not may look different with a large model. Run "
        f"with {named}.</p></section>\n"
    )


def _span(numbers: Iterable[int]) -> str:
    known = sorted(set(numbers))
    return str(known[0]) if len(known) == 1 else f"{known[0]} to {known[-1]}"
