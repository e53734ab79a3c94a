"""Configuration, names and input functions that all rules share."""

import os
import sys

sys.path.insert(0, str(workflow.basedir))

from snakemake.exceptions import WorkflowError
from snakemake.settings.types import DeploymentMethod

from nucleibench.configuration import complete, training_settings
from nucleibench.errors import ConfigurationError
from nucleibench.fingerprint import fingerprint
from nucleibench.jobs import share_library

# Jobs import the library from this folder, whichever environment they run in.
share_library(workflow.basedir)

try:
    config = complete(config)
except ConfigurationError as error:
    raise WorkflowError(str(error))


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


METHODS = config["methods"]
COMPARED = config["compare"]
TRAINING_DATASET = config["training_dataset"]

# Conda environment of the jobs with networks.
TENSORFLOW = {
    "gpu": "../envs/tensorflow_gpu.yaml",
    "cpu": "../envs/tensorflow_cpu.yaml",
}[config["tensorflow_environment"]]


def names_of(*kinds):
    """Return a wildcard pattern of the methods of these kinds; one that nothing matches if none."""
    return pattern_of(n for n, m in METHODS.items() if kind_of(m) in kinds)


def pattern_of(names):
    return "|".join(names) or "(?!)"


def kind_of(method):
    """Return a method's kind; ImageJ, which needs Java, is one of its own."""
    return "imagej" if method.get("algorithm") == "imagej" else method["kind"]


# With conda, jobs run with the versions that envs/ pins, which are those of the lock file.
IN_THIS_ENVIRONMENT = DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method


def code_of(rule):
    """Return the fingerprint of a rule's script and of the library and packages it reaches."""
    return fingerprint(f"{workflow.basedir}/scripts/{rule}.py", installed=IN_THIS_ENVIRONMENT)


def method_settings(wildcards):
    """Return a method's section of the configuration, without what only the tables show."""
    return computing_settings(wildcards.method)


def computing_settings(name, left_out=()):
    return {k: v for k, v in METHODS[name].items() if k not in ("note", "training", *left_out)}


def network_settings(wildcards):
    """Return what decides a method's weights."""
    return computing_settings(wildcards.method, left_out=["separation", "turns"])


def prediction_settings(wildcards):
    """Return what decides a method's maps."""
    return computing_settings(wildcards.method, left_out=["separation"])


def keys_of_method(*keys):
    """Return what gives these keys of a method's section, so that no other reruns a job."""
    return lambda wildcards: {key: METHODS[wildcards.method][key] for key in keys}


def method_training(wildcards):
    return training_settings(config, wildcards.method)


# Networks that come trained, so that no rule trains them or chooses their threshold.
INSTALLED = [name for name, method in METHODS.items() if method.get("release")]


def release_files(wildcards):
    """Return the files of a trained network by what they are."""
    folder = os.path.join(workflow.basedir, METHODS[wildcards.method]["release"])
    names = {"weights": "model.weights.h5", "choice": "threshold.json", "card": "card.json"}
    return {kind: f"{folder}/{name}" for kind, name in names.items()}


def needed_methods(names):
    """Return the methods and all that they are made of."""
    found = []
    for name in names:
        parts = METHODS[name].get("members", []) + METHODS[name].get("stage_one", [])
        found += [*needed_methods(parts), name]
    return list(dict.fromkeys(found))


TRAINED = [
    name
    for name in needed_methods(COMPARED)
    if METHODS[name]["kind"] in ("unet", "gb_unet", "mask_rcnn") and name not in INSTALLED
]

# Compared methods whose setting validation images choose.
CHOSEN = [
    name for name in COMPARED if METHODS[name]["kind"] != "classical" and name not in INSTALLED
]

# Trainings that differ in nothing but the seed.


def repeated_trainings():
    """Return name of the first -> names of all compared methods that train the same network."""
    groups = {}
    for name in COMPARED:
        if name in TRAINED:
            same = str((computing_settings(name, ["seed"]), training_settings(config, name)))
            groups.setdefault(same, {}).setdefault(METHODS[name].get("seed"), name)
    found = [list(names.values()) for names in groups.values() if len(names) > 1]
    return {names[0]: names for names in found}


TRAININGS = repeated_trainings()
REPEATED = [name for names in TRAININGS.values() for name in names]


def repeated_datasets():
    """Return the datasets for which there is a spread over trainings to tell."""
    return config["datasets"] if TRAININGS else []


# Archives


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


def organs_table(wildcards):
    """Return the table of organs that a dataset names, if it names one."""
    return dataset_settings(wildcards)["organs"] or []


def check_local_files():
    for dataset, settings in config["datasets"].items():
        if settings["organs"]:
            check_exists(f"datasets.{dataset}.organs", settings["organs"], "correct the path")
        for part, archive in settings["archives"].items():
            if "path" in archive:
                check_local_archive(f"datasets.{dataset}.archives.{part}", archive["path"])


def check_local_archive(key, path):
    check_exists(key, path, "correct the path, or give url or google_drive to download it")
    # Snakemake would open it as a file.
    if os.path.isdir(path) and workflow.workflow_settings.cache is not None:
        raise WorkflowError(
            f"{key}: {path} is a folder, and --cache compares the content of files; "
            "name the archive itself, or run without --cache"
        )


def check_exists(key, path, remedy):
    if not os.path.exists(path):
        raise WorkflowError(f"{key}: {path} does not exist; {remedy}")


# Colour normalisation

STAIN_TARGET = config["normalization"]["target"]
# A path has a slash, the id of an image has none. An image of the training dataset is kept from
# training.
STAIN_TARGET_IMAGE = None if "/" in STAIN_TARGET else STAIN_TARGET


def stain_target_source(wildcards):
    """Return the file that the configuration names, or the images of the training dataset."""
    if STAIN_TARGET_IMAGE is None:
        return {"path": STAIN_TARGET}
    folder = f"{config['results']}/data/{TRAINING_DATASET}"
    return {"sheet": f"{folder}/images.csv", "images": f"{folder}/images"}


def check_stain_target():
    if STAIN_TARGET_IMAGE is None and not os.path.isfile(STAIN_TARGET):
        raise WorkflowError(
            f"normalization.target: there is no file {STAIN_TARGET}; correct the path, or name an "
            "image of the training dataset by its id, which has no slash"
        )


# Training


def encoder_weights(wildcards):
    """Return the pretrained weights that a method starts from, if it wants some."""
    method = METHODS[wildcards.method]
    if method["encoder_weights"] is None:
        return []
    return f"<resources>/encoder_weights/{method['encoder']}.h5"


def stage_one_maps(wildcards):
    members = METHODS[wildcards.method]["stage_one"]
    return [f"<results>/tiles/stage_one/{member}.npy" for member in members]


def coco_weights(wildcards):
    """Return the COCO checkpoint, if a method starts from it."""
    wanted = METHODS[wildcards.method]["coco_weights"]
    return "<resources>/coco_weights/mask_rcnn_coco.h5" if wanted else []


def training_seed(wildcards):
    """Return the seed of a training: the method's own where it has one."""
    own = METHODS[wildcards.method].get("seed")
    return config["seed"] if own is None else own


def training_threads(wildcards):
    return method_training(wildcards)["threads"]


# Segmentation

INFERENCE = {**config["inference"], "size": config["inference"]["size"] or config["tiles"]["size"]}


def member_maps(wildcards):
    members = METHODS[wildcards.method]["members"]
    return [f"<results>/probabilities/{member}/{wildcards.dataset}" for member in members]


def first_stage(wildcards):
    """Return the first-stage networks of a method: GB U-Net has some, others have none."""
    return METHODS[wildcards.method].get("stage_one", [])


def stage_one_weights(wildcards):
    return [f"<results>/models/{member}/model.weights.h5" for member in first_stage(wildcards)]


def stage_one_settings(wildcards):
    return [METHODS[member] for member in first_stage(wildcards)]


# Tables and figures


def row_notes():
    """Return the footnotes of the tables' rows."""
    return {name: METHODS[name]["note"] for name in COMPARED if "note" in METHODS[name]}


def paper_dataset(dataset):
    """Return whose values of the paper stand beside ours: nobody's where the images are drawn."""
    settings = config["datasets"][dataset]
    drawn = any("synthetic" in archive for archive in settings["archives"].values())
    return None if drawn else settings["format"]


def paper_dataset_of_table(wildcards):
    return paper_dataset(wildcards.dataset)


def figure_1_networks():
    """Return the networks of Figure 1: GB U-Net and its first stage, else a U-Net, else none."""
    for kind in ("gb_unet", "unet"):
        if found := [name for name in TRAINED if METHODS[name]["kind"] == kind]:
            return needed_methods(found[:1])
    return []


def figures():
    return [*([1] if figure_1_networks() else []), 2, 3]


def figure_3_methods():
    return [name for name in config["figure_3_methods"] if name in COMPARED] or COMPARED[:5]


check_local_files()
check_stain_target()


wildcard_constraints:
    # The longest first, or tnbc_more_all.zip would be the part more_all of tnbc.
    dataset="|".join(sorted(config["datasets"], key=len, reverse=True)),
    method="|".join(METHODS),
    part="[^/]+",
