"""From images to instance label maps, method by method."""


rule predict:
    input:
        unpack(ask(experiment.networks.prediction_inputs)),
    output:
        predictions=directory("<results>/{kind}/{prediction}/{dataset}"),
    log:
        "<logs>/predict/{kind}/{prediction}_{dataset}.log",
    benchmark:
        "<benchmarks>/predict/{kind}/{prediction}_{dataset}.tsv"
    conda:
        of_training(experiment.networks.environment)
    threads: of_training(experiment.networks.threads)
    resources:
        gpu=of_training(experiment.networks.gpus),
    params:
        job=ask(experiment.parameters.predict),
    script:
        "../scripts/predict.py"


rule choose_setting:
    input:
        sheet=ask(experiment.labels.validation_sheet, "chosen"),
        labels=f"{TRAINING_DATA}/labels",
        sources=ask(experiment.labels.validation_sources, "chosen"),
    output:
        multiext("<results>/models/{chosen}/", table="thresholds.csv", setting="threshold.json"),
    log:
        "<logs>/choose_setting/{chosen}.log",
    benchmark:
        "<benchmarks>/choose_setting/{chosen}.tsv"
    conda:
        ask(experiment.labels.environment, "chosen")
    threads: ask(experiment.labels.threads, "chosen")
    params:
        job=ask(experiment.parameters.choose_setting, "chosen"),
    script:
        "../scripts/choose_setting.py"


rule install_setting:
    input:
        setting=ask(experiment.labels.released_setting, "released"),
    output:
        setting="<results>/models/{released}/threshold.json",
    log:
        "<logs>/install_setting/{released}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        code=experiment.code("install_setting"),
    script:
        "../scripts/install_setting.py"


rule segment:
    input:
        sheet=ask(experiment.labels.sheet),
        sources=ask(experiment.labels.sources),
        setting=ask(experiment.labels.setting),
    output:
        labels=directory("<results>/segmentations/{method}/{dataset}"),
    log:
        "<logs>/segment/{method}_{dataset}.log",
    benchmark:
        "<benchmarks>/segment/{method}_{dataset}.tsv"
    conda:
        ask(experiment.labels.environment)
    threads: ask(experiment.labels.threads)
    params:
        job=ask(experiment.parameters.segment),
    script:
        "../scripts/segment.py"
