"""What the page says, without a browser."""

import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import yaml
from made_up_run import make_run
from markdown_it import MarkdownIt

from nucleibench import __version__
from nucleibench.experiment.experiment import Experiment
from nucleibench.page import costs, deviations, overview, samples, scores
from nucleibench.page import tables as page_tables
from nucleibench.page.html import Cell, Table, read_frame, tables
from nucleibench.page.missing import find_missing
from nucleibench.page.published import DATASETS, SYSTEMS, read_published
from nucleibench.page.run import Run
from nucleibench.page.sections import SECTIONS, title_of
from nucleibench.page.writing import write_page
from nucleibench.report.rows import RowTitle

ROOT = Path(__file__).parents[2]


def tables_of(html: str) -> dict[str, list[list[str]]]:
    """Return caption -> rows of texts, of a page's tables, by a parser that knows nothing of it."""
    found = {}
    for text in re.findall(r'<table class="sortable".*?</table>', html, re.DOTALL):
        table = ElementTree.fromstring(re.sub(r"scope=(\w+)", r'scope="\1"', text))
        rows = [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]
        found["".join(table.find("caption").itertext())] = rows
    return found


def test_a_section_with_nothing_to_show_is_left_out_with_its_entry_in_the_contents(tmp_path):
    empty = Run(tmp_path, "empty", ("monuseg",), {}, "monuseg", "breast")
    write_page(empty, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text()
    assert re.findall(r'<section id="(\w+)"', text) == ["overview", "published"]
    assert re.findall(r'<li><a href="#(\w+)">', text) == ["overview", "published"]


def test_what_is_missing_is_told(run):
    assert find_missing(run) == []
    assert "Missing from the results" not in overview.render(run)
    more = replace(
        run,
        datasets=(*run.datasets, "mine"),
        methods={**run.methods, "new": RowTitle("New & own", "New", "Others")},
        trainings=(*run.trainings, "untrained"),
    )
    every = "Otsu, U-Net <VGG-16>, Fiji, New & own"
    assert find_missing(more) == [
        "Methods without scores on monuseg: New & own.",
        "Methods without scores on tnbc: New & own.",
        "Datasets without a sheet of images: mine.",
        f"Methods without scores on mine: {every}.",
        "Trainings without a card: untrained.",
        "Trainings without learning curves: untrained.",
    ]
    assert "<li>Methods without scores on tnbc: New &amp; own.</li>" in overview.render(more)


def test_the_configuration_has_what_its_own_family_or_algorithm_needs(run):
    plain = yaml.safe_load((ROOT / "config.yaml").read_text())
    experiment = Experiment.read(plain, ROOT)
    shown = overview.render(replace(run, configuration=experiment.page["configuration"]))
    text = re.search(r'aria-label="Configuration">(.*?)</pre>', shown, re.DOTALL)[1]
    configuration = yaml.safe_load(unescape(text))
    assert configuration["networks"]["unet_vgg16"]["encoder"] == "vgg16"
    assert configuration["methods"]["fiji"]["algorithm"] == "fiji"
    assert "training" not in configuration["networks"]["unet_vgg16"]


def test_words_stand_for_names_of_measures_rows_and_overlaps(run, tmp_path):
    named = replace(run, configuration={"methods": {"again": {"name": "Trained again"}}})
    frames = {
        "seeds_tnbc": {"method": ["again"], "measure": ["f1_70"], "mean": [0.5]},
        "comparisons_tnbc": {"method": ["fiji"], "p": [0.5], "reference": ["unet_vgg16"]},
        "saw": {"method": ["otsu"], "overlap": ["organ"]},
    }
    found = [page_tables._table(named, tmp_path / n, pd.DataFrame(f)) for n, f in frames.items()]
    texts = [[cell.text for cell in table.rows[0]] for table in found]
    assert texts[0] == ["Trained again", "F1 (0.7)", "0.5000"]
    assert texts[1] == ["Fiji", "0.5000", "U-Net <VGG-16> [1]"]
    assert found[1].notes[1:] == ["[1] a & b"]
    assert texts[2][1].startswith("trained on an organ of these images")


def test_the_interval_of_a_single_patient_is_left_out(run):
    # The dataset tnbc has one image.
    assert re.search(r"Highest AJI on tnbc</dt><dd>1.000<small>[^,]+</small>", overview.render(run))


def test_a_name_that_pandas_takes_for_nothing_stays(tmp_path):
    (tmp_path / "table.csv").write_text("method,patient,aji\nNA,null,\nnan,01,0.5\n")
    frame = read_frame(tmp_path / "table.csv")
    assert frame[["method", "patient"]].to_numpy().tolist() == [["NA", "null"], ["nan", "01"]]
    assert frame["aji"].isna().tolist() == [True, False]


def test_a_table_is_of_the_dataset_with_the_longest_name_that_fits(run):
    frame = pd.DataFrame({"method": ["otsu"], "aji": [0.5]})
    path = run.results / "tables" / "by_organ_my_tnbc.csv"
    both = replace(run, datasets=("tnbc", "my_tnbc"))
    saw = run.table("saw")
    saw.write_text(
        "method,dataset,datasets,organs,overlap\n"
        + "".join(f"{m},my_tnbc,,,\n{m},tnbc,x,breast,dataset\n" for m in run.methods)
    )
    try:
        assert page_tables._table(both, path, frame).rows[0][0].text == "Otsu"
    finally:
        saw.unlink()


def test_the_page_of_the_same_results_is_the_same_file(run, page, tmp_path):
    write_page(run, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()


def test_every_section_has_a_title():
    assert all(title_of(name) for name in SECTIONS)


def test_names_and_notes_are_escaped(page):
    text = page.read_text()
    assert "U-Net &lt;VGG-16&gt;" in text
    assert "<VGG-16>" not in text
    assert "a &amp; b" in text


def test_table_2_has_our_values_those_of_the_paper_and_the_difference(run):
    rows = tables_of(scores.render(run))["Table 2, monuseg: 2 images with 18 nuclei"]
    fiji = next(row for row in rows if row[0].startswith("Fiji"))
    aji = pd.read_csv(run.table("table2_monuseg"), index_col="method").loc["fiji", "aji"]
    # The paper prints 0.3396 for Fiji.
    assert fiji[1] == f"{aji:.4f}0.3396 ({aji - 0.3396:+.4f})".replace("-", "\N{MINUS SIGN}")


def test_table_3_says_which_image_and_row_a_cell_is_of(run):
    html = scores.render(run)
    assert 'data-dataset="monuseg" data-image="TCGA-A7-A13F-01Z-00-DX1" data-method="fiji"' in html


def test_tables_of_any_name_are_shown(page):
    found = tables_of(page.read_text())
    assert found["AJI by organ on monuseg"][1] == ["OtsuClassical", "breast", "0.5000"]
    # A patient's name that looks like a number stays as it is.
    assert found["AJI by patient on tnbc"][1] == ["01", "0.5000"]


def test_time_and_memory_are_summed_over_the_jobs_of_a_rule(page):
    rows = tables_of(page.read_text())["What the jobs of each rule took"]
    assert rows[1] == ["predict", "2", "3.00", "2.00", "1.00", "2.00"]


def test_rules_without_a_benchmark_are_read_from_the_logs_of_their_jobs(tmp_path):
    logs = tmp_path / "logs"
    (logs / "segment").mkdir(parents=True)
    (logs / "segment" / "otsu.log").write_text(
        "took 9.0 s, 9.0 s of CPU, 9 MB in its largest process\n"
        "took 90.0 s, 60.0 s of CPU, 512 MB in its largest process\n"
    )
    (logs / "segment" / "failed.log").write_text("Error: no such image\n")
    code = "import sys, nucleibench.experiment.jobs as jobs\nwith jobs.logged(sys.argv[1]): pass"
    for name in ("tabulate_saw", "write_page"):
        command = [sys.executable, "-c", code, logs / f"{name}.log"]
        subprocess.run(command, check=True)
    run = Run(tmp_path, "mine", (), {}, "monuseg", "breast")
    rows = tables_of(costs.render(run))["What the jobs of each rule took"]
    assert rows[1] == ["segment", "1", "1.50", "1.50", "1.00", "0.50"]
    assert [row[0] for row in rows[2:]] == ["tabulate_saw"]
    assert float(rows[2][5]) > 0


def test_data_are_counted_and_have_a_checksum(run, page):
    found = tables_of(page.read_text())
    counts = found["Images, patients and annotated nuclei by split and organ"]
    assert ["monuseg", "test", "breast", "2", "2", "18"] in counts
    assert len(found["Checksums"]) == 3
    assert __version__ in page.read_text()


def test_deviations_keep_words_of_links_that_lead_nowhere_from_the_page(run):
    html = deviations.render(run)
    assert "as measured" in html
    assert "results.md" not in html
    assert 'href="https://doi.org/10.1038/x"' in html
    assert "<h1>" in MarkdownIt().render(run.deviations.read_text())
    assert "<h1>" not in html


def test_outlines_are_drawn_on_the_border_of_each_nucleus():
    image = np.full((8, 8, 3), 200, np.uint8)
    labels = np.zeros((8, 8), np.int32)
    labels[2:6, 2:6] = 1
    drawn = samples.draw_outlines(image, labels, np.zeros_like(labels))
    colored = (drawn == samples.TRUE_COLOR).all(axis=2)
    zoom = samples.ZOOM
    inside = np.zeros_like(colored)
    inside[2 * zoom - 1 : 6 * zoom + 1, 2 * zoom - 1 : 6 * zoom + 1] = True
    inside[2 * zoom + 1 : 6 * zoom - 1, 2 * zoom + 1 : 6 * zoom - 1] = False
    corners = [(2 * zoom - 1, 2 * zoom - 1), (6 * zoom, 6 * zoom)]
    assert not (colored & ~inside).any()
    assert (inside & ~colored).sum() <= 4, corners


def test_published_values_are_those_of_the_paper():
    systems = read_published(SYSTEMS)
    assert set(systems["trained_on"]) == {"MoNuSeg", "MoNuSeg without breast", "not stated"}
    hover_net = systems[systems["system"] == "HoVer-Net"]
    assert hover_net["aji"].tolist() == ["0.618", "0.59"]
    # "Approximately 28,000 nuclei" in MoNuSeg; ten datasets in Table 1.
    datasets = read_published(DATASETS).set_index("authors")
    assert len(datasets) == 10
    assert datasets.loc["Kumar et al.", "nuclei"] == 28000
    assert datasets["nuclei"].isna().sum() == 3
    assert datasets["source"].notna().all()


def test_the_documented_section_works(run):
    text = (Path(__file__).parents[2] / "docs" / "report.md").read_text()
    section: dict = {}
    exec(re.search(r"```python\n(.+?)```", text, re.DOTALL)[1], section)
    assert tables_of(section["render"](run))["Images by hospital"][1:] == [["A7", "2"]]


def test_a_cell_without_a_number_is_not_sorted_as_one():
    html = tables(
        [Table("Caption", ["A", "B"], [[Cell("x"), Cell("")], [Cell("y"), Cell("1", 1)]])]
    )
    assert html.count("data-value") == 1


def test_a_run_is_read_from_plain_values(run, tmp_path):
    plain = {
        "results": "results/some", "title": "some", "datasets": ["a"], "trainings": ["t"],
        "training_dataset": "a", "test_organ": "liver", "configuration": {},
    }  # fmt: skip
    read = Run.read(plain, run.methods, None)
    assert str(read.image("a", "1")) == "results/some/data/a/images/1.png"
    assert read.datasets == ("a",)


@pytest.mark.parametrize("missing", ["deviations"])
def test_a_missing_file_of_deviations_is_named(tmp_path, missing):
    run = make_run(tmp_path)
    (tmp_path / f"{missing}.md").unlink()
    with pytest.raises(FileNotFoundError, match=missing):
        write_page(run, tmp_path / "report.html")
