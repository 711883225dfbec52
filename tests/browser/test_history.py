"""The tree: rename, star, delete, compare, blend, run again. Settings and projects that go out and come back."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.browser.studio import Studio


@pytest.fixture
def kept(studio: Studio) -> Studio:
    """A sample with one step kept from a job of one image and one step."""
    studio.open_sample()
    studio.stroke()
    studio.describe("tree with green leaves, field, sunset")
    for _ in range(3):
        studio.button("Images: fewer").click()
    studio.draft_quality(1)
    studio.generate()
    studio.wait_for_results()
    first = studio.head
    studio.press("1", "Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    return studio


def nodes(studio: Studio) -> dict[str, str]:
    """Names by id, in the order they were made."""
    return {node["id"]: node["name"] for node in studio.value("project")["nodes"]}


def open_tree(studio: Studio) -> None:
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("t")
    studio.page.get_by_role("tree").wait_for()


def test_a_step_is_renamed_starred_deleted_and_brought_back(kept: Studio) -> None:
    page = kept.page
    root, step = nodes(kept)
    assert nodes(kept)[step] == "Add: tree with green leaves"
    open_tree(kept)
    page.locator(".node.is-selected").focus()
    kept.press("F2")
    page.get_by_label("Name of this step").fill("Green")
    kept.press("Enter")
    kept.wait("underpaint.store.headNode.value.name === 'Green'")
    page.locator(".node.is-selected").focus()
    kept.press("*")
    kept.wait("underpaint.store.headNode.value.is_starred")
    page.locator(".node.is-selected").focus()
    kept.press("ArrowLeft", "Enter")
    kept.wait(f"underpaint.store.headNode.value.id === '{root}'")
    kept.wait("underpaint.store.view.value === 'studio'")
    open_tree(kept)
    assert page.locator(".node.is-selected").get_attribute("data-node") == root, "the step that is worked on"
    page.locator(f"[data-node='{step}']").click()
    page.locator(".node.is-selected").focus()
    kept.press("Delete")
    kept.wait("underpaint.store.project.value.nodes.length === 1")
    page.get_by_role("button", name="Undo", exact=True).last.click()
    kept.wait("underpaint.store.project.value.nodes.length === 2")
    assert nodes(kept) == {root: "Sample", step: "Green"}


def test_two_steps_are_compared(kept: Studio) -> None:
    page = kept.page
    root, step = nodes(kept)
    open_tree(kept)
    page.get_by_role("button", name="Compare two").click()
    page.locator(f"[data-node='{root}']").click()
    slider = page.get_by_role("slider", name="Compare")
    slider.focus()
    kept.press("Shift+ArrowRight", "ArrowRight")
    assert slider.get_attribute("aria-valuenow") == "61"
    pictures = page.locator(".compare-stack img")
    addresses = [pictures.nth(index).get_attribute("src") or "" for index in range(2)]
    hashes = [node["picture"]["sha256"] for node in kept.value("project")["nodes"]]
    assert all(any(sha256 in address for address in addresses) for sha256 in hashes)
    for mode in ("Side by side", "Blink", "Difference"):
        page.get_by_role("radio", name=mode).click()
        assert page.locator(".compare-pane img").count() == 2
    page.get_by_role("button", name="Back to the tree").click()
    assert page.get_by_role("tree").is_visible()
    assert step in nodes(kept)


def test_blending_by_brush_changes_what_is_masked_alone(kept: Studio) -> None:
    page = kept.page
    root, step = (kept.pixels(node["picture"]["sha256"]) for node in kept.value("project")["nodes"])
    kept.stroke([(620, 150), (650, 200)])
    mask = kept.drawn_mask()
    open_tree(kept)
    page.get_by_role("button", name="Blend with Sample").click()
    page.get_by_role("switch", name="Only where the mask is").click()
    page.get_by_role("slider", name="Add: tree with green leaves over Sample").press("End")
    page.get_by_role("dialog").get_by_role("button", name="Blend", exact=True).click()
    kept.wait("underpaint.store.headNode.value.kind === 'blend'")
    kept.settle()
    mixed = kept.pixels(kept.picture)
    assert np.array_equal(mixed[mask == 0], root[mask == 0]), "the parent, where nothing is masked"
    assert np.array_equal(mixed[mask == 255], step[mask == 255]), "the step, where the mask is full"


def test_blending_by_opacity_lies_between(kept: Studio) -> None:
    root, step = (
        kept.pixels(node["picture"]["sha256"]).astype(int) for node in kept.value("project")["nodes"]
    )
    open_tree(kept)
    kept.page.get_by_role("button", name="Blend with Sample").click()
    kept.page.get_by_role("dialog").get_by_role("button", name="Blend", exact=True).click()
    kept.wait("underpaint.store.headNode.value.kind === 'blend'")
    kept.settle()
    mixed = kept.pixels(kept.picture).astype(int)
    assert np.abs(mixed - (root + step) / 2).max() <= 1


def test_a_step_is_run_again_with_changes(kept: Studio) -> None:
    root, _ = nodes(kept)
    kept.describe("something else")
    open_tree(kept)
    kept.page.get_by_role("button", name="Run again with changes").click()
    kept.wait(f"underpaint.store.headNode.value.id === '{root}'")
    kept.wait("underpaint.store.request.value.prompt.positive === 'tree with green leaves, field, sunset'")
    kept.settle()
    assert kept.drawn_mask().max() == 255, "with the mask it was made with"
    kept.choose("Masked content", "Nothing")
    before = len(kept.jobs())
    kept.generate()
    kept.wait("underpaint.store.activeJob.value?.underpainting === 'latent-nothing'")
    kept.wait_for_results()
    assert len(kept.jobs()) == before + 1


def test_results_shown_again_lead_to_the_picture_they_were_made_from(kept: Studio) -> None:
    root, step = nodes(kept)
    kept.stroke([(100, 100), (200, 120)])
    mask = kept.drawn_mask()
    open_tree(kept)
    kept.page.locator(".node.is-selected").focus()
    kept.press("r")
    kept.wait(f"underpaint.store.headNode.value.id === '{root}'")
    kept.page.get_by_role("radio", name="Result 1").click()
    kept.press("u")
    kept.wait("underpaint.store.hasSketch.value && underpaint.store.tool.value === 'paint'")
    kept.settle()
    assert kept.kept_layer("sketch")[..., 3].any()
    assert not kept.server.get(f"/nodes/{step}/draft")["sketch"]["tiles"], "the other picture has none"
    kept.press("Control+z")
    kept.wait("!underpaint.store.hasSketch.value")
    assert not kept.kept_layer("sketch")[..., 3].any()
    kept.press("Control+z")
    kept.wait(f"underpaint.store.headNode.value.id === '{step}'")
    kept.settle()
    assert np.array_equal(kept.drawn_mask(), mask)


def test_keeping_with_a_fixed_seed_is_one_step_back(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    studio.draft_quality(1)
    first = studio.head
    studio.page.evaluate(
        "import('/web/state/actions.js').then(({ setSetting }) => setSetting('noise.seed', 7))"
    )
    studio.generate()
    studio.wait_for_results()
    studio.press("1", "Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{first}'")
    studio.settle()
    assert studio.value("request")["noise"]["seed"] is None
    assert studio.value("history")["undoLabel"] == "Keep"
    studio.press("Control+z")
    studio.wait(f"underpaint.store.headNode.value.id === '{first}'")
    assert studio.value("request")["noise"]["seed"] == 7


def test_a_project_goes_out_and_comes_back(kept: Studio, tmp_path: Path) -> None:
    before, request = kept.value("project"), kept.value("request")
    kept.page.locator(".proj").click()
    with kept.page.expect_download() as download:
        kept.page.get_by_role("menuitem", name="Export project").click()
    file = tmp_path / "project.zip"
    download.value.save_as(file)
    assert zipfile.ZipFile(io.BytesIO(file.read_bytes())).testzip() is None
    kept.open()
    kept.choose_file("Drop an image here", file)
    kept.wait_for_picture()
    after = kept.value("project")
    assert after["id"] != before["id"]
    assert [node["picture"]["sha256"] for node in after["nodes"]] == [
        node["picture"]["sha256"] for node in before["nodes"]
    ]
    assert [node["recipe"] for node in after["nodes"]] == [node["recipe"] for node in before["nodes"]]
    assert kept.value("request") == request


@pytest.mark.parametrize(("name", "magic"), [("PNG", b"\x89PNG"), ("JPEG", b"\xff\xd8"), ("WebP", b"RIFF")])
def test_a_picture_is_saved_with_or_without_its_settings(kept: Studio, name: str, magic: bytes) -> None:
    kept.press("Control+s")
    dialog = kept.page.get_by_role("dialog")
    dialog.get_by_role("radio", name=name).click()
    for has_settings in (True, False):
        switch = dialog.get_by_role("switch", name="With its settings in the file")
        if (switch.get_attribute("aria-checked") == "true") != has_settings:
            switch.click()
        with kept.page.expect_download() as download:
            dialog.get_by_role("button", name="Save", exact=True).click()
        data = Path(download.value.path()).read_bytes()
        assert data.startswith(magic)
        assert (b"Steps: 1, Sampler" in data.replace(b"\0", b"")) is has_settings
