"""From archives to images, instance label maps and one sheet per dataset."""


rule download_archive:
    output:
        archive="<results>/archives/downloaded/{dataset}_{part}.zip",
    log:
        "<logs>/download_archive/{dataset}_{part}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        source=archive_settings,
        code=code_of("download_archive"),
    script:
        "../scripts/download_archive.py"


rule draw_archive:
    output:
        archive="<results>/archives/synthetic/{dataset}_{part}.zip",
    log:
        "<logs>/draw_archive/{dataset}_{part}.log",
    conda:
        "../envs/data.yaml"
    params:
        settings=synthetic_settings,
        format=dataset_format,
        seed=config["seed"],
        code=code_of("draw_archive"),
    script:
        "../scripts/draw_archive.py"


rule import_dataset:
    input:
        archives=dataset_archives,
        organs=organs_table,
    output:
        sheet="<results>/data/{dataset}/images.csv",
        images=directory("<results>/data/{dataset}/images"),
        labels=directory("<results>/data/{dataset}/labels"),
    log:
        "<logs>/import_dataset/{dataset}.log",
    cache: True
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        dataset=dataset_settings,
        test_organ=config["test_organ"],
        target=config["normalization"]["target"],
        code=code_of("import_dataset"),
    script:
        "../scripts/import_dataset.py"
