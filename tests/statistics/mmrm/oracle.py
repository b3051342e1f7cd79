"""A mixed model fitted subject by subject with dense matrices: slow, short, and independent of the engine.

Restricted likelihood of an unstructured covariance, Newton's method on its elements, Satterthwaite's degrees of
freedom and the Kenward-Roger covariance, straight from the formulas of the papers.
"""

import numpy as np


def basis_of(visits):
    places = [(i, j) for i in range(visits) for j in range(i + 1)]
    matrices = np.zeros((len(places), visits, visits))
    for h, (i, j) in enumerate(places):
        matrices[h, i, j] = matrices[h, j, i] = 1
    return matrices


def subjects_of(design, response, subject, visit):
    return [(visit[subject == s], design[subject == s], response[subject == s]) for s in np.unique(subject)]


def log_likelihood(subjects, sigma, reml=True):
    """Log-likelihood at sigma, with the coefficients and their covariance."""
    p = subjects[0][1].shape[1]
    gram, right, logdet, rows = np.zeros((p, p)), np.zeros(p), 0.0, 0
    for at, x, y in subjects:
        v = sigma[np.ix_(at, at)]
        gram += x.T @ np.linalg.solve(v, x)
        right += x.T @ np.linalg.solve(v, y)
        logdet += np.linalg.slogdet(v)[1]
        rows += len(y)
    phi = np.linalg.inv(gram)
    beta = phi @ right
    square = sum((y - x @ beta) @ np.linalg.solve(sigma[np.ix_(at, at)], y - x @ beta) for at, x, y in subjects)
    value = logdet + square + (rows - (p if reml else 0)) * np.log(2 * np.pi)
    return -0.5 * (value + (np.linalg.slogdet(gram)[1] if reml else 0)), beta, phi


def information(subjects, sigma, basis):
    """Score and observed information of the restricted likelihood, Φ, and P, Q-ready pieces per subject."""
    _, beta, phi = log_likelihood(subjects, sigma)
    k, p = len(basis), len(beta)
    score, info, bends, pulls = np.zeros(k), np.zeros((k, k)), np.zeros((k, p, p)), np.zeros((k, p))
    for at, x, y in subjects:
        inverse = np.linalg.inv(sigma[np.ix_(at, at)])
        turned = inverse @ basis[:, at][:, :, at]
        r = inverse @ (y - x @ beta)
        kx = inverse @ x
        e = basis[:, at][:, :, at]
        spread = inverse @ x @ phi @ x.T @ inverse + np.outer(r, r)
        score -= 0.5 * (np.einsum("hab,ab->h", e, inverse) - np.einsum("hab,ab->h", e, spread))
        info -= 0.5 * np.einsum("hab,lba->hl", turned, turned)
        info += np.einsum("hab,bc,lcd,da->hl", e, inverse, e, spread)
        bends += kx.T @ e @ kx
        pulls += np.einsum("ap,hab,b->hp", kx, e, r)
    info -= np.einsum("hp,pq,lq->hl", pulls, phi, pulls)
    info -= 0.5 * np.einsum("pq,hqr,rs,lsp->hl", phi, bends, phi, bends, optimize=True)
    return score, info, beta, phi, bends


def fit(subjects, visits, steps=200):
    """Return sigma, coefficients, their covariance, the inverse information and dΦ-ready matrices at the optimum."""
    basis = basis_of(visits)
    pooled = np.concatenate([y for _, _, y in subjects])
    sigma = np.eye(visits) * np.var(pooled)
    value = log_likelihood(subjects, sigma)[0]
    for _ in range(steps):
        score, info, beta, phi, bends = information(subjects, sigma, basis)
        values, vectors = np.linalg.eigh(info)
        step = vectors @ (vectors.T @ score / np.maximum(np.abs(values), 1e-10))
        if abs(score @ step) < 1e-16:
            return sigma, beta, phi, np.linalg.inv(info), bends
        while True:
            trial = sigma + np.tensordot(step, basis, 1)
            if np.linalg.eigvalsh(trial)[0] > 0 and log_likelihood(subjects, trial)[0] >= value - 1e-9:
                break
            step = step / 2
        sigma, value = trial, log_likelihood(subjects, trial)[0]
    raise AssertionError("the oracle did not converge")


def degrees_of_freedom(contrast, phi, weights, bends):
    gradient = np.array([contrast @ phi @ bend @ phi @ contrast for bend in bends])
    return 2 * (contrast @ phi @ contrast) ** 2 / (gradient @ weights @ gradient)


def kenward_roger(subjects, sigma, phi, weights, bends):
    """Return the adjusted covariance in the elements of sigma (no second derivatives)."""
    basis = basis_of(len(sigma))
    total = -np.einsum("hl,hpq,qr,lrs->ps", weights, bends, phi, bends, optimize=True)
    for at, x, _ in subjects:
        inverse = np.linalg.inv(sigma[np.ix_(at, at)])
        e = basis[:, at][:, :, at]
        middle = np.einsum("hl,hab,bc,lcd->ad", weights, e, inverse, e, optimize=True)
        total += x.T @ inverse @ middle @ inverse @ x
    return phi + 2 * phi @ total @ phi
