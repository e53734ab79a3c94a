"""From images to colour-normalised images and training tiles."""

TRAINING_DATA = f"<results>/data/{TRAINING_DATASET}"


rule fit_stain_target:
    input:
        unpack(stain_target_source),
    output:
        target="<results>/normalized/target.json",
    log:
        "<logs>/fit_stain_target.log",
    cache: True
    conda:
        "../envs/stain.yaml"
    params:
        engine=config["normalization"]["engine"],
        image=STAIN_TARGET_IMAGE,
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
    cache: True
    conda:
        "../envs/stain.yaml"
    threads: 8
    params:
        unit=config["normalization"]["unit"],
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
    cache: True
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
        images="<results>/tiles/plain/images.npy",
        labels="<results>/tiles/plain/labels.npy",
        weights="<results>/tiles/plain/weights.npy",
        sheet="<results>/tiles/plain/tiles.csv",
        digests="<results>/tiles/plain/digests.json",
    log:
        "<logs>/tile_images.log",
    cache: True
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
        images="<results>/tiles/augmented/images.npy",
        labels="<results>/tiles/augmented/labels.npy",
        weights="<results>/tiles/augmented/weights.npy",
        sheet="<results>/tiles/augmented/tiles.csv",
        digests="<results>/tiles/augmented/digests.json",
    log:
        "<logs>/augment_tiles.log",
    cache: True
    params:
        tiles=config["tiles"],
