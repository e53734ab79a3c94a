"""From images to colour-normalised images and training tiles."""

STORE_FILES = ["tiles.csv", "images.npy", "labels.npy", "weights.npy", "digests.json"]


rule fit_stain_reference:
    input:
        unpack(lambda wildcards: experiment.data.reference_source()),
    output:
        reference="<results>/normalized/target.json",
    log:
        "<logs>/fit_stain_reference.log",
    cache: True
    conda:
        "../envs/stain.yaml"
    params:
        engine=CONFIGURATION.normalization.engine,
        image=experiment.data.reference_image,
        code=experiment.code("fit_stain_reference"),
    script:
        "../scripts/fit_stain_reference.py"


rule normalize_images:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        images="<results>/data/{dataset}/images",
        reference=ask(experiment.data.stain_reference),
    output:
        images=directory("<results>/{colors}/{dataset}"),
        sheet="<results>/{colors}/{dataset}.csv",
    log:
        "<logs>/normalize_images/{colors}_{dataset}.log",
    cache: True
    conda:
        "../envs/stain.yaml"
    threads: 8
    params:
        unit=CONFIGURATION.normalization.unit,
        code=experiment.code("normalize_images"),
    script:
        "../scripts/normalize_images.py"


rule map_weights:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        labels=f"{TRAINING_DATA}/labels",
    output:
        weights=directory("<results>/weight_maps"),
    log:
        "<logs>/map_weights.log",
    cache: True
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        settings=CONFIGURATION.weight_map.plain(),
        code=experiment.code("map_weights"),
    script:
        "../scripts/map_weights.py"


rule tile_images:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        images=f"<results>/{{colors}}/{TRAINING_DATASET}",
        labels=f"{TRAINING_DATA}/labels",
        weights="<results>/weight_maps",
    output:
        multiext("<results>/tiles/{colors}/plain/", *STORE_FILES),
    log:
        "<logs>/tile_images/{colors}.log",
    cache: True
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        tiling=experiment.parameters.tiling(variants=1),
        code=experiment.code("tile_images"),
    script:
        "../scripts/tile_images.py"


use rule tile_images as augment_tiles with:
    output:
        multiext("<results>/tiles/{colors}/augmented/", *STORE_FILES),
    log:
        "<logs>/augment_tiles/{colors}.log",
    cache: True
    params:
        tiling=experiment.parameters.tiling(CONFIGURATION.tiles.variants),
