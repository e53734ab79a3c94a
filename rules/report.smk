"""Tables, figures and learning curves."""

FORMATS = ["png", "pdf", "csv"]


def row_notes():
    """Return the footnotes of the tables' rows."""
    return {name: METHODS[name]["note"] for name in COMPARED if "note" in METHODS[name]}


def paper_dataset(dataset):
    """Return whose values of the paper stand beside ours: nobody's where the images are drawn."""
    settings = config["datasets"][dataset]
    drawn = any("synthetic" in archive for archive in settings["archives"].values())
    return None if drawn else settings["format"]


def paper_dataset_of_table(wildcards):
    return paper_dataset(wildcards.dataset)


def figure_3_methods():
    return [
        name for name in config["figure_3_methods"] if name in COMPARED
    ] or COMPARED[:5]


rule tabulate_results:
    input:
        metrics=expand("<results>/metrics/{method}/{{dataset}}.csv", method=COMPARED),
    output:
        multiext(
            "<results>/tables/table2_{dataset}",
            csv=".csv",
            markdown=".md",
            latex=".tex",
        ),
    log:
        "<logs>/tabulate_results/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=COMPARED,
        notes=row_notes(),
        seed=config["seed"],
        paper_dataset=paper_dataset_of_table,
        code=code_of("tabulate_results"),
    script:
        "../scripts/tabulate_results.py"


rule tabulate_images:
    input:
        metrics=expand(
            f"<results>/metrics/{{method}}/{TRAINING_DATASET}.csv", method=COMPARED
        ),
    output:
        multiext("<results>/tables/table3", csv=".csv", markdown=".md", latex=".tex"),
    log:
        "<logs>/tabulate_images.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=COMPARED,
        dataset=TRAINING_DATASET,
        notes=row_notes(),
        paper_dataset=paper_dataset(TRAINING_DATASET),
        code=code_of("tabulate_images"),
    script:
        "../scripts/tabulate_images.py"


rule plot_precision:
    input:
        metrics=expand(
            f"<results>/metrics/{{method}}/{TRAINING_DATASET}.csv", method=COMPARED
        ),
    output:
        report(
            "<results>/figures/figure2.png",
            caption="../report/figure2.rst",
            category="Figures",
        ),
        "<results>/figures/figure2.pdf",
        "<results>/figures/figure2.csv",
    log:
        "<logs>/plot_precision.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=COMPARED,
        code=code_of("plot_precision"),
    script:
        "../scripts/plot_precision.py"


rule plot_overlays:
    input:
        images=f"{TRAINING_DATA}/images",
        labels=f"{TRAINING_DATA}/labels",
        metrics=expand(
            f"<results>/metrics/{{method}}/{TRAINING_DATASET}.csv",
            method=figure_3_methods(),
        ),
        segmentations=expand(
            f"<results>/segmentations/{{method}}/{TRAINING_DATASET}",
            method=figure_3_methods(),
        ),
    output:
        report(
            "<results>/figures/figure3.png",
            caption="../report/figure3.rst",
            category="Figures",
        ),
        "<results>/figures/figure3.pdf",
        "<results>/figures/figure3.csv",
    log:
        "<logs>/plot_overlays.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=figure_3_methods(),
        code=code_of("plot_overlays"),
    script:
        "../scripts/plot_overlays.py"


rule plot_history:
    input:
        history="<results>/models/{method}/history.csv",
    output:
        report(
            "<results>/models/{method}/history.png",
            caption="../report/history.rst",
            category="Learning curves",
            labels={"method": "{method}"},
        ),
    log:
        "<logs>/plot_history/{method}.log",
    conda:
        "../envs/report.yaml"
    params:
        code=code_of("plot_history"),
    script:
        "../scripts/plot_history.py"
