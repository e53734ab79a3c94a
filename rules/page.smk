"""The page that shows the run: all that the default target makes, in one HTML file."""

SEGMENTATIONS = expand(
    "<results>/segmentations/{row}/{dataset}", row=experiment.compared, dataset=DATASETS
)


rule write_page:
    input:
        results=rules.all.input,
        data=expand("<results>/data/{dataset}/{kind}", dataset=DATASETS, kind=("images", "labels")),
        segmentations=SEGMENTATIONS,
        slides=experiment.slides.pages,
        deviations=str(ROOT / "docs" / "deviations.md"),
    output:
        page="<results>/report.html",
    log:
        "<logs>/write_page.log",
    conda:
        "../envs/report.yaml"
    params:
        run=experiment.page,
        titles=TITLES,
        code=experiment.code("write_page"),
    script:
        "../scripts/write_page.py"


rule report_page:
    input:
        "<results>/report.html",
    localrule: True
