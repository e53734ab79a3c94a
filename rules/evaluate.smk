"""Scores of every method on the held-out images of every dataset."""


rule evaluate_method:
    input:
        sheet=ask(experiment.labels.sheet),
        labels="<results>/data/{dataset}/labels",
        segmentations="<results>/segmentations/{method}/{dataset}",
    output:
        metrics="<results>/metrics/{method}/{dataset}.csv",
    log:
        "<logs>/evaluate_method/{method}_{dataset}.log",
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        code=experiment.code("evaluate_method"),
    script:
        "../scripts/evaluate_method.py"
