"""From images to colour-normalised images and training tiles."""

TRAINING_DATA = f"<results>/data/{TRAINING_DATASET}"


rule fit_stain_target:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        images=f"{TRAINING_DATA}/images",
    output:
        target="<results>/normalized/target.json",
    log:
        "<logs>/fit_stain_target.log",
    conda:
        "../envs/stain.yaml"
    params:
        settings=config["normalization"],
        code=code_of("fit_stain_target"),
    script:
        "../scripts/fit_stain_target.py"


rule normalize_images:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        images="<results>/data/{dataset}/images",
        target="<results>/normalized/target.json",
    output:
        images=directory("<results>/normalized/{dataset}"),
        sheet="<results>/normalized/{dataset}.csv",
    log:
        "<logs>/normalize_images/{dataset}.log",
    benchmark:
        "<benchmarks>/normalize_images/{dataset}.tsv"
    conda:
        "../envs/stain.yaml"
    threads: 8
    params:
        code=code_of("normalize_images"),
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
    benchmark:
        "<benchmarks>/map_weights.tsv"
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        settings=config["weight_map"],
        code=code_of("map_weights"),
    script:
        "../scripts/map_weights.py"


rule tile_images:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        images=f"<results>/normalized/{TRAINING_DATASET}",
        labels=f"{TRAINING_DATA}/labels",
        weights="<results>/weight_maps",
    output:
        multiext(
            "<results>/tiles/plain/",
            images="images.npy",
            labels="labels.npy",
            weights="weights.npy",
            sheet="tiles.csv",
            digests="digests.json",
        ),
    log:
        "<logs>/tile_images.log",
    benchmark:
        "<benchmarks>/tile_images.tsv"
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        tiles={**config["tiles"], "variants": 1},
        augmentation=config["augmentation"],
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("tile_images"),
    script:
        "../scripts/tile_images.py"


use rule tile_images as augment_tiles with:
    output:
        multiext(
            "<results>/tiles/augmented/",
            images="images.npy",
            labels="labels.npy",
            weights="weights.npy",
            sheet="tiles.csv",
            digests="digests.json",
        ),
    log:
        "<logs>/augment_tiles.log",
    benchmark:
        "<benchmarks>/augment_tiles.tsv"
    params:
        tiles=config["tiles"],
        augmentation=config["augmentation"],
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("tile_images"),
