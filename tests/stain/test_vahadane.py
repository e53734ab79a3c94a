import numpy as np
import pytest
import spams
from drawn_stains import STAINS, draw_tissue
from scipy.optimize import check_grad, minimize

from nucleibench.stain import vahadane
from nucleibench.stain.colors import count_colors
from nucleibench.stain.vahadane import dictionary_objective, learn_stain_matrix

REGULARIZER = 0.1


def tissue_of(image):
    table = count_colors(image)
    return table.select(table.is_tissue(0.8))


def objective(tissue, stains):
    weights = tissue.counts / tissue.counts.sum()
    return dictionary_objective(tissue.densities, weights, stains, REGULARIZER)[0]


def degrees(ones, others):
    return np.degrees(np.arccos(np.clip((ones * others).sum(axis=1), -1, 1)))


def learn_with_spams(tissue, iterations):
    """The call of staintools, with a number of iterations instead of one second."""
    pixels = np.repeat(tissue.densities, tissue.counts, axis=1)
    stains = spams.trainDL(
        X=np.asfortranarray(pixels), K=2, lambda1=REGULARIZER, mode=2, modeD=0, posAlpha=True,
        posD=True, verbose=False, iter=iterations,
    ).T  # fmt: skip
    stains = stains[np.argsort(-stains[:, 0])]
    return stains / np.linalg.norm(stains, axis=1, keepdims=True)


def test_objective_is_the_mean_over_pixels():
    image = draw_tissue(1, size=32)
    tissue = tissue_of(image)
    pixels = np.repeat(tissue.densities, tissue.counts, axis=1)
    concentrations = spams.lasso(
        X=np.asfortranarray(pixels),
        D=np.asfortranarray(STAINS.T),
        mode=2,
        lambda1=REGULARIZER,
        pos=True,
    ).toarray()
    residual = pixels - STAINS.T @ concentrations
    costs = 0.5 * (residual**2).sum(axis=0) + REGULARIZER * concentrations.sum(axis=0)
    np.testing.assert_allclose(objective(tissue, STAINS), costs.mean(), rtol=1e-6)


def test_gradient_is_the_slope_of_the_objective():
    tissue = tissue_of(draw_tissue(1, size=32))
    evaluate = vahadane._objective(
        tissue.densities, tissue.counts / tissue.counts.sum(), REGULARIZER
    )
    angles = np.array([1.2, 0.9, 1.0, 1.4])
    assert check_grad(lambda a: evaluate(a)[0], lambda a: evaluate(a)[1], angles) < 1e-6


@pytest.mark.parametrize("seed", [0, 1])
def test_learns_what_spams_approaches(seed):
    tissue = tissue_of(draw_tissue(seed))
    ours, theirs = learn_stain_matrix(tissue, REGULARIZER), learn_with_spams(tissue, 200)
    assert objective(tissue, ours) <= objective(tissue, theirs)
    assert degrees(ours, theirs).max() < 1


def test_no_other_start_leads_lower():
    """L-BFGS of SciPy, which shares nothing with the search, finds no better place."""
    tissue = tissue_of(draw_tissue(0))
    evaluate = vahadane._objective(
        tissue.densities, tissue.counts / tissue.counts.sum(), REGULARIZER
    )
    found = objective(tissue, learn_stain_matrix(tissue, REGULARIZER))
    others = [
        minimize(evaluate, start, jac=True, bounds=[(0, np.pi / 2)] * 4).fun
        for start in np.random.default_rng(0).uniform(0.2, 1.4, (5, 4))
    ]
    assert min(others) > found - 1e-10
    assert min(others) < found + 1e-6


def test_order_and_repetition_of_pixels_change_no_bit():
    image = draw_tissue(2)
    expected = learn_stain_matrix(tissue_of(image), REGULARIZER)
    for other in (image[::-1, ::-1], image.transpose(1, 0, 2), np.concatenate([image, image])):
        np.testing.assert_array_equal(learn_stain_matrix(tissue_of(other), REGULARIZER), expected)


def test_stains_are_unit_vectors_with_hematoxylin_first():
    stains = learn_stain_matrix(tissue_of(draw_tissue(3)), REGULARIZER)
    np.testing.assert_allclose(np.linalg.norm(stains, axis=1), 1)
    assert (stains >= 0).all()
    assert degrees(stains, STAINS).max() < 8
