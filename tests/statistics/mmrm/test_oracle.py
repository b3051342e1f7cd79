"""The engine against the dense fit, subject by subject, and against numerical derivatives."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from myotrial.statistics import fit_mmrm
from myotrial.statistics.mmrm.structures import COVARIANCES, cholesky_derivatives, get_structure

FORMULA = "chg ~ base + arm*visit"


def numerical(function, at, step=1e-5):
    """Return derivatives of an array-valued function by central differences, parameters first."""
    return np.stack([(function(at + step * e) - function(at - step * e)) / (2 * step) for e in np.eye(len(at))])


@pytest.mark.parametrize("seed", [1, 2])
def test_dense_fit(oracle, small_trial, seed):
    fits = {df: fit_mmrm(FORMULA, small_trial(seed, 40), subject="subject", visit="visit", df=df)
            for df in ("satterthwaite", "kenward-roger")}  # fmt: skip
    fit = fits["satterthwaite"]
    problem = fit.model.inference.solution.problem
    subjects = oracle.subjects_of(problem.design, problem.response, problem.subject, problem.visit)
    sigma, beta, phi, weights, bends = oracle.fit(subjects, 3)
    np.testing.assert_allclose(fit.sigma, sigma, rtol=1e-6)
    np.testing.assert_allclose(fit.log_likelihood, oracle.log_likelihood(subjects, sigma)[0], rtol=1e-11)
    np.testing.assert_allclose(fit.coefficients["estimate"], beta, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(fit.coefficients["se"], np.sqrt(np.diag(phi)), rtol=1e-7)
    df = [oracle.degrees_of_freedom(row, phi, weights, bends) for row in np.eye(len(beta))]
    np.testing.assert_allclose(fit.coefficients["df"], df, rtol=1e-6)
    adjusted = oracle.kenward_roger(subjects, sigma, phi, weights, bends)
    np.testing.assert_allclose(fits["kenward-roger"].coefficients["se"], np.sqrt(np.diag(adjusted)), rtol=1e-6)


@pytest.mark.parametrize("method", ["reml", "ml"])
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_every_structure_stands_at_its_optimum(oracle, small_trial, covariance, method):
    """Likelihood, gradient and Satterthwaite's degrees of freedom by differences of the dense likelihood."""
    fit = fit_mmrm(FORMULA, small_trial(5, 40), subject="subject", visit="visit", covariance=covariance, method=method)
    solution = fit.model.inference.solution
    problem, structure, theta = solution.problem, solution.structure, solution.theta[0]
    subjects = oracle.subjects_of(problem.design, problem.response, problem.subject, problem.visit)

    def likelihood(t):
        return oracle.log_likelihood(subjects, structure.sigma(t) * solution.scale**2, method == "reml")[0]

    assert fit.log_likelihood == pytest.approx(likelihood(theta), rel=1e-11)
    gradient = numerical(lambda t: np.array([likelihood(t)]), theta)[:, 0]
    assert np.abs(gradient).max() < 1e-6
    step = 1e-3
    hessian = numerical(lambda t: numerical(lambda u: np.array([likelihood(u)]), t, step)[:, 0], theta, step)
    weights = np.linalg.inv(-hessian)
    _, beta, phi = oracle.log_likelihood(subjects, structure.sigma(theta) * solution.scale**2)
    change = numerical(lambda t: oracle.log_likelihood(subjects, structure.sigma(t) * solution.scale**2)[2], theta)
    for row, place in zip(fit.coefficients.iter_rows(named=True), range(len(beta)), strict=True):
        slope = change[:, place, place]
        assert row["se"] == pytest.approx(np.sqrt(phi[place, place]), rel=1e-7)
        assert row["df"] == pytest.approx(2 * phi[place, place] ** 2 / (slope @ weights @ slope), rel=1e-4)


@pytest.mark.parametrize("visits", [1, 2, 4])
@pytest.mark.parametrize("name", COVARIANCES)
def test_derivatives_of_a_structure(name, visits):
    structure = get_structure(name, visits)
    random = np.random.default_rng(3)
    moments = np.cov(random.normal(size=(visits, 60)) + random.normal(size=60) * 0.8).reshape(visits, visits)
    theta = structure.start(moments)
    point = structure.at(theta, second=True)
    assert len(theta) == structure.parameters
    np.testing.assert_allclose(point.sigma, structure.sigma(theta))
    np.testing.assert_allclose(point.first, numerical(structure.sigma, theta), atol=1e-8)
    second = np.zeros((len(theta), *point.first.shape)) if point.second is None else point.second
    np.testing.assert_allclose(second, numerical(lambda t: structure.at(t).first, theta), atol=1e-7)


def test_derivatives_by_the_factor():
    """R mmrm's parameters of an unstructured matrix: log diagonal of L, and its rows over their diagonal."""
    places = np.tril_indices(3, -1)

    def sigma(t):
        lower = np.eye(3)
        lower[places] = t[3:]
        lower = np.exp(t[:3])[:, None] * lower
        return lower @ lower.T

    at = np.array([0.1, -0.2, 0.3, 0.5, -0.4, 0.2])
    first, second = cholesky_derivatives(sigma(at))
    np.testing.assert_allclose(first, numerical(sigma, at), atol=1e-9)
    np.testing.assert_allclose(second, numerical(lambda t: cholesky_derivatives(sigma(t))[0], at), atol=1e-8)


def test_sandwich_as_a_sum_over_subjects(small_trial):
    """The asymptotic sandwich, term by term."""
    fit = fit_mmrm(FORMULA, small_trial(8, 30), subject="subject", visit="visit", vcov="empirical")
    problem, sigma = fit.model.inference.solution.problem, fit.sigma
    meat = 0.0
    for s in range(fit.n_subjects):
        at = problem.subject == s
        v = sigma[np.ix_(problem.visit[at], problem.visit[at])]
        residual = problem.response[at] - problem.design[at] @ fit.coefficients["estimate"].to_numpy()
        score = problem.design[at].T @ np.linalg.solve(v, residual)
        meat = meat + np.outer(score, score)
    half = fit.model.inference.solution.half
    phi = half.T @ half
    np.testing.assert_allclose(fit.coefficient_covariance, phi @ meat @ phi, rtol=1e-8)


def test_prediction_is_the_conditional_normal(small_trial):
    data = small_trial(4, 30)
    fit = fit_mmrm(FORMULA, data, subject="subject", visit="visit")
    found = fit.predict().sort("subject", "visit")
    assert found.height == data.height
    for _, rows in found.group_by("subject"):
        seen = rows["observed"].is_not_null().to_numpy()
        mean, values = rows["mean"].to_numpy(), rows["predicted"].to_numpy()
        if seen.all() or not seen.any():
            continue
        gain = fit.sigma[np.ix_(~seen, seen)] @ np.linalg.inv(fit.sigma[np.ix_(seen, seen)])
        np.testing.assert_allclose(values[~seen], mean[~seen] + gain @ (values - mean)[seen], rtol=1e-9)
        rest = np.diag(fit.sigma[np.ix_(~seen, ~seen)] - gain @ fit.sigma[np.ix_(seen, ~seen)])
        spread = rows["se_prediction"].to_numpy()[~seen] ** 2 - rows["se_mean"].to_numpy()[~seen] ** 2
        np.testing.assert_allclose(spread, rest, rtol=1e-8)


def test_residuals(small_trial):
    data = small_trial(4, 30)
    fit = fit_mmrm(FORMULA, data, subject="subject", visit="visit")
    raw = fit.residuals()["residual"].to_numpy()
    joined = fit.predict().filter(pl.col("observed").is_not_null())
    np.testing.assert_allclose(raw, (joined["observed"] - joined["mean"]).to_numpy(), atol=1e-9)
    white = fit.residuals("normalized")["residual"].to_numpy()
    solution = fit.model.inference.solution
    square = 0.0
    for s in range(fit.n_subjects):
        at = solution.problem.subject == s
        v = fit.sigma[np.ix_(solution.problem.visit[at], solution.problem.visit[at])]
        square += raw[at] @ np.linalg.solve(v, raw[at])
        if at.sum() == 3:
            one = np.linalg.solve(v[1:, 1:], raw[at][1:])
            expected = raw[at][0] - v[0, 1:] @ one
            assert fit.residuals("conditional")["residual"].to_numpy()[at][0] == pytest.approx(expected)
    assert (white**2).sum() == pytest.approx(square)


def test_pbkrtest():
    """Kenward-Roger of R's pbkrtest for a random intercept, which is compound symmetry.

    It takes the expected information of the two variances where ours takes the observed one; the dense formulas of
    Kenward and Roger (1997) give pbkrtest's figures with the one and ours with the other.
    """
    folder = Path(__file__).parents[2] / "reference" / "mmrm"
    wanted = pl.read_csv(folder / "r_pbkrtest.csv")
    fit = fit_mmrm("y ~ base + arm*visit", pl.read_csv(folder / "sim30x4.csv"), subject="id", visit="visit",
                   covariance="cs", df="kenward-roger")  # fmt: skip
    problem = fit.model.inference.solution.problem
    x, y = problem.design, problem.response
    same = problem.subject[:, None] == problem.subject
    inverse = np.linalg.inv(np.where(same, fit.sigma[problem.visit][:, problem.visit], 0))
    phi = np.linalg.inv(x.T @ inverse @ x)
    p = inverse - inverse @ x @ phi @ x.T @ inverse
    slopes = [same * 1.0, np.eye(len(y))]
    expected = np.array([[0.5 * np.trace(p @ a @ p @ b) for b in slopes] for a in slopes])
    observed = np.array([[y @ p @ a @ p @ b @ p @ y for b in slopes] for a in slopes]) - expected
    change = [x.T @ inverse @ a @ inverse @ x for a in slopes]

    def kenward_roger(information):
        weights = np.linalg.inv(information)
        middle = sum(
            weights[i, j] * (x.T @ inverse @ a @ inverse @ b @ inverse @ x - change[i] @ phi @ change[j])
            for i, a in enumerate(slopes) for j, b in enumerate(slopes)
        )  # fmt: skip
        moved = np.array([np.diag(phi @ c @ phi) for c in change])
        spread = np.einsum("ic,ij,jc->c", moved, weights, moved)
        return np.sqrt(np.diag(phi + 2 * phi @ middle @ phi)), 2 * np.diag(phi) ** 2 / spread

    np.testing.assert_allclose(fit.coefficients["estimate"], wanted["est"], rtol=1e-6)
    for information, se, df in (
        (expected, wanted["se"], wanted["ddf"]),
        (observed, fit.coefficients["se"], fit.coefficients["df"]),
    ):
        found = kenward_roger(information)
        np.testing.assert_allclose(found[0], se, rtol=1e-7)
        np.testing.assert_allclose(found[1], df, rtol=1e-7)
