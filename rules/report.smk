"""Tables, figures and learning curves."""

FORMATS = ["png", "pdf", "csv"]


rule tabulate_results:
    input:
        metrics=expand("<results>/metrics/{method}/{{dataset}}.csv", method=COMPARED),
    output:
        csv=report(
            "<results>/tables/table2_{dataset}.csv",
            caption="../report/table2.rst",
            category="Tables",
        ),
        markdown="<results>/tables/table2_{dataset}.md",
        latex="<results>/tables/table2_{dataset}.tex",
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
        metrics=expand(f"<results>/metrics/{{method}}/{TRAINING_DATASET}.csv", method=COMPARED),
    output:
        csv=report(
            "<results>/tables/table3.csv",
            caption="../report/table3.rst",
            category="Tables",
        ),
        markdown="<results>/tables/table3.md",
        latex="<results>/tables/table3.tex",
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


rule tabulate_mistakes:
    input:
        metrics=expand("<results>/metrics/{method}/{{dataset}}.csv", method=COMPARED),
    output:
        multiext(
            "<results>/tables/mistakes_{dataset}",
            csv=".csv",
            markdown=".md",
            latex=".tex",
        ),
    log:
        "<logs>/tabulate_mistakes/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=COMPARED,
        notes=row_notes(),
        code=code_of("tabulate_mistakes"),
    script:
        "../scripts/tabulate_mistakes.py"


rule tabulate_seeds:
    input:
        metrics=expand("<results>/metrics/{method}/{{dataset}}.csv", method=REPEATED),
    output:
        multiext("<results>/tables/seeds_{dataset}", csv=".csv", markdown=".md", latex=".tex"),
    log:
        "<logs>/tabulate_seeds/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=REPEATED,
        trainings=TRAININGS,
        code=code_of("tabulate_seeds"),
    script:
        "../scripts/tabulate_seeds.py"


rule tabulate_choices:
    input:
        tables=expand("<results>/models/{method}/thresholds.csv", method=CHOSEN),
    output:
        multiext("<results>/tables/validation", csv=".csv", markdown=".md"),
    log:
        "<logs>/tabulate_choices.log",
    conda:
        "../envs/report.yaml"
    params:
        methods=CHOSEN,
        code=code_of("tabulate_choices"),
    script:
        "../scripts/tabulate_choices.py"


rule release_model:
    input:
        weights="<results>/models/{method}/model.weights.h5",
        choice="<results>/models/{method}/threshold.json",
        card="<results>/models/{method}/card.json",
        stains="<results>/normalized/target.json",
        metrics=expand("<results>/metrics/{{method}}/{dataset}.csv", dataset=config["datasets"]),
    output:
        folder=directory("<results>/releases/{method}"),
    log:
        "<logs>/release_model/{method}.log",
    wildcard_constraints:
        method=names_of("unet"),
    conda:
        TENSORFLOW
    params:
        method=method_settings,
        datasets=list(config["datasets"]),
        inference=INFERENCE,
        test_organ=config["test_organ"],
        normalization_unit=config["normalization"]["unit"],
        code=code_of("release_model"),
    script:
        "../scripts/release_model.py"


rule describe_networks:
    output:
        blocks="<results>/figures/figure1.csv",
    log:
        "<logs>/describe_networks.log",
    conda:
        TENSORFLOW
    params:
        methods={name: computing_settings(name) for name in figure_1_networks()},
        training={"backend": config["training"]["backend"], "precision": "float32"},
        size=config["tiles"]["size"],
        code=code_of("describe_networks"),
    script:
        "../scripts/describe_networks.py"


rule plot_networks:
    input:
        blocks="<results>/figures/figure1.csv",
    output:
        report(
            "<results>/figures/figure1.png",
            caption="../report/figure1.rst",
            category="Figures",
        ),
        "<results>/figures/figure1.pdf",
    log:
        "<logs>/plot_networks.log",
    conda:
        "../envs/report.yaml"
    params:
        code=code_of("plot_networks"),
    script:
        "../scripts/plot_networks.py"


rule plot_precision:
    input:
        metrics=expand(f"<results>/metrics/{{method}}/{TRAINING_DATASET}.csv", method=COMPARED),
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
        card="<results>/models/{method}/card.json",
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
