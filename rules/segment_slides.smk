"""Slides of one's own: one job a slide, a table of all, and a page of each."""


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
        left_out=experiment.slides.left_out,
        code=experiment.code("segment_slides"),
    script:
        "../scripts/segment_slides.py"


rule write_slide_page:
    input:
        unpack(ask(experiment.slides.page_inputs)),
    output:
        page="<results>/slides/{slide}.html",
    log:
        "<logs>/write_slide_page/{slide}.log",
    conda:
        "../envs/report.yaml"
    params:
        code=experiment.code("write_slide_page"),
    script:
        "../scripts/write_slide_page.py"
