"""Slides of one's own: one job a slide, and a table of all."""


rule segment_slide:
    input:
        unpack(ask(experiment.slides.inputs)),
    output:
        multiext("<results>/slides/{slide}", *experiment.slides.suffixes),
    log:
        "<logs>/segment_slide/{slide}.log",
    cache: experiment.slides.cacheable
    conda:
        experiment.environment("network")
    threads: experiment.slides.settings.threads
    resources:
        gpu=experiment.slides.settings.gpus,
    params:
        job=ask(experiment.slides.parameters),
    script:
        "../scripts/segment_slide.py"


rule segment_slides:
    input:
        records=experiment.slides.records,
    output:
        summary="<results>/slides/summary.csv",
    log:
        "<logs>/segment_slides.log",
    conda:
        experiment.environment("network")
    params:
        slides=experiment.slides.patients,
        code=experiment.code("segment_slides"),
    script:
        "../scripts/segment_slides.py"
