"""From picture to picture while answers are late, refused, or while another tab draws: each node keeps what is its own."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.pictures import png
from tests.browser.studio import Studio

STROKE = [(100, 100), (180, 120)]
OTHER_STROKE = [(300, 200), (380, 220)]


@pytest.fixture
def steps(studio: Studio) -> list[str]:
    """The sample, made wider twice; the last one is open."""
    studio.open_sample()
    project, made = studio.value("project")["id"], [studio.head]
    for _ in range(2):
        made.append(studio.server.post(f"/nodes/{made[-1]}/extend", {"right_px": 64})["id"])
    studio.server.patch(f"/projects/{project}", {"head_id": made[-1]})
    studio.open(f"/#{project}")
    studio.wait_for_picture()
    return made


def frame(studio: Studio, number: int) -> None:
    """Clicks a frame of the film."""
    studio.page.locator(".film .frame:not(.is-next)").nth(number).click()


def server_head(studio: Studio) -> str:
    return studio.server.get(f"/projects/{studio.value('project')['id']}")["head_id"]


def act(studio: Studio, verb: str) -> None:
    """Runs a verb of the page, without waiting for its end."""
    studio.page.evaluate(f"import('/web/state/actions.js').then((verbs) => {{ void verbs.{verb}; }})")


def test_of_two_quick_clicks_the_last_one_wins(studio: Studio, steps: list[str]) -> None:
    first, wide, wider = steps
    studio.hold(f"/nodes/{first}/tiles/mask")
    frame(studio, 0)
    studio.wait_until_held()
    frame(studio, 1)
    studio.wait(f"underpaint.store.headNode.value.id === '{wide}'")
    studio.wait_for_picture()
    studio.stroke(STROKE)
    studio.release()
    studio.wait("!underpaint.store.isSwitching.value")
    studio.settle()
    assert studio.head == server_head(studio) == wide
    assert studio.page.evaluate("underpaint.editor.size.width") == 768 + 64
    drawn = studio.drawn_mask()
    assert drawn[100, 100]
    assert np.array_equal(studio.kept_layer(), drawn)
    studio.press("Control+z", "Control+z")
    studio.wait(f"underpaint.store.headNode.value.id === '{wider}'")
    studio.settle()
    assert not studio.value("history")["canUndo"], "only what was shown is a step"


def test_the_frame_of_the_open_picture_calls_back_a_switch(studio: Studio, steps: list[str]) -> None:
    studio.hold(f"/nodes/{steps[0]}/tiles/mask")
    frame(studio, 0)
    studio.wait_until_held()
    frame(studio, 2)
    studio.release()
    studio.wait("!underpaint.store.isSwitching.value")
    assert studio.head == server_head(studio) == steps[2]
    assert not studio.value("history")["canUndo"]


def test_tiles_that_cannot_be_had_leave_everything_as_it_was(studio: Studio, steps: list[str]) -> None:
    studio.stroke(STROKE)
    drawn = studio.drawn_mask()
    refuse(studio.page, f"/nodes/{steps[0]}/tiles/mask", "GET")
    frame(studio, 0)
    studio.wait("underpaint.store.problem.value?.message === 'Not now.'")
    assert studio.head == steps[2]
    assert np.array_equal(studio.drawn_mask(), drawn)
    studio.stroke(OTHER_STROKE)
    assert np.array_equal(studio.kept_layer(), studio.drawn_mask())


def test_of_two_projects_the_last_one_opens(studio: Studio) -> None:
    slow, quick = (studio.server.import_picture(png(320, 200))["id"] for _ in range(2))
    studio.open_sample()
    studio.hold(f"/projects/{slow}")
    studio.page.evaluate("id => { location.hash = id; }", slow)
    studio.wait_until_held()
    studio.page.evaluate("id => { location.hash = id; }", quick)
    studio.wait(f"underpaint.store.project.value?.id === '{quick}'")
    studio.release()
    studio.wait("!underpaint.store.isSwitching.value")
    studio.settle()
    assert studio.value("project")["id"] == quick
    assert studio.page.evaluate("location.hash") == f"#{quick}"
    studio.stroke(STROKE)
    assert np.array_equal(studio.kept_layer(), studio.drawn_mask())


def test_a_head_moved_elsewhere_takes_no_settings_with_it(studio: Studio, steps: list[str]) -> None:
    first, _, last = steps
    studio.stroke(STROKE)
    project = studio.value("project")["id"]
    studio.hold(f"/projects/{project}")
    studio.server.patch(f"/projects/{project}", {"head_id": first})
    studio.wait_until_held()
    studio.page.get_by_label("Prompt", exact=True).fill("typed late")
    studio.release()
    studio.wait(f"underpaint.store.headNode.value.id === '{first}'")
    studio.settle()
    assert prompt_of(studio, last) == "typed late"
    assert prompt_of(studio, first) == studio.value("request")["prompt"]["positive"] == ""
    assert not studio.value("history")["canUndo"], "its steps belong to the picture before"


def prompt_of(studio: Studio, node: str) -> str:
    return studio.server.get(f"/nodes/{node}/draft")["request"]["prompt"]["positive"]


def test_a_stroke_made_while_older_tiles_come_is_not_lost(studio: Studio, steps: list[str]) -> None:
    """Another tab draws; before its strokes are here, this tab draws too."""
    node = steps[2]
    other = Studio(studio.page.context.new_page(), studio.server).open(f"/#{studio.value('project')['id']}")
    other.wait_for_picture()
    studio.hold(f"/nodes/{node}/tiles/mask")
    other.stroke(OTHER_STROKE)
    studio.wait_until_held()
    studio.stroke_unsaved(STROKE)
    studio.settle()
    studio.release()
    studio.wait("underpaint.editor.drawnMask()[200 * underpaint.editor.size.width + 300] > 0")
    studio.settle()
    drawn = studio.drawn_mask()
    assert drawn[100, 100], "the own stroke"
    assert np.array_equal(studio.kept_layer(), drawn)


def test_settings_changed_elsewhere_do_not_end_a_stroke(studio: Studio) -> None:
    studio.open_sample()
    mouse = studio.page.mouse
    mouse.move(*studio.on_screen((100, 100)))
    mouse.down()
    mouse.move(*studio.on_screen((200, 100)), steps=4)
    studio.server.patch(f"/nodes/{studio.head}/draft", {"underpainting": "latent-nothing"})
    studio.wait("underpaint.store.draft.value.underpainting === 'latent-nothing'")
    mouse.move(*studio.on_screen((300, 100)), steps=4)
    mouse.up()
    studio.settle()
    drawn = studio.drawn_mask()
    assert drawn[100, 120]
    assert drawn[100, 280]


def refuse(page: Page, path: str, method: str) -> None:
    """The server says no to these requests."""

    def answer(route: Route) -> None:
        if route.request.method == method:
            route.fulfill(status=409, json={"error": {"code": "not-now", "message": "Not now."}})
        else:
            route.fallback()

    page.route(re.compile(re.escape(path)), answer)


def test_a_refused_save_keeps_nobody_from_leaving(studio: Studio) -> None:
    studio.open_sample()
    refuse(studio.page, f"/nodes/{studio.head}/", "PUT")
    studio.stroke_unsaved(STROKE)
    studio.wait("underpaint.store.saveState.value === 'unsaved'")
    act(studio, "closeProject()")
    studio.wait("underpaint.store.project.value === null")


@pytest.mark.refusals(422)
def test_a_picture_that_is_refused_is_not_opening_for_ever(studio: Studio) -> None:
    studio.open_sample()
    before = studio.head
    act(studio, "addPicture(new Blob(['no picture']))")
    studio.wait("underpaint.store.problem.value !== null")
    assert studio.value("upload") is None
    assert studio.head == before


def test_an_added_picture_is_a_step_back(studio: Studio) -> None:
    studio.open_sample()
    first = studio.head
    studio.stroke(STROKE)
    drawn = studio.drawn_mask()
    studio.page.evaluate(
        """async () => {
          const canvas = new OffscreenCanvas(64, 64);
          canvas.getContext('2d').fillRect(0, 0, 64, 64);
          const { addPicture } = await import('/web/state/actions.js');
          await addPicture(await canvas.convertToBlob());
        }"""
    )
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    studio.press("Control+z")
    studio.wait(f"underpaint.store.headNode.value.id === '{first}'")
    studio.settle()
    assert np.array_equal(studio.drawn_mask(), drawn)
    assert np.array_equal(studio.kept_layer(), drawn)


def test_an_undo_that_is_refused_stays_on_offer(studio: Studio) -> None:
    studio.open_sample()
    act(studio, "savePreset('Mine')")
    studio.wait("underpaint.store.presets.value.some(({ name }) => name === 'Mine')")
    act(studio, "deletePreset('Mine')")
    toast = studio.page.locator(".toast").filter(has_text="removed")
    toast.hover()
    refuse(studio.page, "/presets/Mine", "PUT")
    toast.get_by_role("button", name="Undo").click()
    studio.wait("underpaint.store.problem.value?.message === 'Not now.'")
    expect(toast).to_be_visible()
    studio.page.unroute_all()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_have_count(0)
    assert [preset["name"] for preset in studio.value("presets")] == ["Mine"]
