"""Every organ held out once: what each fold trains and tests on, and the table of all folds.

The images of all organs become tiles once. A fold has links to them, and a sheet that says which of
them train.
"""

ROWS_HELD_OUT = [found for _, _, found in experiment.held_out]
HELD_OUT = ["tables/hold_out.csv", "figures/hold_out.png"] if experiment.folds else []


wildcard_constraints:
    fold=pattern_of(experiment.folds),
    store="plain|augmented",


rule split_images:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
    output:
        sheet=f"<results>/folds/{{fold}}/{TRAINING_DATASET}/images.csv",
    log:
        "<logs>/split_images/{fold}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        organ=lambda wildcards: experiment.folds[wildcards.fold],
        code=experiment.code("split_images"),
    script:
        "../scripts/split_images.py"


use rule split_images as split_no_images with:
    output:
        sheet="<results>/folds/every_organ.csv",
    log:
        "<logs>/split_no_images.log",
    params:
        organ="",
        code=experiment.code("split_images"),


use rule tile_images as tile_every_organ with:
    input:
        sheet="<results>/folds/every_organ.csv",
        images=f"<results>/{{colors}}/{TRAINING_DATASET}",
        labels=f"{TRAINING_DATA}/labels",
        weights="<results>/weight_maps",
    output:
        multiext("<results>/tiles/every_organ/{colors}/{store}/", *STORE_FILES),
    log:
        "<logs>/tile_every_organ/{colors}_{store}.log",
    cache: True
    params:
        tiling=ask(experiment.parameters.tiling_of_every_organ),
        code=experiment.code("tile_images"),


rule split_tiles:
    input:
        store=multiext("<results>/tiles/every_organ/{colors}/{store}/", *STORE_FILES),
        sheet=f"<results>/folds/{{fold}}/{TRAINING_DATASET}/images.csv",
    output:
        multiext("<results>/tiles/without_{fold}/{colors}/{store}/", *STORE_FILES),
    log:
        "<logs>/split_tiles/{fold}_{colors}_{store}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        job=experiment.parameters.split_tiles(),
    script:
        "../scripts/split_tiles.py"


rule tabulate_hold_out:
    input:
        metrics=experiment.labels.metrics(ROWS_HELD_OUT, TRAINING_DATASET),
    output:
        report("<results>/tables/hold_out.csv", **SHOWN["hold_out"]),
        multiext("<results>/tables/hold_out", ".md", ".tex"),
    log:
        "<logs>/tabulate_hold_out.log",
    conda:
        "../envs/report.yaml"
    params:
        cells=[(row, organ) for row, organ, _ in experiment.held_out],
        titles=TITLES,
        dataset=TRAINING_DATASET,
        saw=experiment.saw(TITLES),
        code=experiment.code("tabulate_hold_out"),
    script:
        "../scripts/tabulate_hold_out.py"


rule plot_hold_out:
    input:
        table="<results>/tables/hold_out.csv",
    output:
        report("<results>/figures/hold_out.png", **{**SHOWN["hold_out"], "category": "Figures"}),
        multiext("<results>/figures/hold_out", ".pdf", ".csv"),
    log:
        "<logs>/plot_hold_out.log",
    conda:
        "../envs/report.yaml"
    params:
        titles=TITLES,
        code=experiment.code("plot_hold_out"),
    script:
        "../scripts/plot_hold_out.py"
