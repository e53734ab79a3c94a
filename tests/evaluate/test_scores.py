import brute_force
import cellseg_metrics
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.draw import disk

from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.scores import IOU_PERCENTS, count_matches, score_image

label_maps = arrays(np.int32, (5, 6), elements=st.integers(0, 4))
ratios = ("aji", "aji_plus", "pq", "dice")


def discs(seed, size=160, spacing=20):
    """Discs of random radius, jittered about a grid; later ones cover earlier ones."""
    generator = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    for number, index in enumerate(np.ndindex(size // spacing, size // spacing), start=1):
        center = (np.array(index) + 0.5) * spacing + generator.uniform(-4, 4, 2)
        labels[disk(center, generator.uniform(5, 12), shape=labels.shape)] = number
    return labels


def two_squares(shift):
    true, predicted = np.zeros((2, 20, 40), np.int32)
    true[5:15, 5:15] = 1
    predicted[5:15, 5 + shift : 15 + shift] = 1
    return true, predicted


class TestClosedForms:
    @pytest.mark.parametrize("shift", range(11))
    def test_shifted_square(self, shift):
        iou = (10 - shift) / (10 + shift)

        scores = score_image(*two_squares(shift))

        assert scores["aji"] == scores["aji_plus"] == pytest.approx(iou, abs=1e-15)
        assert scores["pq"] == (pytest.approx(iou, abs=1e-15) if iou > 0.5 else 0)
        assert scores["dice"] == (10 - shift) / 10
        assert [scores[f"tp_{percent}"] for percent in IOU_PERCENTS] == [
            int(iou >= percent / 100) for percent in IOU_PERCENTS
        ]

    def test_concentric_discs(self):
        true, predicted = np.zeros((2, 60, 60), np.int32)
        true[disk((30, 30), 20)] = 1
        predicted[disk((30, 30), 15)] = 9
        assert score_image(true, predicted)["aji"] == (predicted > 0).sum() / (true > 0).sum()

    def test_merged_nuclei_reuse_a_prediction_in_aji_only(self):
        true, predicted = np.zeros((2, 10, 20), np.int32)
        true[:, :10], true[:, 10:], predicted[:] = 1, 2, 1

        scores = score_image(true, predicted)

        assert scores["aji"] == 200 / (200 + 200)
        assert scores["aji_plus"] == 100 / (200 + 100)
        assert (scores["tp_50"], scores["tp_55"], scores["pq"], scores["dice"]) == (1, 0, 0, 1)

    def test_split_nucleus_leaves_one_half_unused(self):
        true, predicted = np.zeros((2, 10, 20), np.int32)
        true[:], predicted[:, :10], predicted[:, 10:] = 1, 1, 2

        scores = score_image(true, predicted)

        assert scores["aji"] == scores["aji_plus"] == 100 / (200 + 100)
        assert (scores["tp_50"], scores["tp_55"], scores["pq"]) == (1, 0, 0)

    def test_missed_and_invented_nuclei_enter_the_union(self):
        true, predicted = np.zeros((2, 30, 30), np.int32)
        true[:10, :10] = predicted[:10, :10] = 1
        true[20:, 20:] = 2
        predicted[20:, :10] = 2

        scores = score_image(true, predicted)

        assert scores["aji"] == scores["aji_plus"] == 1 / 3
        assert scores["pq"] == scores["dice"] == 1 / 2

    def test_best_iou_wins_over_largest_overlap(self):
        """The large prediction shares more pixels, the small one has the higher IoU."""
        true, predicted = np.zeros((2, 1, 100), np.int32)
        true[0, :20] = 1
        predicted[0, :9], predicted[0, 9:100] = 1, 2
        assert score_image(true, predicted)["aji"] == 9 / (20 + 91)

    def test_largest_total_iou_is_not_greedy(self):
        """The best pair, 8/16, would leave the other two nuclei alone; 2/10 + 6/18 is more."""
        true, predicted = np.zeros((2, 1, 40), np.int32)
        true[0, :10], true[0, 10:20] = 1, 2
        predicted[0, 2:16] = 1
        predicted[0, 0:2] = 2
        table = tabulate_overlaps(true, predicted)
        assert table.ious.tolist() == [8 / 16, 2 / 10, 6 / 18]
        assert score_image(true, predicted)["aji_plus"] == (2 + 6) / (10 + 18)

    @pytest.mark.parametrize("percent", IOU_PERCENTS)
    def test_iou_equal_to_the_threshold_counts(self, percent):
        true, predicted = np.ones((1, 100), np.int32), np.zeros((1, 100), np.int32)
        predicted[0, :percent] = 1
        table = tabulate_overlaps(true, predicted)
        assert count_matches(table, percent) == 1
        assert count_matches(table, percent + 1) == 0


class TestEmptyMaps:
    def test_both_empty_is_perfect(self):
        empty = np.zeros((8, 8), np.int32)
        scores = score_image(empty, empty)
        assert [scores[name] for name in ratios] == [1, 1, 1, 1]
        assert (scores["n_true"], scores["n_predicted"], scores["tp_50"]) == (0, 0, 0)

    @pytest.mark.parametrize("swap", [False, True])
    def test_one_empty_is_zero(self, swap):
        maps = [np.zeros((8, 8), np.int32), np.ones((8, 8), np.int32)]
        scores = score_image(*(reversed(maps) if swap else maps))
        assert [scores[name] for name in ratios] == [0, 0, 0, 0]
        assert (scores["n_true"], scores["n_predicted"]) == ((1, 0) if swap else (0, 1))


class TestProperties:
    @given(label_maps)
    def test_identity_is_perfect(self, labels):
        scores = score_image(labels, labels)
        assert all(scores[name] == 1 for name in ratios)
        assert all(
            scores[f"tp_{percent}"] == scores["n_true"] == scores["n_predicted"]
            for percent in IOU_PERCENTS
        )

    @given(label_maps, label_maps)
    def test_bounds(self, true, predicted):
        scores = score_image(true, predicted)
        pixel_jaccard = scores["dice"] / (2 - scores["dice"])
        counts = [scores[f"tp_{percent}"] for percent in IOU_PERCENTS]
        assert 0 <= scores["aji"] <= pixel_jaccard + 1e-12 <= 1 + 1e-12
        assert 0 <= scores["aji_plus"] <= pixel_jaccard + 1e-12
        assert counts == sorted(counts, reverse=True)
        assert 0 <= counts[-1] <= counts[0] <= min(scores["n_true"], scores["n_predicted"])

    @given(label_maps, label_maps, st.permutations(range(1, 5)), st.permutations(range(1, 5)))
    def test_labels_are_only_names(self, true, predicted, new_true, new_predicted):
        assume(
            not brute_force.has_equal_candidates(
                brute_force.nuclei(true), brute_force.nuclei(predicted)
            )
        )
        renamed_true = np.array([0, *(1000 * np.array(new_true))])[true]
        renamed_predicted = np.array([0, *new_predicted])[predicted]

        scores, renamed = score_image(true, predicted), score_image(renamed_true, renamed_predicted)

        del scores["aji_plus"], renamed["aji_plus"]  # pairings of equal total may differ
        assert renamed == pytest.approx(scores, abs=1e-12)

    @given(label_maps, label_maps)
    def test_counts_pq_and_dice_are_symmetric(self, true, predicted):
        there, back = score_image(true, predicted), score_image(predicted, true)
        for name in ("pq", "dice", *(f"tp_{percent}" for percent in IOU_PERCENTS)):
            assert there[name] == pytest.approx(back[name], abs=1e-12)


class TestIndependentImplementations:
    @settings(max_examples=60, deadline=None)
    @given(label_maps, label_maps)
    def test_pixel_sets_and_plain_loops(self, labels_true, labels_predicted):
        true, predicted = brute_force.nuclei(labels_true), brute_force.nuclei(labels_predicted)

        scores = score_image(labels_true, labels_predicted)

        assert scores["aji"] == brute_force.aji(true, predicted)
        assert scores["pq"] == pytest.approx(brute_force.panoptic_quality(true, predicted))
        assert scores["dice"] == brute_force.dice(labels_true, labels_predicted)
        assert scores["aji_plus"] in brute_force.aji_plus_values(true, predicted)
        for percent in IOU_PERCENTS:
            expected = brute_force.matches(true, predicted, percent)
            assert scores[f"tp_{percent}"] == expected

    @pytest.mark.parametrize("seed", range(3))
    def test_cellseg_metrics(self, seed):
        true, predicted = discs(seed), np.roll(discs(seed + 100), 2, axis=0)

        scores = score_image(true, predicted)

        pq = cellseg_metrics.panoptic_quality(true, predicted)["pq"]
        assert scores["pq"] == pytest.approx(pq, abs=1e-7)
        for percent in (50, 60, 75):
            # It asks for more than the threshold, we for as much.
            precision = cellseg_metrics.average_precision(true, predicted, percent / 100 - 1e-9)
            assert scores[f"tp_{percent}"] / scores["n_predicted"] == pytest.approx(
                precision, abs=1e-7
            )

    @pytest.mark.parametrize("shift", [0, 1, 3])
    def test_cellseg_metrics_aji(self, shift):
        """It takes the largest overlap, we the highest IoU: the same for slightly shifted discs."""
        true = discs(7, spacing=32)
        predicted = np.roll(true, shift, axis=(0, 1))
        expected = cellseg_metrics.aggregated_jaccard_index(true, predicted)
        assert score_image(true, predicted)["aji"] == pytest.approx(expected, abs=1e-7)


def test_thresholds_below_one_half_are_refused():
    table = tabulate_overlaps(*two_squares(1))
    with pytest.raises(ValueError, match="iou_percent is 40"):
        count_matches(table, 40)
