"""Training of the networks. Jobs that profit from an accelerator ask for it by `gpu`.

Training states lie in `<results>/states`, which no rule declares, so that Snakemake never deletes
them: a killed training resumes from its last epoch. Downloads carry no fingerprint of their code: a
checksum says what is right, and a rerun would delete what a machine without network cannot fetch
again.
"""

MODEL_FILES = ["model.weights.h5", "history.csv", "card.json"]


rule download_encoder_weights:
    output:
        weights="<resources>/encoder_weights/{file}",
    log:
        "<logs>/download_encoder_weights/{file}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    script:
        "../scripts/download_encoder_weights.py"


rule download_coco_weights:
    output:
        weights="<resources>/coco_weights/mask_rcnn_coco.h5",
    log:
        "<logs>/download_coco_weights.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    script:
        "../scripts/download_coco_weights.py"


rule train_network:
    input:
        unpack(ask(experiment.networks.inputs)),
    output:
        multiext("<results>/models/{training}/", *MODEL_FILES),
    log:
        "<logs>/train_network/{training}.log",
    benchmark:
        "<benchmarks>/train_network/{training}.tsv"
    conda:
        ask(experiment.networks.environment)
    threads: ask(experiment.networks.threads)
    resources:
        gpu=ask(experiment.networks.gpus),
    params:
        job=ask(experiment.parameters.train),
    script:
        "../scripts/train_network.py"


rule install_network:
    input:
        unpack(ask(experiment.networks.release_files, "installed")),
    output:
        weights="<results>/models/{installed}/model.weights.h5",
        card="<results>/models/{installed}/card.json",
    log:
        "<logs>/install_network/{installed}.log",
    localrule: True
    conda:
        ask(experiment.networks.environment, "installed")
    params:
        network=ask(experiment.networks.settings, "installed"),
        code=experiment.code("install_network"),
    script:
        "../scripts/install_network.py"


rule map_tiles:
    input:
        tiles=ask(experiment.networks.tiles, "stage"),
        weights="<results>/models/{stage}/model.weights.h5",
    output:
        maps="<results>/tiles/stage_one/{stage}.npy",
    log:
        "<logs>/map_tiles/{stage}.log",
    benchmark:
        "<benchmarks>/map_tiles/{stage}.tsv"
    conda:
        ask(experiment.networks.environment, "stage")
    threads: ask(experiment.networks.threads, "stage")
    resources:
        gpu=ask(experiment.networks.gpus, "stage"),
    params:
        job=ask(experiment.parameters.map_tiles, "stage"),
    script:
        "../scripts/map_tiles.py"
