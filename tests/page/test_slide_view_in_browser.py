"""The page of a slide in a real browser."""

import base64
import io
import re

import numpy as np
import pytest
from browser import found_by_axe, opened
from made_up_slide import PLACES, make_slide
from PIL import Image
from playwright.sync_api import expect

from nucleibench.page.slides.writing import write_slide_page

STAGE = ".slide .openseadragon-canvas"
READY = "nucleiPage.slideViewer.world.getItemAt(0)?.getFullyLoaded() === true"
ZOOM = "nucleiPage.slideViewer.viewport.getZoom(false)"


def lines_in(page) -> int:
    """Return how many pixels of the layer of nuclei are drawn on."""
    canvas = page.locator("canvas.marks")
    data = canvas.evaluate("(canvas) => canvas.toDataURL()").partition(",")[2]
    pixels = np.array(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGBA"))
    return int(np.count_nonzero(pixels[..., 3]))


def wait_until(page, code: str) -> None:
    """Wait until an expression is true. Playwright's own way would need the page to allow eval."""
    for _ in range(100):
        if page.evaluate(code):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {code}")


def in_view(page) -> int:
    text = page.locator(".slide output").inner_text()
    return int(re.match(r"\d+", text)[0])


@pytest.fixture(scope="module", params=["outlines", "circles"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def slide_page(kind, tmp_path_factory):
    folder = tmp_path_factory.mktemp(kind)
    outputs = ("geojson", "csv") if kind == "outlines" else ("csv",)
    write_slide_page(*make_slide(folder, outputs), folder / "drawn.html")
    return folder / "drawn.html"


@pytest.fixture(scope="module")
def shown(chromium, slide_page):
    with opened(chromium, slide_page) as found:
        wait_until(found.page, READY)
        yield found


@pytest.fixture(autouse=True)
def whole(request):
    if "shown" in request.fixturenames:
        page = request.getfixturevalue("shown").page
        page.evaluate("nucleiPage.slideViewer.viewport.goHome(true)")
        page.wait_for_timeout(100)


def test_nuclei_are_drawn_and_can_be_hidden(shown):
    page = shown.page
    expect(page.locator(".slide output")).to_have_text(f"{len(PLACES)} nuclei in view")
    assert lines_in(page) > 50 * len(PLACES)
    page.locator(".slide input[type=checkbox]").uncheck()
    assert lines_in(page) == 0
    page.locator(".slide input[type=checkbox]").check()


def test_zooming_in_leaves_the_nuclei_that_are_in_view(shown):
    page = shown.page
    for _ in range(3):
        page.click(".slide [data-action=in]")
    page.wait_for_timeout(700)
    assert 0 < in_view(page) < len(PLACES)
    # Two right of the middle of the slide there are none: the last column is at 550 of 1200.
    page.evaluate("""nucleiPage.slideViewer.viewport.fitBounds(
        new OpenSeadragon.Rect(0.6, 0.1, 0.3, 0.3), true)""")
    expect(page.locator(".slide output")).to_have_text("0 nuclei in view")
    page.click(".slide [data-action=whole]")
    expect(page.locator(".slide output")).to_have_text(f"{len(PLACES)} nuclei in view")


def test_nuclei_lie_on_those_of_the_picture(shown):
    """A line around one is dark inside and pale outside."""
    page = shown.page
    page.evaluate("""nucleiPage.slideViewer.viewport.fitBounds(
        new OpenSeadragon.Rect(280 / 1200, 280 / 1200, 40 / 1200, 40 / 1200), true)""")
    wait_until(page, READY)
    page.wait_for_timeout(300)
    pixels = np.array(Image.open(io.BytesIO(page.locator(STAGE).screenshot())).convert("RGB"))
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    green = np.abs(pixels.astype(int) - (0, 158, 115)).max(axis=2) < 40
    # 40 pixels of the slide are as high as the stage is, and the radius is 10.
    radius = 10 * height / 40
    distance = np.hypot(columns - width / 2, rows - height / 2)
    assert green.any()
    assert np.abs(np.median(distance[green & (distance < 2 * radius)]) - radius) < 0.1 * radius


def test_keys_and_a_wheel_over_the_chosen_picture_zoom(shown):
    page = shown.page
    before = page.evaluate(ZOOM)
    page.locator(STAGE).scroll_into_view_if_needed()
    page.locator("h2").first.click()
    page.locator(STAGE).hover()
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(100)
    assert page.evaluate(ZOOM) == before
    page.locator(STAGE).focus()
    page.keyboard.press("+")
    wait_until(page, f"{ZOOM} > 1.4 * {before}")
    middle = page.evaluate("nucleiPage.slideViewer.viewport.getCenter(false).x")
    page.keyboard.press("ArrowRight")
    wait_until(page, f"nucleiPage.slideViewer.viewport.getCenter(false).x > {middle}")
    page.keyboard.press("0")
    wait_until(page, f"Math.abs({ZOOM} - {before}) < 1e-6")
    page.locator(STAGE).hover()
    page.mouse.wheel(0, -100)
    wait_until(page, f"{ZOOM} > 1.05 * {before}")


def test_axe_finds_no_serious_fault_and_a_telephone_suffices(chromium, slide_page):
    with opened(chromium, slide_page, 400, scheme="dark") as found:
        wait_until(found.page, READY)
        assert found.page.evaluate("document.documentElement.scrollWidth") <= 400
        assert found_by_axe(found.page) == []


def test_nothing_is_loaded_and_nothing_is_complained_of(shown):
    assert shown.requests == []
    assert shown.troubles == []
