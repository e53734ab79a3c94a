"""From archives to images, instance label maps and one sheet per dataset."""


def archive_settings(wildcards):
    return config["datasets"][wildcards.dataset]["archives"][wildcards.part]


def dataset_archives(wildcards):
    """Return the archives of a dataset: local ones where they are, others where they will be."""
    return [
        archive.get("path", f"<results>/archives/{wildcards.dataset}_{part}.zip")
        for part, archive in config["datasets"][wildcards.dataset]["archives"].items()
    ]


def check_local_archives():
    for dataset, settings in config["datasets"].items():
        for part, archive in settings["archives"].items():
            if "path" in archive and not os.path.exists(archive["path"]):
                raise WorkflowError(
                    f"datasets.{dataset}.archives.{part}: {archive['path']} does not exist; "
                    "correct the path, or give url or google_drive to download it"
                )


check_local_archives()


rule obtain_archive:
    output:
        archive="<results>/archives/{dataset}_{part}.zip",
    log:
        "<logs>/obtain_archive/{dataset}_{part}.log",
    localrule: True
    conda:
        "../envs/data.yaml"
    params:
        settings=archive_settings,
        format=lambda wildcards: config["datasets"][wildcards.dataset]["format"],
        seed=config["seed"],
        code=code_of("obtain_archive"),
    script:
        "../scripts/obtain_archive.py"


rule import_dataset:
    input:
        archives=dataset_archives,
    output:
        sheet="<results>/data/{dataset}/images.csv",
        images=directory("<results>/data/{dataset}/images"),
        labels=directory("<results>/data/{dataset}/labels"),
    log:
        "<logs>/import_dataset/{dataset}.log",
    benchmark:
        "<benchmarks>/import_dataset/{dataset}.tsv"
    conda:
        "../envs/data.yaml"
    threads: 8
    params:
        dataset=lambda wildcards: config["datasets"][wildcards.dataset],
        test_organ=config["test_organ"],
        target=config["normalization"]["target"],
        code=code_of("import_dataset"),
    script:
        "../scripts/import_dataset.py"
