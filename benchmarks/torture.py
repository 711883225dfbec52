"""Kills server and engine at random while jobs run: `python -m benchmarks.torture --kills 200 --seconds 1500`.

Jobs are put into the queue all the time. At the end every job that the server took must be done, each of its images
recorded once and equal to that of an undisturbed run, every file in the store whole, and the database sound. The
engine paints without a model unless `--painter builtin` is given.
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.victim import Gone, Victim
from underpaint.codec import to_json
from underpaint.image.io import load_mask, load_picture
from underpaint.image.picture import sha256_of_pixels
from underpaint.image.png import encode_png
from underpaint.request import BatchSettings, InpaintRequest, NoiseSettings, PromptSettings, SamplingSettings

FAKE = "tests.api.fake_engine:FakePainter"
BUILTIN = "underpaint.server.painter:Painter"
DONE_TIMEOUT_S = 600.0
MOST_WAITING = 3
FINAL = ("done", "failed", "cancelled")


@dataclass
class Report:
    kills: Counter[str] = field(default_factory=Counter[str])
    jobs: int = 0
    images: int = 0
    files: int = 0
    retried: int = 0
    problems: list[str] = field(default_factory=list[str])


class Torture:
    """One storm over one server."""

    def __init__(self, folder: Path, painter: str, rng: random.Random) -> None:
        self._server, self._rng = Victim(folder, painter), rng
        self._project_id, self._node_id = "", ""
        self._expected: list[list[str]] = []
        """By template: sha256 of its images."""
        self._taken: dict[str, int] = {}
        """Jobs the server said it took, and of which template."""
        self._seen: dict[tuple[str, int], tuple[str, float]] = {}
        """Images that were reported once: what they are, and how long they took, which would tell a second time."""
        self._finished: set[str] = set()
        self._report = Report()

    def run(self, kills: int, seconds: float) -> Report:
        """The report; fewer kills than asked for when the time was over."""
        deadline, pause_s = time.monotonic() + seconds, 0.6 * seconds / kills
        self._prepare()
        while self._report.kills.total() < kills and time.monotonic() < deadline:
            with suppress(Gone):
                self._keep_busy()
                self._look()
            time.sleep(self._rng.uniform(0, 2 * min(pause_s, 1.0)))
            if self._strike() and (done := self._report.kills.total()) % 20 == 0:
                print(f"{done} kills, {len(self._taken)} jobs", flush=True)
        self._finish()
        self._check_files()
        return self._report

    # before

    def _prepare(self) -> None:
        """Runs every template undisturbed: what its images must be."""
        self._server.start()
        self._server.wait_until_it_answers()
        project = self._server.ask("/projects/sample", {})
        self._project_id, self._node_id = project["id"], project["head_id"]
        picture = project["nodes"][0]["picture"]
        mask = np.zeros((picture["height"], picture["width"]), np.uint8)
        mask[100:260, 200:420] = 255
        self._server.put_file(f"/nodes/{self._node_id}/layers/mask.png", encode_png(mask))
        for template in range(len(TEMPLATES)):
            job_id = self._enqueue(template)
            while (job := self._server.ask(f"/jobs/{job_id}"))["state"] not in FINAL:
                time.sleep(0.1)
            assert job["state"] == "done", job["error"]
            self._expected.append([result["picture"]["sha256"] for result in job["results"]])

    # during

    def _enqueue(self, template: int) -> str:
        request, is_inpainting = TEMPLATES[template]
        order = {
            "node_id": self._node_id if is_inpainting else None,
            "request": to_json(request),
            "underpainting": "original",
            "task": "custom",
        }
        job_id = self._server.ask(f"/projects/{self._project_id}/jobs", order)["id"]
        self._taken[job_id] = template
        return job_id

    def _keep_busy(self) -> None:
        jobs = self._server.ask("/queue")["jobs"]
        for _ in range(sum(job["state"] not in FINAL for job in jobs), MOST_WAITING):
            self._enqueue(self._rng.randrange(len(TEMPLATES)))

    def _look(self) -> None:
        """What was done once stays done, and stays the same."""
        for job in self._server.ask("/queue")["jobs"]:
            if job["id"] in self._finished and job["state"] != "done":
                self._report.problems.append(f"job {job['id']} was done and is {job['state']} now")
            if job["state"] == "done":
                self._finished.add(job["id"])
            if job["state"] == "failed":
                self._retry(job)
            for result in job["results"]:
                if result["picture"]:
                    self._note(job["id"], result)

    def _retry(self, job: Any) -> None:
        """An image at which the engine was killed twice fails its job, as it should."""
        if job["error"]["code"] != "engine-died":
            self._report.problems.append(f"job {job['id']} failed: {job['error']}")
        else:
            self._report.retried += 1
            self._server.ask(f"/jobs/{job['id']}/retry", {})

    def _note(self, job_id: str, result: Any) -> None:
        made = result["picture"]["sha256"], result["seconds"]
        if self._seen.setdefault((job_id, result["index"]), made) != made:
            self._report.problems.append(f"image {result['index']} of job {job_id} was made twice")

    def _strike(self) -> bool:
        """Kills the server, the engine, or both; a server sometimes again while it starts. False: there was none."""
        target = self._rng.choices(("server", "engine", "both"), (4, 5, 1))[0]
        if target != "server" and not self._server.kill_engine():
            return False
        if target != "engine":
            self._server.kill_server()
            self._server.start()
        self._report.kills[target] += 1
        if target != "engine" and self._rng.random() < 0.8:
            self._server.wait_until_it_answers()
        return True

    # after

    def _finish(self) -> None:
        """Waits for all jobs, then looks at each."""
        self._server.wait_until_it_answers()
        deadline = time.monotonic() + DONE_TIMEOUT_S
        while any(job["state"] not in FINAL for job in self._jobs()):
            assert time.monotonic() < deadline, "the queue does not come to its end"
            self._look()
            time.sleep(0.2)
        jobs = {job["id"]: job for job in self._jobs()}
        for job_id, template in self._taken.items():
            if job_id not in jobs:
                self._report.problems.append(f"job {job_id} is lost")
            else:
                self._check_job(jobs[job_id], self._expected[template])
        self._report.jobs = len(jobs)
        if (stop_s := self._server.stop()) > 10:
            self._report.problems.append(f"the server took {stop_s:.0f} s to stop")

    def _jobs(self) -> list[Any]:
        for job in (jobs := self._server.ask("/jobs")):
            if job["state"] == "failed":
                self._retry(job)
                job["state"] = "queued"
        return jobs

    def _check_job(self, job: Any, expected: list[str]) -> None:
        made = [result["picture"] and result["picture"]["sha256"] for result in job["results"]]
        self._report.images += len(made)
        if job["state"] != "done" or made != expected:
            self._report.problems.append(f"job {job['id']} is {job['state']} and not as undisturbed")
        for result in job["results"]:
            if result["picture"]:
                self._note(job["id"], result)

    def _check_files(self) -> None:
        with sqlite3.connect(self._server.data / "underpaint.db") as database:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            orphans = database.execute("PRAGMA foreign_key_check").fetchall()
        database.close()
        if (verdict, orphans) != ("ok", []):
            self._report.problems.append(f"the database: {verdict}, {orphans}")
        for file in (self._server.data / "pictures").rglob("*.png"):
            self._report.files += 1
            if file.stem not in (load_picture(file).sha256, sha256_of_pixels(load_mask(file))):
                self._report.problems.append(f"{file} is torn")


def _template(seed: int, count: int, step_s: float, size: int = 1) -> InpaintRequest:
    return InpaintRequest(
        prompt=PromptSettings(positive=f"a green tree, step_s={step_s}"),
        sampling=SamplingSettings(steps=6),
        noise=NoiseSettings(seed=seed),
        batch=BatchSettings(size=size, count=count),
    )


TEMPLATES = [
    (_template(1, 4, 0.05), True),
    (_template(20, 2, 0.15), True),
    (_template(300, 6, 0.02), False),
    (_template(4000, 2, 0.06, size=3), False),
]
"""Requests, and whether they repaint the sample picture."""


def torture(folder: Path, *, kills: int, seconds: float, painter: str = FAKE, seed: int = 0) -> Report:
    """The report of one storm in an empty folder."""
    return Torture(folder, painter, random.Random(seed)).run(kills, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill server and engine at random while jobs run.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument(
        "--seconds", type=float, default=1500, help="time for the kills; the rest of the queue adds to it"
    )
    parser.add_argument("--painter", choices=("fake", "builtin"), default="fake")
    parser.add_argument("--seed", type=int, default=0, help="of the order and the moments of kills")
    options = parser.parse_args()
    painter = BUILTIN if options.painter == "builtin" else FAKE
    with tempfile.TemporaryDirectory(prefix="underpaint-torture-") as folder:
        report = torture(
            Path(folder), kills=options.kills, seconds=options.seconds, painter=painter, seed=options.seed
        )
    struck = ", ".join(f"{target} {count}" for target, count in report.kills.items())
    print(f"{report.kills.total()} kills ({struck}); {report.retried} jobs were tried again")
    print(f"{report.jobs} jobs with {report.images} images, {report.files} files")
    print(*(report.problems or ["no job lost, none done twice, no torn file"]), sep="\n")
    if report.kills.total() < options.kills:
        print(f"only {report.kills.total()} of {options.kills} kills in the time given")
        return 1
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
