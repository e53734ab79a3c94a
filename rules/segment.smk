"""From images to instance label maps, method by method."""


rule segment_classical:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        images="<results>/normalized/{dataset}",
    output:
        segmentations=directory("<results>/segmentations/{method}/{dataset}"),
    log:
        "<logs>/segment_classical/{method}_{dataset}.log",
    benchmark:
        "<benchmarks>/segment_classical/{method}_{dataset}.tsv"
    wildcard_constraints:
        method=names_of("classical"),
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        method=method_settings,
        code=code_of("segment_classical"),
    script:
        "../scripts/segment_classical.py"


use rule segment_classical as segment_imagej with:
    log:
        "<logs>/segment_imagej/{method}_{dataset}.log",
    benchmark:
        "<benchmarks>/segment_imagej/{method}_{dataset}.tsv"
    wildcard_constraints:
        method=names_of("imagej"),
    conda:
        "../envs/imagej.yaml"
    threads: 1


rule predict_unet:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        images="<results>/normalized/{dataset}",
        weights="<results>/models/{method}/model.weights.h5",
        stage_one=stage_one_weights,
    output:
        maps=directory("<results>/probabilities/{method}/{dataset}"),
    log:
        "<logs>/predict/{method}_{dataset}.log",
    benchmark:
        "<benchmarks>/predict/{method}_{dataset}.tsv"
    wildcard_constraints:
        method=names_of("unet"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=prediction_settings,
        stage_one=stage_one_settings,
        training=method_training,
        inference=INFERENCE,
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("predict_unet"),
    script:
        "../scripts/predict_unet.py"


use rule predict_unet as predict_gb_unet with:
    wildcard_constraints:
        method=names_of("gb_unet"),


rule average_maps:
    input:
        members=member_maps,
    output:
        maps=directory("<results>/probabilities/{method}/{dataset}"),
    log:
        "<logs>/average_maps/{method}_{dataset}.log",
    wildcard_constraints:
        method=names_of("ensemble"),
    conda:
        "../envs/data.yaml"
    params:
        code=code_of("average_maps"),
    script:
        "../scripts/average_maps.py"


rule choose_threshold:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        labels=f"{TRAINING_DATA}/labels",
        maps=f"<results>/probabilities/{{method}}/{TRAINING_DATASET}",
    output:
        table="<results>/models/{method}/thresholds.csv",
        choice="<results>/models/{method}/threshold.json",
    log:
        "<logs>/choose_threshold/{method}.log",
    benchmark:
        "<benchmarks>/choose_threshold/{method}.tsv"
    wildcard_constraints:
        method=names_of("unet", "gb_unet", "ensemble"),
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        method=method_settings,
        candidates=config["threshold"],
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("choose_threshold"),
    script:
        "../scripts/choose_threshold.py"


rule segment_maps:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        maps="<results>/probabilities/{method}/{dataset}",
        choice="<results>/models/{method}/threshold.json",
    output:
        segmentations=directory("<results>/segmentations/{method}/{dataset}"),
    log:
        "<logs>/segment_maps/{method}_{dataset}.log",
    wildcard_constraints:
        method=names_of("unet", "gb_unet", "ensemble"),
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        code=code_of("segment_maps"),
    script:
        "../scripts/segment_maps.py"


rule predict_mask_rcnn:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        images="<results>/normalized/{dataset}",
        weights="<results>/models/{method}/model.weights.h5",
    output:
        detections=directory("<results>/detections/{method}/{dataset}"),
    log:
        "<logs>/predict_mask_rcnn/{method}_{dataset}.log",
    benchmark:
        "<benchmarks>/predict_mask_rcnn/{method}_{dataset}.tsv"
    wildcard_constraints:
        method=names_of("mask_rcnn"),
    conda:
        TENSORFLOW
    threads: training_threads
    resources:
        gpu=1,
    params:
        method=keys_of_method("network", "detection"),
        training=method_training,
        tile_size=config["tiles"]["size"],
        batch_size=config["inference"]["batch_size"],
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("predict_mask_rcnn"),
    script:
        "../scripts/predict_mask_rcnn.py"


rule choose_detections:
    input:
        sheet=f"{TRAINING_DATA}/images.csv",
        labels=f"{TRAINING_DATA}/labels",
        detections=f"<results>/detections/{{method}}/{TRAINING_DATASET}",
    output:
        table="<results>/models/{method}/thresholds.csv",
        choice="<results>/models/{method}/threshold.json",
    log:
        "<logs>/choose_detections/{method}.log",
    wildcard_constraints:
        method=names_of("mask_rcnn"),
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        method=keys_of_method("scores", "max_ious"),
        candidates=config["threshold"],
        validation=config["validation"],
        seed=config["seed"],
        code=code_of("choose_detections"),
    script:
        "../scripts/choose_detections.py"


rule segment_mask_rcnn:
    input:
        sheet="<results>/data/{dataset}/images.csv",
        detections="<results>/detections/{method}/{dataset}",
        choice="<results>/models/{method}/threshold.json",
    output:
        segmentations=directory("<results>/segmentations/{method}/{dataset}"),
    log:
        "<logs>/segment_mask_rcnn/{method}_{dataset}.log",
    wildcard_constraints:
        method=names_of("mask_rcnn"),
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        code=code_of("segment_mask_rcnn"),
    script:
        "../scripts/segment_mask_rcnn.py"
