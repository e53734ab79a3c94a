"""Turn the archives of a dataset into images, instance label maps and a sheet."""

from nucleibench.data.importing import check_local_archives, import_dataset, warnings_told
from nucleibench.jobs import logged

dataset = snakemake.params.dataset
with logged(snakemake.log[0]) as tell, warnings_told(tell):
    check_local_archives(dataset["archives"])
    import_dataset(
        dataset["format"],
        dict(zip(dataset["archives"], snakemake.input.archives, strict=True)),
        folder=snakemake.output.sheet.removesuffix("/images.csv"),
        test_organ=snakemake.params.test_organ,
        target_image=snakemake.params.target,
        organs_table=dataset["organs"],
        workers=snakemake.threads,
    )
