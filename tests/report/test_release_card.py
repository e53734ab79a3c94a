from nucleibench.evaluate.summary import MEASURES
from nucleibench.report.release import describe_release

MEMBER = {
    "file": "model.onnx",
    "network": "unet_compact",
    "settings": {"target": "boundary", "colors": "normalized"},
    "training": {"threads": 1},
    "weights": 1234,
    "epochs": 6,
    "best_epoch": 4,
    "seconds_per_epoch": 1.0,
    "seed": 3,
    "sha256": "0" * 64,
}
FACTS = {
    "members": [MEMBER],
    "test_organ": "breast",
    "normalization": "vahadane",
    "normalization_unit": "patient",
    "licence": "a licence",
}


def test_the_card_has_every_measure_of_the_tables_under_its_heading():
    scores = {name: index / 100 for index, name in enumerate(MEASURES)}
    scores |= {"images": 8, "n_true": 3091, "n_predicted": 3000}
    text = describe_release({**FACTS, "scores": {"monuseg": scores}})
    headings = " | ".join(measure.heading for measure in MEASURES.values())
    assert f"| test images | nuclei | {headings} |" in text
    values = " | ".join(f"{index / 100:.4f}" for index in range(len(MEASURES)))
    assert f"| monuseg, 8 | 3,091 | {values} |" in text


def test_the_card_describes_each_network():
    other = {**MEMBER, "file": "model_2.onnx", "sha256": "1" * 64, "seed": 5}
    other["settings"] = {"target": "boundary", "colors": "original"}
    text = describe_release({**FACTS, "members": [MEMBER, other], "scores": {}})
    assert text.startswith("# unet_compact\n")
    assert f"SHA-256 of `model.onnx`: `{'0' * 64}`" in text
    assert f"SHA-256 of `model_2.onnx`: `{'1' * 64}`" in text
    assert "`model_2.onnx`: 1,234 weights, kernels in half precision, target boundary, sees" in text
    assert "sees original colours; seed 5" in text
