"""The numbers that the paper prints: Lagree et al., Sci. Rep. 11, 2021, Tables 2a, 2b and 3."""

from importlib.resources import files

import pandas as pd

PAPER_METRICS = (
    "aji",
    "map_paper",
    "f1_70",
    "recall_70",
    "precision_70",
    "f1_50",
    "recall_50",
    "precision_50",
)


def paper_table2(dataset: str | None) -> pd.DataFrame:
    """Return the paper's Table 2: a row per method, columns ``PAPER_METRICS``.

    It is empty for None and for a dataset that the paper has not.
    """
    values = _read_values()
    rows = values[(values["dataset"] == dataset) & values["image"].isna()]
    return rows.set_index("method")[list(PAPER_METRICS)]


def paper_table3(dataset: str | None) -> pd.DataFrame:
    """Return the paper's Table 3: the AJI, a row per image, a column per method.

    It is empty for None and for a dataset that the paper has not.
    """
    values = _read_values()
    rows = values[(values["dataset"] == dataset) & values["image"].notna()]
    return rows.pivot(index="image", columns="method", values="aji")


def _read_values() -> pd.DataFrame:
    with files("nucleibench.report").joinpath("paper_values.csv").open() as stream:
        return pd.read_csv(stream)
