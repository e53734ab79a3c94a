"""The page in a real browser: nothing is loaded, tables sort, keys work, narrow windows suffice."""

import pytest
from browser import found_by_axe, opened
from playwright.sync_api import expect

from nucleibench.page.html import Cell, Table, tables
from nucleibench.page.layout import TEMPLATE, Section, write_sections

TABLE = "#scores table >> nth=0"


def column(page, number: int) -> list[str]:
    """Return the texts of a column of the first table of scores."""
    cells = page.locator(f"#scores table >> nth=0 >> tbody tr > :nth-child({number})")
    return [text.strip() for text in cells.all_inner_texts()]


def values(page, number: int) -> list[float]:
    cells = page.locator(f"#scores table >> nth=0 >> tbody tr > :nth-child({number})")
    return [float(cell.get_attribute("data-value")) for cell in cells.all()]


@pytest.fixture(scope="module")
def shown(chromium, page):
    with opened(chromium, page) as found:
        yield found


def test_nothing_is_loaded_and_nothing_is_complained_of(shown):
    shown.page.wait_for_load_state("networkidle")
    assert shown.requests == []
    assert shown.troubles == []


def test_a_column_of_numbers_sorts_by_size_the_largest_first(shown):
    button = shown.page.locator(f"{TABLE} >> thead button", has_text="AJI")
    button.click()
    assert values(shown.page, 2) == sorted(values(shown.page, 2), reverse=True)
    assert len(set(values(shown.page, 2))) > 1
    button.click()
    assert values(shown.page, 2) == sorted(values(shown.page, 2))
    heading = shown.page.locator(f"{TABLE} >> thead th").nth(1)
    assert heading.get_attribute("aria-sort") == "ascending"


def test_a_column_of_names_sorts_by_key_too(shown):
    shown.page.locator(f"{TABLE} >> thead button").first.focus()
    shown.page.keyboard.press("Enter")
    assert column(shown.page, 1) == sorted(column(shown.page, 1))
    shown.page.keyboard.press("Space")
    assert column(shown.page, 1) == sorted(column(shown.page, 1), reverse=True)


def test_numbers_that_are_written_with_commas_sort_as_numbers(shown):
    page = shown.page
    page.evaluate("""() => {
      const cells = [...document.querySelectorAll("#scores table")[0].tBodies[0].rows]
        .map((row) => row.cells[row.cells.length - 1]);
      [9, 1000, 200].forEach((value, i) => {
        cells[i].dataset.value = value; cells[i].textContent = value.toLocaleString("en");
      });
    }""")
    page.locator(f"{TABLE} >> thead button").last.click()
    last = page.locator(f"{TABLE} >> tbody tr > :last-child").all_inner_texts()
    assert last == ["1,000", "200", "9"]


def test_the_contents_lead_to_every_section(shown):
    links = shown.page.locator("nav a")
    sections = shown.page.locator("main > section")
    assert links.count() == sections.count() > 8
    link = shown.page.locator("nav a", has_text="Published by others")
    link.focus()
    shown.page.keyboard.press("Enter")
    expect(shown.page.locator("#published-title")).to_be_in_viewport()
    assert shown.page.url.endswith("#published")


def test_a_figure_enlarges_and_escape_closes_it(shown):
    button = shown.page.locator("#figures button.enlarge").first
    button.focus()
    shown.page.keyboard.press("Enter")
    dialog = shown.page.locator("#enlarged")
    assert dialog.is_visible()
    assert dialog.locator("img").get_attribute("alt") == "Figure 2"
    shown.page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_light_turns_to_dark(shown):
    color = "getComputedStyle(document.body).backgroundColor"
    before = shown.page.evaluate(color)
    shown.page.locator("#theme").click()
    after = shown.page.evaluate(color)
    shown.page.locator("#theme").click()
    assert before != after
    assert shown.page.evaluate(color) == before


@pytest.mark.parametrize("width", [400, 1400])
def test_no_part_is_wider_than_the_window(chromium, page, width):
    with opened(chromium, page, width) as found:
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(chromium, page, scheme):
    with opened(chromium, page, scheme=scheme) as found:
        assert found_by_axe(found.page) == []


def test_print_shows_the_tables_and_no_buttons(chromium, page, tmp_path):
    with opened(chromium, page) as found:
        found.page.emulate_media(media="print")
        assert not found.page.locator("nav").is_visible()
        assert found.page.locator(TABLE).is_visible()
        found.page.pdf(path=tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


def test_a_sheet_of_paper_is_wide_enough_for_twenty_methods(chromium, tmp_path):
    header = ["Image", *(f"DenseNet-{number}" for number in range(201, 221))]
    row = [Cell("TCGA-A7-A13E-01Z-00-DX1"), *20 * [Cell("0.500", 0.5, "0.462 (+0.038)")]]
    section = Section("wide", "Wide", tables([Table("Wide", header, [row])]))
    write_sections(TEMPLATE, "wide", [section], [], tmp_path / "wide.html")
    # A4 across, less its margins, at 96 pixels an inch.
    with opened(chromium, tmp_path / "wide.html", width=1032) as found:
        found.page.emulate_media(media="print")
        assert found.page.evaluate("document.documentElement.scrollWidth") <= 1032


def test_a_dash_sorts_last_and_an_address_of_nonsense_is_no_error(chromium, page):
    with opened(chromium, page) as found:
        found.page.goto(f"{page.as_uri()}#view=%")
        shown = found.page.locator(f"{TABLE} >> tbody tr > :nth-child(3)")
        shown.first.evaluate("(cell) => { cell.dataset.value = 0.5; cell.textContent = '0.50'; }")
        for _ in range(2):
            found.page.locator(f"{TABLE} >> thead button", has_text="interval").click()
            assert shown.first.inner_text() == "0.50"
        assert found.troubles == []
