"""From archives to images, instance label maps and one sheet per dataset."""


def archive_settings(wildcards):
    return config["datasets"][wildcards.dataset]["archives"][wildcards.part]


def synthetic_settings(wildcards):
    return archive_settings(wildcards)["synthetic"]


def dataset_settings(wildcards):
    return config["datasets"][wildcards.dataset]


def dataset_format(wildcards):
    return dataset_settings(wildcards)["format"]


def locate_archive(dataset, part, archive):
    """Return where an archive is or will be: the nearest of its sources wins."""
    if "path" in archive:
        return archive["path"]
    kind = "synthetic" if "synthetic" in archive else "downloaded"
    return f"{config['results']}/archives/{kind}/{dataset}_{part}.zip"


def dataset_archives(wildcards):
    archives = dataset_settings(wildcards)["archives"]
    return [locate_archive(wildcards.dataset, part, a) for part, a in archives.items()]


def check_local_archives():
    for dataset, settings in config["datasets"].items():
        for part, archive in settings["archives"].items():
            if "path" in archive and not os.path.exists(archive["path"]):
                raise WorkflowError(
                    f"datasets.{dataset}.archives.{part}: {archive['path']} does not exist; "
                    "correct the path, or give url or google_drive to download it"
                )


check_local_archives()


rule download_archive:
    output:
        archive="<results>/archives/downloaded/{dataset}_{part}.zip",
    params:
        source=archive_settings,
        code=code_of("download_archive"),
    log:
        "<logs>/download_archive/{dataset}_{part}.log",
    conda:
        "../envs/data.yaml"
    localrule: True
    script:
        "../scripts/download_archive.py"


rule draw_archive:
    output:
        archive="<results>/archives/synthetic/{dataset}_{part}.zip",
    params:
        settings=synthetic_settings,
        format=dataset_format,
        seed=config["seed"],
        code=code_of("draw_archive"),
    log:
        "<logs>/draw_archive/{dataset}_{part}.log",
    conda:
        "../envs/data.yaml"
    script:
        "../scripts/draw_archive.py"


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
        dataset=dataset_settings,
        test_organ=config["test_organ"],
        target=config["normalization"]["target"],
        code=code_of("import_dataset"),
    script:
        "../scripts/import_dataset.py"
