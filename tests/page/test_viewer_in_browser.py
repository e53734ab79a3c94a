"""The viewer in a real browser: it shows what the label maps hold, and every way into it works."""

import base64
import io
import json

import numpy as np
import pytest
from browser import opened
from made_up_run import IMAGES
from PIL import Image
from playwright.sync_api import expect

from nucleibench.images import read_labels
from nucleibench.page.viewer import section
from nucleibench.page.viewer.gather import gather_views, read_all_metrics
from nucleibench.page.viewer.packing import unpack

FIRST, SECOND = IMAGES["monuseg"]
ENLARGED = "document.querySelector('.viewer .stage').classList.contains('enlarged')"


def wait_for(page, *shown):
    selector = f".viewer[data-shown={json.dumps(json.dumps(shown, separators=(',', ':')))}]"
    page.wait_for_selector(selector)
    page.wait_for_timeout(100)


def pixels_of(page, panel: str) -> np.ndarray:
    """Return the colours of a canvas, uint8 (height, width, 3)."""
    canvas = page.locator(f"canvas[data-panel={panel}]")
    address = canvas.evaluate("(canvas) => canvas.toDataURL()")
    data = base64.b64decode(address.partition(",")[2])
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))


@pytest.fixture(scope="module")
def shown(chromium, page):
    with opened(chromium, page) as found:
        wait_for(found.page, "monuseg", FIRST, "otsu")
        yield found


@pytest.fixture(autouse=True)
def whole(request):
    """Begin each test with the whole image."""
    if "shown" in request.fixturenames:
        request.getfixturevalue("shown").page.click(".viewer [data-action=whole]")


def test_pixels_have_the_colours_of_what_differs(run, shown):
    page = shown.page
    page.select_option("select[name=method]", "fiji")
    wait_for(page, "monuseg", FIRST, "fiji")
    true = read_labels(run.labels("monuseg", FIRST)) > 0
    predicted = read_labels(run.segmentation("fiji", "monuseg", FIRST)) > 0
    colors = pixels_of(page, "difference").astype(int)
    expected = {
        (0, 158, 115): true & predicted,
        (213, 94, 0): true & ~predicted,
        (86, 180, 233): ~true & predicted,
        (22, 24, 29): ~true & ~predicted,
    }
    for color, where in expected.items():
        share = (np.abs(colors - color).max(axis=2) < 30).mean()
        assert share == pytest.approx(where.mean(), abs=0.01)
        assert where.any()


def test_the_page_unpacks_what_was_packed(run, shown):
    view = next(iter(gather_views(run, read_all_metrics(run), 10**9)))
    text = view.predicted["fiji"]
    found = shown.page.evaluate("(text) => nucleiPage.unpack(text)", text)
    assert found == [array.tolist() for array in unpack(text)]


def test_dataset_method_and_image_can_be_chosen(shown):
    page = shown.page
    page.select_option("select[name=dataset]", "tnbc")
    page.select_option("select[name=method]", "unet_vgg16")
    wait_for(page, "tnbc", "01_1", "unet_vgg16")
    expect(page.locator(".told")).to_contain_text("U-Net <VGG-16> on 01_1 of tnbc: AJI 1.000")
    assert page.url.endswith("#view=tnbc/01_1/unet_vgg16")
    page.select_option("select[name=dataset]", "monuseg")
    page.select_option("select[name=image]", SECOND)
    wait_for(page, "monuseg", SECOND, "unet_vgg16")
    page.click("[data-action=next]")
    wait_for(page, "monuseg", FIRST, "unet_vgg16")


def test_words_say_what_the_pictures_show(shown):
    page = shown.page
    page.select_option("select[name=method]", "otsu")
    wait_for(page, "monuseg", FIRST, "otsu")
    # Of squares of 8 pixels that are moved by 5, 3/8 lie in true ones: these are lost.
    expect(page.locator(".told")).to_contain_text("9 true nuclei: 0 found, 9 missed.")
    expect(page.locator(".told")).to_contain_text("9 predicted nuclei: 0 found, 9 invented.")
    label = page.locator("canvas[data-panel=true]").get_attribute("aria-label")
    assert label == "9 true nuclei: 0 found, 9 missed."


def test_images_are_sorted_by_what_went_wrong(shown):
    page = shown.page
    page.select_option("select[name=method]", "fiji")
    texts = {}
    for order in ("aji up", "aji down", "missed"):
        page.select_option("select[name=order]", order)
        texts[order] = page.locator("select[name=image] option").all_inner_texts()
    assert texts["aji up"] == texts["aji down"][::-1] != texts["aji down"]
    assert texts["missed"][0].endswith(" missed)")
    page.select_option("select[name=order]", "image")


def test_pictures_move_together_and_by_key(shown):
    page = shown.page
    page.locator(".viewer .stage").focus()
    before = [pixels_of(page, name) for name in ("image", "difference")]
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(100)
    after = [pixels_of(page, name) for name in ("image", "difference")]
    assert all((one != other).any() for one, other in zip(before, after, strict=True))
    assert page.evaluate(ENLARGED)
    page.keyboard.press("0")
    page.wait_for_timeout(100)
    assert not page.evaluate(ENLARGED)
    again = [pixels_of(page, name) for name in ("image", "difference")]
    assert all((one == other).all() for one, other in zip(before, again, strict=True))


def test_a_wheel_scrolls_the_page_until_a_picture_is_clicked(shown):
    page = shown.page
    page.locator("h1").click()
    canvas = page.locator("canvas[data-panel=image]")
    canvas.scroll_into_view_if_needed()
    canvas.hover()
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(100)
    assert not page.evaluate(ENLARGED)
    canvas.click()
    page.mouse.wheel(0, -60)
    page.wait_for_timeout(100)
    assert page.evaluate(ENLARGED)


def test_the_next_mistake_is_enlarged(shown):
    page = shown.page
    page.select_option("select[name=method]", "otsu")
    wait_for(page, "monuseg", FIRST, "otsu")
    page.select_option("select[name=kind]", "missed")
    for number in (1, 2):
        page.click("[data-action=nucleus]")
        expect(page.locator(".viewer output")).to_have_text(f"{number} of 9")
    assert page.evaluate(ENLARGED)


def test_a_value_of_table_3_opens_its_image_by_click_and_key(shown):
    page = shown.page
    cell = page.locator(f'#scores [data-image="{SECOND}"][data-method="fiji"] button')
    cell.click()
    wait_for(page, "monuseg", SECOND, "fiji")
    expect(page.locator(".viewer .stage")).to_be_focused()
    expect(page.locator(".viewer .controls").first).to_be_in_viewport()
    page.locator(f'#scores [data-image="{FIRST}"][data-method="otsu"] button').focus()
    page.keyboard.press("Enter")
    wait_for(page, "monuseg", FIRST, "otsu")


def test_an_address_opens_an_image(chromium, page):
    with opened(chromium, page, 400) as found:
        found.page.goto(f"{page.as_uri()}#view=monuseg/{SECOND}/fiji")
        wait_for(found.page, "monuseg", SECOND, "fiji")
        tops = found.page.evaluate(
            "[...document.querySelectorAll('.stage canvas')].map((canvas) => canvas.offsetTop)"
        )
    # Two by two on a telephone.
    assert tops[0] == tops[1] < tops[2] == tops[3]


def test_two_fingers_enlarge(chromium, page):
    context = chromium.new_context(viewport={"width": 400, "height": 850}, has_touch=True)
    with context.new_page() as phone:
        phone.goto(page.as_uri())
        wait_for(phone, "monuseg", FIRST, "otsu")
        canvas = phone.locator("canvas[data-panel=image]")
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = context.new_cdp_session(phone)
        for kind, spread in (("touchStart", 20), ("touchMove", 30), ("touchMove", 60)):
            points = [{"x": x - spread, "y": y, "id": 0}, {"x": x + spread, "y": y, "id": 1}]
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        phone.wait_for_timeout(100)
        assert phone.evaluate(ENLARGED)
    context.close()


def test_images_without_room_are_told(run, monkeypatch):
    size = [view.size for view in gather_views(run, read_all_metrics(run), 10**9)]
    assert len(size) == 3
    monkeypatch.setattr(section, "LIMIT", sum(size[:2]))
    assert "1 more test images have no room" in section.render(run)


def test_nothing_is_complained_of(shown):
    assert shown.troubles == []
    assert shown.requests == []
