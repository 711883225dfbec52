"""A prompt read off the picture."""

import pytest
from playwright.sync_api import Route

from tests.browser.studio import Studio

PROMPT = "underpaint.store.draft.value.request.prompt.positive"


def test_describing_takes_the_place_of_the_prompt_and_can_be_taken_back(studio: Studio) -> None:
    studio.open_sample()
    studio.describe("a hat")
    studio.button("Describe").click()
    studio.wait(f"{PROMPT} !== 'a hat'", 60_000)
    prompt = studio.page.evaluate(PROMPT)
    assert "a girl with red hair and a blue dress" in prompt
    assert "in a field, sunset" in prompt
    assert studio.page.get_by_label("Prompt", exact=True).input_value() == prompt
    studio.page.evaluate("document.activeElement.blur()")
    studio.press("Control+z")
    studio.wait(f"{PROMPT} === 'a hat'")
    studio.press("Control+Shift+z")
    studio.wait(f"{PROMPT} === {prompt!r}")


def test_what_comes_too_late_is_not_put_in(studio: Studio) -> None:
    held: list[Route] = []
    studio.open_sample()
    studio.describe("a hat")
    studio.page.route("**/describe", lambda route: held.append(route))  # noqa: PLW0108 (Playwright marks its handlers)
    studio.button("Describe").click()
    studio.wait("underpaint.store.isDescribing.value")
    assert studio.button("Describing …").get_attribute("aria-disabled") == "true"
    studio.page.evaluate("underpaint.store.project.value = null")
    held[0].fulfill(json={"prompt": "a cat", "captioner": "fake"})
    studio.wait("!underpaint.store.isDescribing.value")
    assert studio.page.evaluate(PROMPT) == "a hat"


@pytest.mark.refusals(404)
@pytest.mark.parametrize("prompt", ["", None], ids=["no words", "failure"])
def test_no_description_leaves_the_prompt_alone(studio: Studio, prompt: str | None) -> None:
    answer = (
        {"json": {"prompt": prompt, "captioner": "fake"}}
        if prompt is not None
        else {
            "status": 404,
            "json": {
                "error": {"code": "model-not-found", "message": "There is no captioner.", "field": None}
            },
        }
    )
    studio.open_sample()
    studio.describe("a hat")
    studio.page.route("**/describe", lambda route: route.fulfill(**answer))
    studio.button("Describe").click()
    said = "There is no captioner." if prompt is None else "fake finds no words"
    studio.page.get_by_text(said).first.wait_for()
    assert studio.page.evaluate(PROMPT) == "a hat"


def test_without_a_captioner_the_button_says_why(studio: Studio) -> None:
    studio.open_sample()
    studio.page.evaluate(
        "underpaint.store.status.value = {...underpaint.store.status.value, captioner: null}"
    )
    button = studio.button("Describe")
    assert button.get_attribute("aria-disabled") == "true"
    assert "BLIP" in (button.get_attribute("title") or "")
    button.click(force=True)
    studio.wait("underpaint.store.announcement.value.text.includes('No captioner found')")
