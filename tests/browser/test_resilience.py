"""Reloads, second tabs, servers that die, files that are broken: nothing is lost."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.browser.axe import violations
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


DISK_FULL = "The data folder cannot be used: No space left on device."


def refuse_for_want_of_room(route: Route) -> None:
    """Writes find no room; everything else goes on."""
    if route.request.method in ("PATCH", "PUT"):
        route.fulfill(status=507, json={"error": {"code": "output-error", "message": DISK_FULL}})
    else:
        route.continue_()


def write_on_a_full_disk(page: Page, prompt: str) -> None:
    page.route("**/api/nodes/**", refuse_for_want_of_room)
    page.get_by_label("Prompt", exact=True).fill(prompt)


@pytest.mark.refusals(507)
def test_a_full_disk_loses_nothing(studio: Studio) -> None:
    studio.open_sample()
    page = studio.page
    write_on_a_full_disk(page, "red house")
    studio.stroke_unsaved([(100, 100), (160, 100)])
    drawn = studio.drawn_mask()
    said = page.locator(".tip.err").filter(has_text=DISK_FULL)
    said.wait_for()
    page.get_by_text("Not saved yet, kept in this browser").wait_for()
    page.unroute("**/api/nodes/**")
    studio.stroke_unsaved([(100, 140), (160, 140)])
    drawn = np.maximum(drawn, studio.drawn_mask())
    page.get_by_text("Saved", exact=True).wait_for()
    assert studio.server.get(f"/nodes/{studio.head}/draft")["request"]["prompt"]["positive"] == "red house"
    assert np.array_equal(studio.kept_layer(), drawn)
    said.wait_for(state="detached")


@pytest.mark.refusals(507)
def test_saving_goes_on_by_itself_when_there_is_room_again(studio: Studio) -> None:
    studio.open_sample()
    page = studio.page
    write_on_a_full_disk(page, "blue house")
    page.get_by_text("Not saved yet, kept in this browser").wait_for()
    page.unroute("**/api/nodes/**")
    page.get_by_text("Saved", exact=True).wait_for()
    assert studio.server.get(f"/nodes/{studio.head}/draft")["request"]["prompt"]["positive"] == "blue house"


@pytest.mark.refusals(401)
def test_who_is_shut_out_keeps_what_is_not_saved(studio: Studio) -> None:
    studio.open_sample()
    page = studio.page
    page.route(
        "**/api/nodes/**",
        lambda route: route.fulfill(
            status=401, json={"error": {"code": "unauthorized", "message": "The password is needed."}}
        ),
    )
    page.get_by_label("Prompt", exact=True).fill("yellow house")
    said = page.locator(".tip.err").filter(has_text="The password is needed.")
    said.wait_for()
    page.unroute("**/api/nodes/**")
    studio.stroke_unsaved([(100, 140), (160, 140)])
    page.get_by_text("Saved", exact=True).wait_for()
    assert studio.server.get(f"/nodes/{studio.head}/draft")["request"]["prompt"]["positive"] == "yellow house"
    said.wait_for(state="detached")


DEAF = "window.EventSource = class { constructor() { setTimeout(() => this.onopen()); } addEventListener() {} close() {} }"
"""No event tells of anything."""
REFUSED = """window.EventSource = class {
  constructor(url) { setTimeout(() => (url.includes("project_id") ? this.onerror() : this.onopen())); }
  addEventListener() {}
  close() {}
}"""
"""As after a restart of the server: a project's events are not to be had."""


def deleted_elsewhere(studio: Studio, context: BrowserContext) -> tuple[Studio, str]:
    """A tab whose project was deleted in another one, and the address of the project."""
    studio.open_sample()
    project = studio.value("project")["id"]
    tab = Studio(context.new_page(), studio.server).open(f"/#{project}")
    tab.wait_for_picture()
    tab.stroke()
    assert tab.page.locator("#generate:not([aria-disabled])").is_visible()
    studio.open()
    address = f"{studio.server.url}/api/projects/{project}"
    assert studio.page.request.delete(address).ok
    tab.page.get_by_text("This project was deleted in another window.").first.wait_for()
    return tab, address


@pytest.mark.refusals(404)
def test_a_project_deleted_in_another_window_is_restored_with_everything(
    studio: Studio, context: BrowserContext
) -> None:
    tab, address = deleted_elsewhere(studio, context)
    sent: list[str] = []
    tab.page.on("request", lambda request: sent.append(request.url) if "/nodes/" in request.url else None)
    tab.page.locator("#generate[aria-disabled=true]").wait_for()
    tab.page.get_by_label("Prompt", exact=True).fill("green house")
    tab.stroke_unsaved([(100, 100), (160, 100)])
    drawn = tab.drawn_mask()
    tab.page.get_by_text("Not saved yet, kept in this browser").wait_for()
    tab.page.wait_for_timeout(1500)  # longer than the first pause between tries
    assert sent == []
    assert tab.value("connection") == "online"
    assert address.rpartition("/")[2] not in tab.page.inner_text("body")
    assert violations(tab.page) == []
    tab.button("Restore").click()
    tab.page.get_by_text("This project was deleted").first.wait_for(state="detached")
    tab.page.get_by_text("Saved", exact=True).wait_for()
    tab.page.locator("#generate:not([aria-disabled])").wait_for()
    assert tab.server.get(f"/nodes/{tab.head}/draft")["request"]["prompt"]["positive"] == "green house"
    assert np.array_equal(tab.kept_layer(), drawn)


@pytest.mark.refusals(404)
def test_a_project_restored_in_another_window_goes_on(studio: Studio, context: BrowserContext) -> None:
    tab, address = deleted_elsewhere(studio, context)
    assert studio.page.request.post(f"{address}/restore").ok
    tab.page.get_by_text("This project was deleted").first.wait_for(state="detached")
    tab.describe("white house")
    assert tab.server.get(f"/nodes/{tab.head}/draft")["request"]["prompt"]["positive"] == "white house"


@pytest.mark.refusals(404)
def test_a_project_deleted_in_another_window_can_be_left(studio: Studio, context: BrowserContext) -> None:
    tab, address = deleted_elsewhere(studio, context)
    tab.stroke_unsaved([(100, 100), (160, 100)])
    tab.button("Start page").click()
    tab.button("Open the sample").wait_for()
    tab.open(f"/#{address.rpartition('/')[2]}")
    tab.page.get_by_text("This project was deleted.").first.wait_for()


@pytest.mark.refusals(404)
def test_a_stream_that_cannot_be_opened_tells_of_the_deletion(
    studio: Studio, context: BrowserContext
) -> None:
    studio.open_sample()
    project = studio.value("project")["id"]
    tab = Studio(context.new_page(), studio.server)
    tab.page.add_init_script(REFUSED)
    tab.open(f"/#{project}")
    tab.wait("underpaint.store.connection.value === 'offline'")
    studio.open()
    assert studio.page.request.delete(f"{studio.server.url}/api/projects/{project}").ok
    tab.page.get_by_text("This project was deleted in another window.").first.wait_for()
    tab.wait("underpaint.store.connection.value === 'online'")


@pytest.mark.refusals(404)
def test_a_change_that_tells_of_the_deletion_is_kept(studio: Studio, context: BrowserContext) -> None:
    studio.open_sample()
    project = studio.value("project")["id"]
    tab = Studio(context.new_page(), studio.server)
    tab.page.add_init_script(DEAF)
    tab.open(f"/#{project}")
    tab.wait("underpaint.editor.hasPicture")
    missing = {"error": {"code": "not-found", "message": f"There is no project '{project}'."}}
    tab.page.route(f"**/api/projects/{project}", lambda route: route.fulfill(status=404, json=missing))
    tab.page.route("**/api/nodes/**", lambda route: route.fulfill(status=404, json=missing))
    tab.page.get_by_label("Prompt", exact=True).fill("last words")
    tab.page.get_by_text("This project was deleted in another window.").first.wait_for()
    tab.page.get_by_text("Not saved yet, kept in this browser").wait_for()
    tab.page.unroute(f"**/api/projects/{project}")
    tab.page.unroute("**/api/nodes/**")
    tab.button("Restore").click()
    tab.page.get_by_text("Saved", exact=True).wait_for()
    assert tab.server.get(f"/nodes/{tab.head}/draft")["request"]["prompt"]["positive"] == "last words"


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


HEARD = """window.EventSource = class extends EventSource {
  constructor(url) { super(url); window.stream = this; }
}"""
"""The test can say something in the server's place."""


def say_of_the_engine(studio: Studio, state: str, problem: dict[str, str] | None) -> None:
    studio.page.evaluate(
        "data => { stream.dispatchEvent(new MessageEvent('engine', { data: JSON.stringify(data) })); }",
        {"state": state, "problem": problem},
    )


def test_a_job_without_room_for_its_results_is_on_hold(page: Page, shared_server: RunningServer) -> None:
    page.add_init_script(HEARD)
    studio = Studio(page, shared_server).open_sample()
    studio.draft_quality(40)
    studio.stroke()
    studio.generate()
    left = page.locator(".eta").filter(has_text="left")
    left.wait_for(timeout=JOB_TIMEOUT_MS)
    advice = "The queue goes on when there is room."
    say_of_the_engine(studio, "failing", {"code": "output-error", "message": f"{DISK_FULL} {advice}"})
    banner = page.get_by_role("alert").filter(has_text=DISK_FULL)
    banner.wait_for()
    assert banner.locator("p").inner_text() == f"{DISK_FULL} {advice}"
    assert page.locator(".eta").inner_text() == "on hold"
    studio.press("q")
    page.get_by_role("complementary", name="Queue").wait_for()
    assert " left" not in page.get_by_role("complementary", name="Queue").inner_text()
    say_of_the_engine(studio, "busy", None)
    banner.wait_for(state="detached")
    left.wait_for()
    studio.button("Stop").click()


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


@pytest.mark.refusals(422)
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
