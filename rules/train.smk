"""Training of the networks. Jobs that profit from an accelerator carry `gpu=1`.

Training states live in `<results>/states`, which no rule declares, so that Snakemake never
deletes them: a killed training resumes from its last epoch. Downloads carry no fingerprint of
their code: a checksum says what is right, and a rerun would delete what a machine without network
cannot fetch again.
"""


rule download_encoder_weights:
    output:
        weights="<resources>/encoder_weights/{encoder}.h5",
    log:
        "<logs>/download_encoder_weights/{encoder}.log",
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


rule train_unet:
    input:
        tiles="<results>/tiles/augmented/tiles.csv",
        encoder_weights=encoder_weights,
    output:
        weights="<results>/models/{method}/model.weights.h5",
        history="<results>/models/{method}/history.csv",
        card="<results>/models/{method}/card.json",
    log:
        "<logs>/train_unet/{method}.log",
    benchmark:
        "<benchmarks>/train_unet/{method}.tsv"
    wildcard_constraints:
        method=names_of("unet"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=network_settings,
        training=method_training,
        seed=training_seed,
        states=f"{config['results']}/states/{{method}}",
        code=code_of("train_unet"),
    script:
        "../scripts/train_unet.py"


rule install_model:
    input:
        unpack(release_files),
    output:
        weights="<results>/models/{method}/model.weights.h5",
        choice="<results>/models/{method}/threshold.json",
        card="<results>/models/{method}/card.json",
    log:
        "<logs>/install_model/{method}.log",
    wildcard_constraints:
        method=pattern_of(INSTALLED),
    localrule: True
    conda:
        TENSORFLOW
    params:
        method=network_settings,
        code=code_of("install_model"),
    script:
        "../scripts/install_model.py"


ruleorder: install_model > train_unet
ruleorder: install_model > choose_threshold


rule map_stage_one:
    input:
        tiles="<results>/tiles/augmented/tiles.csv",
        weights="<results>/models/{method}/model.weights.h5",
    output:
        maps="<results>/tiles/stage_one/{method}.npy",
    log:
        "<logs>/map_stage_one/{method}.log",
    benchmark:
        "<benchmarks>/map_stage_one/{method}.tsv"
    wildcard_constraints:
        method=names_of("unet"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=network_settings,
        training=method_training,
        batch_size=config["inference"]["batch_size"],
        code=code_of("map_stage_one"),
    script:
        "../scripts/map_stage_one.py"


rule train_gb_unet:
    input:
        tiles="<results>/tiles/augmented/tiles.csv",
        stage_one=stage_one_maps,
    output:
        weights="<results>/models/{method}/model.weights.h5",
        history="<results>/models/{method}/history.csv",
        card="<results>/models/{method}/card.json",
    log:
        "<logs>/train_gb_unet/{method}.log",
    benchmark:
        "<benchmarks>/train_gb_unet/{method}.tsv"
    wildcard_constraints:
        method=names_of("gb_unet"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=network_settings,
        training=method_training,
        seed=config["seed"],
        states=f"{config['results']}/states/{{method}}",
        code=code_of("train_gb_unet"),
    script:
        "../scripts/train_gb_unet.py"


rule train_mask_rcnn:
    input:
        tiles="<results>/tiles/plain/tiles.csv",
        coco_weights=coco_weights,
    output:
        weights="<results>/models/{method}/model.weights.h5",
        history="<results>/models/{method}/history.csv",
        card="<results>/models/{method}/card.json",
    log:
        "<logs>/train_mask_rcnn/{method}.log",
    benchmark:
        "<benchmarks>/train_mask_rcnn/{method}.tsv"
    wildcard_constraints:
        method=names_of("mask_rcnn"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=keys_of_method("coco_weights", "network", "sampling", "descent"),
        training=method_training,
        seed=config["seed"],
        states=f"{config['results']}/states/{{method}}",
        code=code_of("train_mask_rcnn"),
    script:
        "../scripts/train_mask_rcnn.py"
