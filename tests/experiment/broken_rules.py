"""What is said of wrong values: every rule of every setting, with the value that breaks it.

The value stands before "is not". A key that ends with 0 is that of the first entry of a list.
"""

from nucleibench.data.formats import FORMATS

SECTION = "a list is not a section of keys and values"
TEXT = "1 is not text"
NOT_EMPTY = f"{TEXT}; must not be empty"
SWITCH = "1 is not true or false"
LIST = "1 is not a list"
WHOLE = "1.5 is not a whole number"
NUMBER = "'x' is not a number"
COUNT = f"{WHOLE}; 0 is not at least 1"
SIZE = f"{WHOLE}; -1 is not at least 0"
SEED = f"{SIZE}; 4294967296 is not less than 4294967296"
TILE_SIZE = f"{WHOLE}; 0 is not at least 32; 100 is not a multiple of 32"
NOT_NEGATIVE = f"{NUMBER}; -0.1 is not at least 0"
POSITIVE = f"{NUMBER}; 0 is not more than 0"
FRACTION = f"{NOT_NEGATIVE}; 1.1 is not at most 1"
LESS_THAN_ONE = f"{NOT_NEGATIVE}; 1 is not less than 1"
ANGLE = f"{NOT_NEGATIVE}; 45.1 is not at most 45"
CANDIDATES = f"{LIST}; needs at least 1 entry"
TARGET = f"{TEXT}; 'x' is not one of: nucleus, boundary, distance, horizontal_vertical"
SEPARATION = f"{TEXT}; 'x' is not one of: none, watershed, boundary, distance, horizontal_vertical"
TURNS = f"{COUNT}; 9 is not at most 8"

BROKEN = {
    "results": NOT_EMPTY,
    "seed": SEED,
    "test_organ": NOT_EMPTY,
    "hold_out": "1 is not text or a list; must not be empty",
    "training_dataset": NOT_EMPTY,
    "datasets": SECTION,
    "normalization": SECTION,
    "tiles": SECTION,
    "augmentation": SECTION,
    "weight_map": SECTION,
    "validation": SECTION,
    "inference": SECTION,
    "candidates": SECTION,
    "container": NOT_EMPTY,
    "tensorflow_environment": "'x' is not one of: gpu, cpu",
    "training": SECTION,
    "compare": CANDIDATES,
    "compare.0": TEXT,
    "figure_3_methods": LIST,
    "figure_3_methods.0": TEXT,
    "comparisons": SECTION,
    "comparisons.reference": NOT_EMPTY,
    "comparisons.rows": LIST,
    "comparisons.rows.0": TEXT,
    "slides": SECTION,
    "slides.images": NOT_EMPTY,
    "slides.network": NOT_EMPTY,
    "slides.members": CANDIDATES,
    "slides.members.0": COUNT,
    "slides.outputs": CANDIDATES,
    "slides.outputs.0": "'x' is not one of: geojson, geojson.gz, csv, parquet, labels, picture",
    "slides.tissue": "'x' is not one of: find, all",
    "slides.turns": TURNS,
    "slides.threads": COUNT,
    "slides.gpus": SIZE,
    "normalization.engine": f"{TEXT}; 'x' is not one of: vahadane, vahadane_staintools, macenko,"
    " reinhard, none",
    "normalization.unit": "'x' is not one of: image, patient",
    "normalization.reference": TEXT,
    "tiles.size": TILE_SIZE,
    "tiles.overlap": LESS_THAN_ONE,
    "tiles.variants": COUNT,
    "augmentation.probability": FRACTION,
    "augmentation.rotation": f"{NOT_NEGATIVE}; 180.1 is not at most 180",
    "augmentation.shear": ANGLE,
    "augmentation.skew": f"{NOT_NEGATIVE}; 0.5 is not at most 0.4",
    "augmentation.distortion": NOT_NEGATIVE,
    "augmentation.scale": FRACTION,
    "augmentation.flip": SWITCH,
    "weight_map.w0": NOT_NEGATIVE,
    "weight_map.sigma": POSITIVE,
    "validation.fraction": f"{POSITIVE}; 1 is not less than 1",
    "validation.unit": "'x' is not one of: image, hospital, tile",
    "inference.size": TILE_SIZE,
    "inference.overlap": LESS_THAN_ONE,
    "inference.batch_size": COUNT,
    "candidates.thresholds": CANDIDATES,
    "candidates.thresholds.0": FRACTION,
    "candidates.depths": CANDIDATES,
    "candidates.depths.0": FRACTION,
    "candidates.certainties": CANDIDATES,
    "candidates.certainties.0": FRACTION,
    "candidates.min_sizes": CANDIDATES,
    "candidates.min_sizes.0": SIZE,
    "training.backend": "'x' is not one of: tensorflow, jax",
    "training.precision": "'x' is not one of: float32, mixed_bfloat16, mixed_float16",
    "training.execution": "'x' is not one of: graph, eager, jit",
    "training.threads": COUNT,
    "training.batch_size": COUNT,
    "training.learning_rate": POSITIVE,
    "training.schedule": "'x' is not one of: constant, cosine",
    "training.batch_norm_momentum": LESS_THAN_ONE,
    "training.max_epochs": COUNT,
    "training.keep": "'x' is not one of: best, last",
    "training.patience": COUNT,
    "training.min_change": NOT_NEGATIVE,
    "datasets.monuseg.format": f"{TEXT}; 'x' is not one of: {', '.join(FORMATS)}",
    "datasets.monuseg.organs": TEXT,
    "datasets.monuseg.split": "'x' is not one of: organ, test, sheet",
    "datasets.monuseg.pixel_size": f"{NUMBER}; 0 is not at least 0.05; 5.1 is not at most 5",
    "datasets.monuseg.licence": NOT_EMPTY,
    "datasets.monuseg.archives": SECTION,
    "datasets.monuseg.archives.train.path": TEXT,
    "datasets.monuseg.archives.train.synthetic": SECTION,
    "datasets.monuseg.archives.train.url": f"{TEXT}; 'x' does not fit the pattern ^https?://"
    " (Web address of the archive)",
    "datasets.monuseg.archives.train.google_drive": TEXT,
    "datasets.monuseg.archives.train.sha256": f"{TEXT};"
    " 'x' does not fit the pattern ^[0-9a-fA-F]{64}$"
    " (SHA-256 of the archive in hexadecimal digits)",
    "datasets.monuseg.archives.train.md5": f"{TEXT};"
    " 'x' does not fit the pattern ^[0-9a-fA-F]{32}$ (MD5 of the archive in hexadecimal digits, for"
    " where no SHA-256 is known)",
    "datasets.monuseg.archives.train.synthetic.images": COUNT,
    "datasets.monuseg.archives.train.synthetic.size": f"{WHOLE}; 63 is not at least 64",
    "networks.unet_vgg16.seeds": LIST,
    "networks.unet_vgg16.seeds.0": SEED,
    "networks.unet_vgg16.training": SECTION,
    "networks.unet_vgg16.encoder": f"{TEXT}; 'x' is not one of: vgg16, vgg19, resnet50, resnet101,"
    " resnet152, densenet121, densenet201, inceptionv3, compact, "
    "efficientnet_lite0",
    "networks.unet_vgg16.encoder_weights": "'x' is not one of: imagenet",
    "networks.unet_vgg16.freeze_encoder": SWITCH,
    "networks.unet_vgg16.target": TARGET,
    "networks.unet_vgg16.colors": "'x' is not one of: normalized, original",
    "networks.unet_vgg16.variation": SECTION,
    "networks.unet_vgg16.release": TEXT,
    "networks.unet_vgg16.variation.rotate_flip": SWITCH,
    "networks.unet_vgg16.variation.concentration": FRACTION,
    "networks.unet_vgg16.variation.angle": ANGLE,
    "networks.unet_vgg16.variation.brightness": NOT_NEGATIVE,
    "networks.unet_vgg16.variation.blur": NOT_NEGATIVE,
    "networks.gb_unet.seeds": LIST,
    "networks.gb_unet.seeds.0": SEED,
    "networks.gb_unet.training": SECTION,
    "networks.gb_unet.stage_one": CANDIDATES,
    "networks.gb_unet.stage_one.0": TEXT,
    "networks.gb_unet.filters": f"{LIST}; needs at least 2 entries",
    "networks.gb_unet.filters.0": COUNT,
    "networks.gb_unet.dropout": LESS_THAN_ONE,
    "networks.gb_unet.target": TARGET,
    "networks.mask_rcnn.seeds": LIST,
    "networks.mask_rcnn.seeds.0": SEED,
    "networks.mask_rcnn.training": SECTION,
    "networks.mask_rcnn.coco_weights": SWITCH,
    "networks.mask_rcnn.size": SECTION,
    "networks.mask_rcnn.sampling": SECTION,
    "networks.mask_rcnn.descent": SECTION,
    "networks.mask_rcnn.detection": SECTION,
    "networks.mask_rcnn.size.blocks": f"{LIST}; needs at least 4 entries; takes at most 4 entries",
    "networks.mask_rcnn.size.blocks.0": f"{COUNT}; 27 is not at most 26",
    "networks.mask_rcnn.size.pyramid_channels": COUNT,
    "networks.mask_rcnn.size.head_units": COUNT,
    "networks.mask_rcnn.size.anchor_sizes": f"{LIST}; needs at least 5 entries;"
    " takes at most 5 entries",
    "networks.mask_rcnn.size.anchor_sizes.0": POSITIVE,
    "networks.mask_rcnn.size.train_batch_norm": SWITCH,
    "networks.mask_rcnn.size.candidates": COUNT,
    "networks.mask_rcnn.size.proposals": COUNT,
    "networks.mask_rcnn.size.proposal_iou": FRACTION,
    "networks.mask_rcnn.size.zoom": COUNT,
    "networks.mask_rcnn.sampling.max_nuclei": COUNT,
    "networks.mask_rcnn.sampling.anchors": f"{WHOLE}; 1 is not at least 2",
    "networks.mask_rcnn.sampling.regions": COUNT,
    "networks.mask_rcnn.sampling.positive_share": f"{POSITIVE}; 1.1 is not at most 1",
    "networks.mask_rcnn.descent.drop_epochs": LIST,
    "networks.mask_rcnn.descent.drop_epochs.0": COUNT,
    "networks.mask_rcnn.descent.momentum": LESS_THAN_ONE,
    "networks.mask_rcnn.descent.weight_decay": NOT_NEGATIVE,
    "networks.mask_rcnn.descent.clip_norm": POSITIVE,
    "networks.mask_rcnn.descent.rotate_flip": SWITCH,
    "networks.mask_rcnn.detection.overlap": LESS_THAN_ONE,
    "networks.mask_rcnn.detection.max_per_tile": COUNT,
    "networks.mask_rcnn.detection.min_score": FRACTION,
    "networks.mask_rcnn.detection.max_iou": FRACTION,
    "methods.unet_vgg16.separation": SEPARATION,
    "methods.unet_vgg16.turns": TURNS,
    "methods.unet_vgg16.seeds": LIST,
    "methods.unet_vgg16.seeds.0": SEED,
    "methods.unet_vgg16.network": TEXT,
    "methods.unet_ensemble.separation": SEPARATION,
    "methods.unet_ensemble.turns": TURNS,
    "methods.unet_ensemble.seeds": LIST,
    "methods.unet_ensemble.seeds.0": SEED,
    "methods.unet_ensemble.networks": CANDIDATES,
    "methods.unet_ensemble.networks.0": TEXT,
    "methods.mask_rcnn.network": TEXT,
    "methods.mask_rcnn.seeds": LIST,
    "methods.mask_rcnn.seeds.0": SEED,
    "methods.mask_rcnn.scores": CANDIDATES,
    "methods.mask_rcnn.scores.0": FRACTION,
    "methods.mask_rcnn.max_ious": CANDIDATES,
    "methods.mask_rcnn.max_ious.0": FRACTION,
    "methods.otsu.algorithm": f"{TEXT}; 'x' is not one of: otsu, watershed, fiji, imagej,"
    " hematoxylin",
    "methods.otsu.settings": SECTION,
    "methods.otsu.settings.minimum_size": SIZE,
    "methods.watershed.settings.opening": COUNT,
    "methods.watershed.settings.marker_share": LESS_THAN_ONE,
    "methods.watershed.settings.margin": COUNT,
    "methods.watershed.settings.minimum_size": SIZE,
    "methods.fiji.settings.sigma": f"{NOT_NEGATIVE}; 8.6 is not at most 8.5",
    "methods.fiji.settings.threshold": f"{TEXT}; 'x' is not one of: Default, Li",
    "methods.fiji.settings.minimum_size": SIZE,
    "methods.imagej.settings.sigma": NOT_NEGATIVE,
    "methods.imagej.settings.threshold": "'x' is not one of: Default, Huang, Intermodes, IsoData,"
    " IJ_IsoData, Li, MaxEntropy, Mean, MinError, Minimum, Moments, Otsu, Percentile,"
    " RenyiEntropy, Shanbhag, Triangle, Yen",
    "methods.imagej.settings.minimum_size": SIZE,
    "methods.imagej.settings.installation": TEXT,
    "methods.hematoxylin.settings.sigma": POSITIVE,
    "methods.hematoxylin.settings.neighbourhood": POSITIVE,
    "methods.hematoxylin.settings.contrast": NUMBER,
    "methods.hematoxylin.settings.depth": POSITIVE,
    "methods.hematoxylin.settings.minimum_size": SIZE,
}
# What every network has for itself of `training`, and what every method has.
BROKEN |= {
    f"networks.unet_vgg16.{key}": BROKEN[key] for key in BROKEN if key.startswith("training.")
}
BROKEN |= {
    f"methods.{method}.{key}": TEXT
    for method in ("otsu", "unet_vgg16", "unet_ensemble", "mask_rcnn")
    for key in ("name", "short", "group", "note")
}

REQUIRED = {
    "": ["results", "training_dataset", "datasets", "normalization", "methods", "compare"],
    "normalization": ["reference"],
    "slides": ["images"],
    "datasets.monuseg": ["format", "archives"],
    "datasets.monuseg.archives.train.synthetic": ["images", "size"],
    "networks.unet_vgg16": ["encoder"],
    "networks.gb_unet": ["stage_one"],
    "methods.unet_vgg16": ["network"],
    "methods.unet_ensemble": ["networks"],
    "methods.mask_rcnn": ["network"],
    "methods.otsu": ["algorithm"],
}
