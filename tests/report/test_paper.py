import pandas as pd
import pytest

from nucleibench.evaluate.scores import IOU_PERCENTS
from nucleibench.evaluate.summary import summarize
from nucleibench.report.paper import PAPER_METRICS, paper_table2, paper_table3

TRUE_NUCLEI = 3095
# Matches at IoU 0.5 and at 0.7, and predictions, that the paper's digits imply. Each triple is the
# only one. No counts give the Mask R-CNN row: it must be an average of something else.
IMPLIED_COUNTS = {
    "otsu": (412, 79, 1995),
    "watershed": (582, 183, 1148),
    "fiji": (1081, 448, 1806),
    "unet_vgg16": (2044, 906, 3184),
    "unet_vgg19": (2101, 1077, 3144),
    "unet_resnet50": (2220, 1202, 3278),
    "unet_resnet101": (1659, 877, 2315),
    "unet_resnet152": (1997, 1003, 2861),
    "unet_densenet121": (2197, 1157, 3371),
    "unet_densenet201": (2231, 1202, 3298),
    "unet_inceptionv3": (1962, 930, 3015),
    "unet_ensemble": (2088, 1138, 2908),
    "gb_unet": (1860, 1086, 2326),
}


@pytest.mark.parametrize("method", IMPLIED_COUNTS)
def test_pooled_counts_give_the_digits_that_the_paper_prints(method):
    matches_50, matches_70, n_predicted = IMPLIED_COUNTS[method]
    counts = {
        f"tp_{percent}": matches_50 if percent < 70 else matches_70 for percent in IOU_PERCENTS
    }
    metrics = pd.DataFrame(
        [{"n_true": TRUE_NUCLEI, "n_predicted": n_predicted, "aji": 0.0, "pq": 0.0, **counts}]
    )

    summary = summarize(metrics, "pooled")

    printed = paper_table2("monuseg").loc[method, list(PAPER_METRICS[2:])]
    assert [round(summary[name], 4) for name in PAPER_METRICS[2:]] == printed.tolist()


def test_table2_holds_every_method_of_the_paper(paper_titles):
    assert list(paper_table2("monuseg").index) == list(paper_titles)
    classical = {"otsu", "watershed", "fiji"}
    assert set(paper_table2("tnbc").index) == paper_titles.keys() - classical
    assert paper_table2("monuseg").loc["gb_unet", "aji"] == 0.5331
    assert paper_table2("tnbc").loc["gb_unet", "map_paper"] == 0.3772


def test_means_of_table3_are_the_ajis_of_table2():
    means = paper_table3("monuseg").mean()
    assert len(paper_table3("monuseg")) == 8
    assert means["fiji"] == pytest.approx(0.33975)
    assert means.to_dict() == pytest.approx(
        paper_table2("monuseg").loc[means.index, "aji"].to_dict(), abs=6e-4
    )


@pytest.mark.parametrize("dataset", [None, "synthetic"])
def test_other_datasets_have_nothing_beside(dataset):
    assert paper_table2(dataset).empty
    assert paper_table3(dataset).empty
