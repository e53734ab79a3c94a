"""From archives to images, instance label maps and one sheet per dataset.

Their priority lets bad data of any dataset stop a run before a training starts. Downloads carry no
fingerprint of their code: a checksum says what is right, and a rerun would delete the file.
"""


rule download_archive:
    output:
        archive="<results>/archives/downloaded/{dataset}_{part}.zip",
    log:
        "<logs>/download_archive/{dataset}_{part}.log",
    priority: 1
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        source=ask(experiment.data.archive),
    script:
        "../scripts/download_archive.py"


rule draw_archive:
    output:
        archive="<results>/archives/synthetic/{dataset}_{part}.zip",
    log:
        "<logs>/draw_archive/{dataset}_{part}.log",
    priority: 1
    conda:
        "../envs/data.yaml"
    params:
        settings=ask(experiment.data.synthetic),
        format=ask(experiment.data.format),
        seed=CONFIGURATION.seed,
        code=experiment.code("draw_archive"),
    script:
        "../scripts/draw_archive.py"


rule import_dataset:
    input:
        archives=ask(experiment.data.archives),
        organs=ask(experiment.data.organs_table),
    output:
        sheet="<results>/data/{dataset}/images.csv",
        images=directory("<results>/data/{dataset}/images"),
        labels=directory("<results>/data/{dataset}/labels"),
    log:
        "<logs>/import_dataset/{dataset}.log",
    cache: True
    priority: 1
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        job=ask(experiment.parameters.import_dataset),
    script:
        "../scripts/import_dataset.py"
