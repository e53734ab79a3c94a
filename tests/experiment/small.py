"""A small experiment, with a network of each kind, for the tests of plans."""

import yaml
from configurations import ROOT

from nucleibench.experiment.__main__ import lay_over
from nucleibench.experiment.experiment import Experiment

SMALL = yaml.safe_load(
    """
    results: results/small
    training_dataset: mine
    datasets:
      mine:
        format: monuseg
        archives:
          train: {synthetic: {images: 4, size: 96}}
          test: {google_drive: abc, url: "https://example.org/test.zip"}
      other:
        format: tnbc
        organs: organs.csv
        archives: {all: {path: other.zip, url: "https://example.org/other.zip"}}
    normalization: {reference: SYN-LIVER-01}
    networks:
      a: {family: unet, encoder: vgg16, encoder_weights: imagenet}
      b: {family: unet, encoder: compact, target: boundary}
      gb: {family: gb_unet, stage_one: [a]}
      rcnn:
        family: mask_rcnn
        coco_weights: true
        training: {learning_rate: 0.001, schedule: constant}
    methods:
      otsu: {family: classical, algorithm: otsu, name: Otsu, group: Classical}
      imagej: {family: classical, algorithm: imagej}
      a: {network: a, name: U-Net A, short: A, group: U-Nets, note: a footnote}
      a_watershed: {network: a, separation: watershed}
      b: {network: b, separation: boundary, turns: 4}
      gb: {network: gb}
      rcnn: {network: rcnn}
      both: {networks: [a, gb]}
    compare: [otsu, a, a_watershed, b, gb, rcnn, both]
    """
)


def plan(*changes):
    """Return the small experiment with changes in YAML laid over it."""
    config = SMALL
    for change in changes:
        config = lay_over(config, yaml.safe_load(change) if isinstance(change, str) else change)
    return Experiment.read(config, ROOT, versions_installed=False)
