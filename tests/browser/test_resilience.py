"""Reloads, second tabs, servers that die, files that are broken: nothing is lost."""

from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext, Page

from tests.browser.painters import SHORT_OF_MEMORY
from tests.browser.pictures import png
from tests.browser.server import RunningServer
from tests.browser.studio import JOB_TIMEOUT_MS, Studio


def test_a_reload_between_strokes_loses_nothing(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    studio.page.evaluate("underpaint.editor.setView({ zoom: 2, x: -300, y: -120 })")
    studio.stroke([(250, 200), (300, 260)])
    mask = studio.drawn_mask()
    studio.wait("underpaint.store.saveState.value === 'saved'")
    studio.page.wait_for_timeout(700)
    studio.reload()
    assert np.array_equal(studio.drawn_mask(), mask)
    assert studio.page.evaluate("underpaint.editor.view.zoom") == 2


def test_two_tabs_on_one_project_agree(studio: Studio, context: BrowserContext) -> None:
    studio.open_sample()
    other = Studio(context.new_page(), studio.server).open(f"/#{studio.value('project')['id']}")
    other.wait_for_picture()
    studio.stroke()
    other.wait("!underpaint.editor.isMaskEmpty")
    other.page.wait_for_timeout(500)
    other.settle()
    assert np.array_equal(other.drawn_mask(), studio.drawn_mask())
    other.stroke([(100, 80), (180, 120)])
    both = other.drawn_mask()
    studio.wait(f"underpaint.editor.maskShare > {both.mean() / 255 * 0.999}")
    studio.settle()
    assert np.array_equal(studio.drawn_mask(), both)
    studio.draft_quality(3)
    studio.describe("tree")
    other.wait("underpaint.store.request.value.prompt.positive === 'tree'")
    studio.generate()
    other.wait("underpaint.store.activeJob.value !== null")
    assert other.wait_for_results()["state"] == "done"


def test_a_job_survives_the_servers_death(page: Page, own_server: RunningServer) -> None:
    studio = Studio(page, own_server).open_sample()
    studio.draft_quality(10)
    studio.stroke()
    studio.describe("tree with green leaves, field, sunset")
    studio.generate()
    studio.wait("underpaint.store.activeJob.value.results[0].state === 'done'", JOB_TIMEOUT_MS)
    first = studio.jobs()[0]["results"][0]
    mask = studio.drawn_mask()
    own_server.kill()
    studio.wait("underpaint.store.connection.value === 'offline'", 30_000)
    studio.stroke_unsaved([(100, 100), (160, 100)])
    drawn = studio.drawn_mask()
    assert (drawn != mask).any(), "the canvas goes on without the server"
    own_server.start()
    studio.wait("underpaint.store.connection.value === 'online'", 60_000)
    job = studio.wait_for_results()
    assert job["state"] == "done"
    assert job["was_resumed"]
    assert job["results"][0]["picture"] == first["picture"], "nothing is made twice"
    assert len({result["picture"]["sha256"] for result in job["results"]}) == 4
    studio.settle()
    assert np.array_equal(studio.kept_layer(), drawn), "strokes painted offline arrive"


def test_an_engine_that_cannot_start_is_explained_and_tried_again(page: Page, tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "data", UNDERPAINT_PAINTER="tests.api.fake_engine:BrokenPainter")
    server.start()
    try:
        studio = Studio(page, server).open_sample()
        banner = page.get_by_role("alert").filter(has_text="The engine cannot start")
        banner.wait_for()
        assert "libcudart.so.12" in banner.inner_text()
        (server.data / "mended").touch()
        studio.button("Try again").click()
        banner.wait_for(state="detached")
        studio.wait("underpaint.store.engineState.value === 'ready'")
    finally:
        server.stop()


def test_a_job_short_of_memory_runs_smaller_in_its_own_project(page: Page, tmp_path: Path) -> None:
    server = RunningServer(tmp_path / "data", None, **SHORT_OF_MEMORY)
    server.start()
    try:
        studio = Studio(page, server).open_sample()
        studio.stroke()
        studio.draft_quality(1)
        page.evaluate("import('/web/state/actions.js').then(({ setImages }) => setImages(2, 2))")
        studio.generate()
        failed = studio.wait_for_results()
        assert failed["state"] == "failed"
        other = server.import_picture(png(320, 200))["id"]
        page.evaluate("id => { location.hash = id; }", other)
        studio.wait(f"underpaint.store.project.value?.id === '{other}'")
        studio.wait_for_picture()
        studio.tool("q")
        page.locator(".qi.is-bad").get_by_role("button", name="Run").click()
        again = "[...underpaint.store.jobs.value.values()].find((job) => job.request.batch.size === 1)"
        studio.wait(f"{again}?.state === 'done'", JOB_TIMEOUT_MS)
        job = page.evaluate(again)
        assert (job["project_id"], job["node_id"]) == (failed["project_id"], failed["node_id"])
        assert studio.jobs() == []
        assert studio.value("activeJob") is None
    finally:
        server.stop()


def test_a_broken_file_is_refused_with_its_name(studio: Studio, tmp_path: Path) -> None:
    broken = tmp_path / "holiday.png"
    broken.write_bytes(png(64, 64)[:-40])
    studio.open()
    studio.choose_file("Drop an image here", broken)
    studio.page.get_by_text("holiday.png").first.wait_for()
    studio.button("Open the sample").click()
    studio.wait_for_picture()


def test_a_result_file_restores_its_settings(studio: Studio, tmp_path: Path) -> None:
    studio.open_sample()
    studio.draft_quality(3)
    studio.stroke()
    studio.describe("house with a blue roof")
    studio.generate()
    job = studio.wait_for_results()
    file = tmp_path / "result.png"
    file.write_bytes(studio.server.read(f"/jobs/{job['id']}/results/0/file?format=png&metadata=true"))
    studio.open()
    studio.choose_file("Open a result file", file)
    studio.wait_for_picture()
    studio.wait("underpaint.store.request.value.prompt.positive === 'house with a blue roof'")
    assert studio.value("request")["sampling"]["steps"] == 3
