import keras
import numpy as np
import pandas as pd
import pytest
from skimage.draw import disk

from nucleibench.compute.execution import EXECUTIONS
from nucleibench.families.interface import TrainingJob
from nucleibench.families.mask_rcnn.batches import InstanceBatches
from nucleibench.families.mask_rcnn.checkpoint import load_trained
from nucleibench.families.mask_rcnn.heads import build_mask_head
from nucleibench.families.mask_rcnn.network import MaskRCNN
from nucleibench.families.mask_rcnn.settings import Descent, MaskRCNNNetwork, NetworkSize, Sampling
from nucleibench.families.mask_rcnn.train import build_optimizer, train
from nucleibench.families.mask_rcnn.training_model import LOSSES, TrainingMaskRCNN
from nucleibench.files import read_json
from nucleibench.prepare.store import create_arrays, finish_store, open_arrays, open_store
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingSettings

TILE = 64
SIZE = NetworkSize(
    blocks=(1, 1, 1, 1),
    pyramid_channels=8,
    head_units=16,
    anchor_sizes=(12, 20, 32, 48, 64),
    train_batch_norm=True,
    candidates=100,
    proposals=30,
    proposal_iou=0.7,
)
SAMPLING = Sampling(max_nuclei=4, anchors=32, regions=12, positive_share=0.33)
DESCENT = Descent(
    drop_epochs=(1,), momentum=0.9, weight_decay=1e-4, clip_norm=5.0, rotate_flip=True
)
NETWORK = MaskRCNNNetwork(family="mask_rcnn", size=SIZE, sampling=SAMPLING, descent=DESCENT)
TRAINING = TrainingSettings(
    batch_size=2,
    learning_rate=0.001,
    max_epochs=2,
    patience=9,
    min_change=0.0,
    execution="eager",  # tracing takes longer than so few steps
)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """Four tiles: two with discs to train on, an empty one too, and one that validates."""
    folder = tmp_path_factory.mktemp("tiles")
    arrays = open_arrays(create_arrays(folder, 4, TILE))
    arrays["images"][:] = 220
    for tile in (0, 2, 3):
        for label, column in ((1, 15), (2, 45)):
            spot = disk((20 + 8 * tile, column), 9)
            arrays["labels"][tile][spot] = label
            arrays["images"][tile][spot] = (90, 60, 140)
    for array in arrays.values():
        array.flush()
    sheet = pd.DataFrame({"image": "a", "top": range(4), "left": 0, "variant": 0})
    finish_store(folder, sheet.assign(split=["train"] * 3 + ["validation"]))
    return folder


@pytest.fixture(scope="module")
def store(tiles):
    return open_store(tiles)


def run_training(tiles, folder, tell=print):
    """Train in ``folder``, going on where an earlier call was stopped."""
    keras.utils.set_random_seed(7)
    files = ModelFiles(folder / "model.weights.h5", folder / "history.csv", folder / "card.json")
    train(
        TrainingJob(
            name="mask_rcnn",
            network=NETWORK,
            training=TRAINING,
            seed=1,
            tiles=tiles,
            first_weights=None,
            first_stage=(),
            code="",
            states=folder / "states",
            files=files,
            tell=tell,
        )
    )
    return files


@pytest.fixture(scope="module")
def trained(tiles, tmp_path_factory):
    return run_training(tiles, tmp_path_factory.mktemp("trained"))


def test_the_history_has_the_five_losses(trained):
    history = pd.read_csv(trained.history)
    assert len(history) == 2
    for prefix in ("", "val_"):
        parts = history[[prefix + name for name in LOSSES]]
        assert np.all(np.isfinite(parts))
        assert np.all(parts > 0)
        np.testing.assert_allclose(parts.sum(axis=1), history[f"{prefix}loss"], rtol=1e-4)


def test_the_learning_rate_drops_after_drop_epochs(trained):
    rates = pd.read_csv(trained.history)["learning_rate"]
    np.testing.assert_allclose(rates, [1e-3, 1e-4], rtol=1e-5)


def test_the_weights_kept_are_those_of_the_network(trained):
    network = load_trained(SIZE, TILE, trained.weights)
    assert all(np.all(np.isfinite(weight)) for weight in network.get_weights())
    card = read_json(trained.card)
    assert (card["epochs"], card["weights"]) == (2, network.count_params())
    assert card["settings"] == NETWORK.deciding_weights()
    assert card["first_weights"] is None


def test_a_stopped_training_ends_as_one_that_was_not(tiles, trained, tmp_path):
    def stop(line):
        raise KeyboardInterrupt(line)

    with pytest.raises(KeyboardInterrupt, match="epoch 1/2"):
        run_training(tiles, tmp_path, tell=stop)
    resumed = run_training(tiles, tmp_path)
    kept = [pd.read_csv(files.history).drop(columns="seconds") for files in (resumed, trained)]
    pd.testing.assert_frame_equal(*kept, check_exact=True)
    a, b = (load_trained(SIZE, TILE, files.weights) for files in (resumed, trained))
    for ours, theirs in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def batch_of(store):
    return InstanceBatches(store, "train", 2, SAMPLING.max_nuclei, True, seed=1).batch(0, 0)


def test_a_compiled_step_equals_an_eager_one(store):
    batch = batch_of(store)
    logs = []
    for execution in ("eager", "graph"):
        keras.utils.set_random_seed(7)
        model = TrainingMaskRCNN(MaskRCNN(SIZE, TILE), SAMPLING, seed=3)
        model.compile(build_optimizer(DESCENT, 1e-3, steps=1), **EXECUTIONS[execution]())
        logs.append(model.train_on_batch(*batch, return_dict=True))
    assert logs[0] == pytest.approx(logs[1], rel=1e-4)


def step_on(images, nuclei):
    """Take a step; return the network and what the step told."""
    network = MaskRCNN(SIZE, TILE)
    model = TrainingMaskRCNN(network, SAMPLING, seed=3)
    model.compile(build_optimizer(DESCENT, 1e-3, steps=1), **EXECUTIONS["eager"]())
    told = model.train_on_batch(images, nuclei, return_dict=True)
    assert all(np.all(np.isfinite(weight)) for weight in network.get_weights())
    return network, told


def test_a_batch_without_nuclei_trains_without_nan():
    images = np.full((2, TILE, TILE, 3), 220, np.uint8)
    boxes = np.zeros((2, SAMPLING.max_nuclei, 4), np.float32)
    _, told = step_on(images, {"boxes": boxes, "labels": np.zeros((2, TILE, TILE), np.int32)})
    assert 0 < told["loss"] < np.inf
    assert [told[name] for name in ("rpn_box_loss", "box_loss", "mask_loss")] == [0, 0, 0]


def test_weights_decay_but_biases_and_batch_normalisation_do_not():
    variables = build_mask_head(channels=4).trainable_variables
    for variable in variables:
        variable.assign(np.ones(variable.shape))
    optimizer = build_optimizer(DESCENT, learning_rate=1.0, steps=1)
    optimizer.apply([keras.ops.zeros(variable.shape) for variable in variables], variables)
    for variable in variables:
        kept = keras.ops.convert_to_numpy(variable).mean()
        # 1e-4 gathered over momentum: 1e-4 / (1 - 0.9)
        assert kept == pytest.approx(0.999 if variable.name == "kernel" else 1, abs=1e-5)


def test_gradients_are_clipped_together():
    a, b = keras.Variable(np.zeros(1)), keras.Variable(np.zeros(1))
    optimizer = build_optimizer(DESCENT, learning_rate=1.0, steps=1)
    optimizer.apply([keras.ops.array([30.0]), keras.ops.array([40.0])], [a, b])
    assert [float(a[0]), float(b[0])] == pytest.approx([-3, -4])


def test_the_draws_are_part_of_the_state():
    model = TrainingMaskRCNN(MaskRCNN(SIZE, TILE), SAMPLING, seed=3)
    assert any(variable is model.draws.state for variable in model.variables)


@pytest.fixture(params=["mixed_bfloat16", "mixed_float16"])
def half_precision(request):
    keras.config.set_dtype_policy(request.param)
    yield request.param.removeprefix("mixed_")
    keras.config.set_dtype_policy("float32")


def test_half_precision_leaves_boxes_and_losses_in_single(half_precision, store):
    images, nuclei = batch_of(store)
    network, told = step_on(images, nuclei)
    assert network.backbone.get_layer("conv1").compute_dtype == half_precision
    assert 0 < told["mask_loss"] < told["loss"] < np.inf
    found = network(images, training=True)
    assert keras.backend.standardize_dtype(found["pyramid"][0].dtype) == half_precision
    assert keras.backend.standardize_dtype(found["shifts"].dtype) == "float32"
