"""Tables, figures and learning curves."""

TITLES = experiment.titles(experiment.compared)
REPEATED = [name for rows in experiment.repeated.values() for name in rows]
COMPARED_ON = DATASETS if len(TITLES) > 1 else []
REPEATED_ON = DATASETS if REPEATED else []
DRAWN = experiment.titles(experiment.in_figure_3)

# Caption of what Snakemake's report shows -> where, and its title there.
REPORTED = {
    "table2": ("Tables", "Table 2: scores on {dataset}"),
    "table3": ("Tables", "Table 3: AJI of every image"),
    "mistakes": ("Tables", "Mistakes on {dataset}"),
    "comparisons": ("Tables", "Comparisons with the best row on {dataset}"),
    "groups": ("Tables", "AJI by organ and by patient on {dataset}"),
    "saw": ("Tables", "What each row saw in training"),
    "seeds": ("Tables", "Seeds: mean and spread on {dataset}"),
    "validation": ("Tables", "Settings that validation images chose"),
    "figure1": ("Figures", "Figure 1: the networks"),
    "figure2": ("Figures", "Figure 2: precision against IoU"),
    "figure3": ("Figures", "Figure 3: hardest and easiest image"),
    "hold_out": ("Tables", "Every organ held out: AJI"),
    "history": ("Learning curves", "Learning curves of {training}"),
}
SHOWN = {
    name: {"caption": f"../report/{name}.rst", "category": category, "labels": {"title": title}}
    for name, (category, title) in REPORTED.items()
}


rule tabulate_saw:
    input:
        sheets=expand("<results>/data/{dataset}/images.csv", dataset=DATASETS),
    output:
        report("<results>/tables/saw.csv", **SHOWN["saw"]),
        multiext("<results>/tables/saw", ".md", ".tex"),
    log:
        "<logs>/tabulate_saw.log",
    conda:
        "../envs/report.yaml"
    params:
        saw=experiment.saw(TITLES),
        titles=TITLES,
        datasets=DATASETS,
        training_dataset=TRAINING_DATASET,
        code=experiment.code("tabulate_saw"),
    script:
        "../scripts/tabulate_saw.py"


rule tabulate_results:
    input:
        metrics=experiment.labels.metrics(TITLES),
        sheet="<results>/data/{dataset}/images.csv",
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/tables/table2_{dataset}.csv", **SHOWN["table2"]),
        multiext("<results>/tables/table2_{dataset}", ".md", ".tex"),
    log:
        "<logs>/tabulate_results/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        seed=CONFIGURATION.seed,
        paper_dataset=ask(experiment.data.paper_dataset),
        code=experiment.code("tabulate_results"),
    script:
        "../scripts/tabulate_results.py"


rule tabulate_images:
    input:
        metrics=experiment.labels.metrics(TITLES, TRAINING_DATASET),
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/tables/table3.csv", **SHOWN["table3"]),
        multiext("<results>/tables/table3", ".md", ".tex"),
    log:
        "<logs>/tabulate_images.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        dataset=TRAINING_DATASET,
        paper_dataset=experiment.data.paper_dataset(TRAINING_DATASET),
        code=experiment.code("tabulate_images"),
    script:
        "../scripts/tabulate_images.py"


rule tabulate_mistakes:
    input:
        metrics=experiment.labels.metrics(TITLES),
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/tables/mistakes_{dataset}.csv", **SHOWN["mistakes"]),
        multiext("<results>/tables/mistakes_{dataset}", ".md", ".tex"),
    log:
        "<logs>/tabulate_mistakes/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        code=experiment.code("tabulate_mistakes"),
    script:
        "../scripts/tabulate_mistakes.py"


rule tabulate_groups:
    input:
        metrics=experiment.labels.metrics(TITLES),
        sheet="<results>/data/{dataset}/images.csv",
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/tables/by_organ_{dataset}.csv", **SHOWN["groups"]),
        multiext("<results>/tables/by_organ_{dataset}", ".md", ".tex"),
        report("<results>/tables/by_patient_{dataset}.csv", **SHOWN["groups"]),
        multiext("<results>/tables/by_patient_{dataset}", ".md", ".tex"),
    log:
        "<logs>/tabulate_groups/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        code=experiment.code("tabulate_groups"),
    script:
        "../scripts/tabulate_groups.py"


rule tabulate_comparisons:
    input:
        metrics=experiment.labels.metrics(TITLES),
        sheet="<results>/data/{dataset}/images.csv",
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/tables/comparisons_{dataset}.csv", **SHOWN["comparisons"]),
        multiext("<results>/tables/comparisons_{dataset}", ".md", ".tex"),
    log:
        "<logs>/tabulate_comparisons/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        seed=CONFIGURATION.seed,
        comparisons=experiment.comparisons,
        code=experiment.code("tabulate_comparisons"),
    script:
        "../scripts/tabulate_comparisons.py"


rule tabulate_seeds:
    input:
        metrics=experiment.labels.metrics(REPEATED),
    output:
        report("<results>/tables/seeds_{dataset}.csv", **SHOWN["seeds"]),
        multiext("<results>/tables/seeds_{dataset}", ".md", ".tex"),
    log:
        "<logs>/tabulate_seeds/{dataset}.log",
    conda:
        "../envs/report.yaml"
    params:
        trainings=experiment.repeated,
        names=experiment.names_of_repeated,
        code=experiment.code("tabulate_seeds"),
    script:
        "../scripts/tabulate_seeds.py"


rule tabulate_choices:
    input:
        tables=expand("<results>/models/{method}/thresholds.csv", method=experiment.chosen),
    output:
        report("<results>/tables/validation.csv", **SHOWN["validation"]),
        "<results>/tables/validation.md",
    log:
        "<logs>/tabulate_choices.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=experiment.titles(experiment.chosen),
        code=experiment.code("tabulate_choices"),
    script:
        "../scripts/tabulate_choices.py"


rule release_network:
    input:
        unpack(ask(experiment.labels.release_inputs)),
        reference="<results>/normalized/target.json",
        metrics=expand("<results>/metrics/{{method}}/{dataset}.csv", dataset=DATASETS),
        sheets=expand("<results>/data/{dataset}/images.csv", dataset=DATASETS),
    output:
        folder=directory("<results>/releases/{method}"),
    log:
        "<logs>/release_network/{method}.log",
    conda:
        experiment.environment("network")
    params:
        datasets=DATASETS,
        training_dataset=TRAINING_DATASET,
        usage=ask(experiment.parameters.release),
        code=experiment.code("release_network"),
    script:
        "../scripts/release_network.py"


rule describe_networks:
    output:
        blocks="<results>/figures/figure1.csv",
    log:
        "<logs>/describe_networks.log",
    conda:
        experiment.environment("network")
    params:
        **experiment.parameters.describe(experiment.in_figure_1),
    script:
        "../scripts/describe_networks.py"


rule plot_networks:
    input:
        blocks="<results>/figures/figure1.csv",
    output:
        report("<results>/figures/figure1.png", **SHOWN["figure1"]),
        "<results>/figures/figure1.pdf",
    log:
        "<logs>/plot_networks.log",
    conda:
        "../envs/report.yaml"
    params:
        names=experiment.names_in_figure_1,
        code=experiment.code("plot_networks"),
    script:
        "../scripts/plot_networks.py"


rule plot_precision:
    input:
        metrics=experiment.labels.metrics(TITLES, TRAINING_DATASET),
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/figures/figure2.png", **SHOWN["figure2"]),
        multiext("<results>/figures/figure2", ".pdf", ".csv"),
    log:
        "<logs>/plot_precision.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        dataset=TRAINING_DATASET,
        code=experiment.code("plot_precision"),
    script:
        "../scripts/plot_precision.py"


rule plot_overlays:
    input:
        images=f"{TRAINING_DATA}/images",
        labels=f"{TRAINING_DATA}/labels",
        metrics=experiment.labels.metrics(DRAWN, TRAINING_DATASET),
        segmentations=[f"<results>/segmentations/{row}/{TRAINING_DATASET}" for row in DRAWN],
        saw="<results>/tables/saw.csv",
    output:
        report("<results>/figures/figure3.png", **SHOWN["figure3"]),
        multiext("<results>/figures/figure3", ".pdf", ".csv"),
    log:
        "<logs>/plot_overlays.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=DRAWN,
        code=experiment.code("plot_overlays"),
    script:
        "../scripts/plot_overlays.py"


rule plot_history:
    input:
        history="<results>/models/{training}/history.csv",
        card="<results>/models/{training}/card.json",
    output:
        report("<results>/models/{training}/history.png", **SHOWN["history"]),
    log:
        "<logs>/plot_history/{training}.log",
    conda:
        "../envs/report.yaml"
    params:
        code=experiment.code("plot_history"),
    script:
        "../scripts/plot_history.py"
