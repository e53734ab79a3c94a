from nucleibench.evaluate.summary import MEASURES
from nucleibench.report.release import describe_release

FACTS = {
    "network": "unet_compact",
    "settings": {"target": "boundary"},
    "training": {"threads": 1},
    "weights": 1234,
    "test_organ": "breast",
    "epochs": 6,
    "best_epoch": 4,
    "seconds_per_epoch": 1.0,
    "normalization": "vahadane",
    "normalization_unit": "patient",
    "seed": 3,
    "sha256": "0" * 64,
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


def test_the_card_names_both_forms_of_the_network_where_there_are_two():
    assert "model.onnx" not in describe_release({**FACTS, "scores": {}})
    both = describe_release({**FACTS, "scores": {}, "exported_sha256": "1" * 64})
    assert f"model.weights.h5`: `{'0' * 64}`" in both
    assert f"model.onnx`: `{'1' * 64}`" in both
