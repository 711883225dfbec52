"""The whole loop with the builtin model: mask, underpainting, four results, pick, continue, undo, branch, reload."""

import numpy as np

from tests.browser.studio import Studio


def masked_sample(studio: Studio) -> None:
    studio.open_sample()
    studio.draft_quality()
    studio.stroke()
    studio.choose("Masked content", "Noise")
    studio.describe("tree with green leaves, field, sunset")


def keep(studio: Studio, number: int) -> str:
    """Keeps a result by keyboard; the new node."""
    before = studio.head
    studio.press(str(number))
    studio.wait(f"underpaint.store.picked.value?.index === {number - 1}")
    studio.press("Enter")
    studio.wait(f"underpaint.store.headNode.value.id !== '{before}'")
    studio.settle()
    return studio.head


def go(studio: Studio, keys: str, node: str) -> None:
    """Undo or redo, which must lead to that node."""
    studio.press(keys)
    studio.wait(f"underpaint.store.headNode.value.id === '{node}'")
    studio.settle()


def test_four_results_change_nothing_outside_the_mask(studio: Studio) -> None:
    masked_sample(studio)
    mask = studio.drawn_mask()
    assert mask.max() == 255
    assert np.array_equal(mask, studio.kept_layer())
    studio.generate()
    studio.wait("underpaint.store.activeJob.value.progress?.preview > 0", 120_000)
    preview = studio.server.read(f"/jobs/{studio.value('activeJob')['id']}/preview")
    assert preview[8:12] == b"WEBP"
    job = studio.wait_for_results()
    assert job["state"] == "done"
    assert [result["state"] for result in job["results"]] == ["done"] * 4
    before = studio.pixels(studio.picture)
    soft_px = 3 * int(job["request"]["mask"]["blur_x_px"]) + 1
    outside = grown(mask, soft_px) == 0
    for result in job["results"]:
        assert result["changed_outside_px"] == 0
        after = studio.pixels(result["picture"]["sha256"])
        assert np.array_equal(after[outside], before[outside])
        assert not np.array_equal(after, before)


def test_pick_continue_undo_branch_reload(studio: Studio) -> None:
    masked_sample(studio)
    first, mask = studio.head, studio.drawn_mask()
    studio.generate()
    job = studio.wait_for_results()
    kept = keep(studio, 2)
    assert studio.picture == job["results"][1]["picture"]["sha256"]
    assert studio.value("request")["sampling"] == job["request"]["sampling"], "settings are sticky"

    go(studio, "Control+z", first)
    assert np.array_equal(studio.drawn_mask(), mask), "undo brings the mask back"
    go(studio, "Control+Shift+z", kept)
    go(studio, "Control+z", first)

    studio.generate()  # a branch from the first picture
    studio.wait(f"underpaint.store.activeJob.value.id !== '{job['id']}'")
    studio.wait_for_results()
    branch = keep(studio, 3)
    nodes = {node["id"]: node["parent_id"] for node in studio.value("project")["nodes"]}
    assert nodes == {first: None, kept: first, branch: first}

    picture = studio.picture
    studio.reload()
    assert studio.picture == picture
    assert {node["id"] for node in studio.value("project")["nodes"]} == nodes.keys()
    assert studio.value("request")["prompt"]["positive"] == "tree with green leaves, field, sunset"


def grown(mask: np.ndarray, px: int) -> np.ndarray:
    """The mask with everything that lies up to `px` from it, in a square."""
    out = mask.copy()
    for axis in (0, 1):
        out = np.max([np.roll(out, shift, axis) for shift in range(-px, px + 1)], axis=0)
    return out


def test_skip_and_stop_keep_what_is_finished(studio: Studio) -> None:
    studio.open_sample()
    studio.draft_quality(12)
    studio.stroke()
    studio.describe("tree with pink leaves, field, sunset")
    studio.generate()
    studio.wait("underpaint.store.activeJob.value.results[0].state === 'done'", 120_000)
    studio.button("Skip image").click()
    studio.wait("underpaint.store.activeJob.value.results[1].state === 'skipped'", 60_000)
    studio.button("Stop").click()
    job = studio.wait_for_results()
    assert job["state"] == "cancelled"
    assert job["results"][0]["state"] == "done"
    assert studio.server.get("/queue")["jobs"][0]["state"] != "running"


def test_a_sketch_is_painted_saved_and_used(studio: Studio) -> None:
    studio.open_sample()
    studio.draft_quality()
    studio.stroke()
    studio.tool("p")
    studio.stroke([(630, 200), (660, 240), (640, 300)])
    sketch = studio.kept_layer("sketch")
    assert sketch.shape == (512, 768, 4)
    assert sketch[..., 3].any()
    studio.choose("Masked content", "Sketch")
    studio.describe("tree with green leaves, field, sunset")
    studio.generate()
    job = studio.wait_for_results()
    assert job["underpainting"] == "sketch"
    assert [result["changed_outside_px"] for result in job["results"]] == [0] * 4


def test_underpaintings_are_shown_and_follow_the_mask(studio: Studio) -> None:
    studio.open_sample()
    studio.stroke()
    studio.wait("underpaint.store.underpaintings.value?.previews.length >= 4", 120_000)
    studio.wait("!underpaint.store.isPreparing.value", 60_000)
    first = studio.value("underpaintings")
    assert first["frame"] == studio.value("inspection")["frame"]
    urls = {preview["underpainting"]: preview["url"] for preview in first["previews"]}
    assert len(set(urls.values())) == len(urls), "every masked content looks different"
    studio.stroke([(100, 100), (200, 100)])
    studio.wait(
        f"underpaint.store.underpaintings.value.frame.width !== {first['frame']['width']} "
        "&& !underpaint.store.isPreparing.value",
        120_000,
    )
    assert studio.value("underpaintings")["frame"] == studio.value("inspection")["frame"]
