"""The organs that were held out, on the page of a run that has them."""

import pandas as pd
from PIL import Image

from nucleibench.page import figures, tables
from nucleibench.page.run import Run
from nucleibench.report.rows import RowTitle

TITLES = {"otsu": RowTitle("Otsu's threshold", "Otsu", "Classical")}


def test_table_and_heat_map_are_shown(tmp_path):
    run = Run(tmp_path, "mine", ("monuseg",), TITLES, "monuseg", "breast")
    for path in (run.table("hold_out"), run.figure("hold_out")):
        path.parent.mkdir()
    cells = {"method": ["otsu", "otsu"], "organ": ["breast", "liver"], "aji": [0.25, 0.5]}
    pd.DataFrame(cells).to_csv(run.table("hold_out"), index=False)
    Image.new("RGB", (40, 20), "white").save(run.figure("hold_out"))
    shown = tables.render(run)
    assert "AJI with every organ held out once" in shown
    assert all(text in shown for text in ("Otsu&#39;s threshold", "breast", "liver", "0.5"))
    assert "by networks that were trained without it" in figures.render(run)
