"""The checkpoint's menu: what it recommends, taken over and back."""

from tests.browser.studio import Studio


def sampling(studio: Studio) -> tuple[str, int, float]:
    settings = studio.value("request")["sampling"]
    return settings["sampler"], settings["steps"], settings["cfg_scale"]


def test_a_newcomer_has_what_the_checkpoint_recommends_and_may_go_back_to_it(studio: Studio) -> None:
    page = studio.open_sample().page
    assert sampling(studio) == ("Euler a", 25, 5)
    entry = page.get_by_role("menuitem", name="Recommended: Euler a · 25 · CFG 5")
    studio.button("storybook").click()
    assert entry.is_disabled()
    studio.press("Escape")
    studio.draft_quality(1)
    assert sampling(studio) == ("Euler a", 1, 5)
    studio.button("storybook").click()
    entry.click()
    assert sampling(studio) == ("Euler a", 25, 5)
    page.evaluate("document.activeElement.blur()")
    studio.press("Control+z")
    studio.wait("underpaint.store.request.value.sampling.steps === 1")
    studio.button("storybook").click()
    page.get_by_role("menuitemradio", name="storybook-inpainting").click()
    assert sampling(studio) == ("Euler a", 1, 5), "what was chosen stays"
