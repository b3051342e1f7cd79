# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""The batched fit compiled by Numba: the search of ``newton`` for one data set after another, in loops.

Constants and decisions are those of the NumPy engine; only the order of sums differs.
"""

import numpy as np

from myotrial.statistics.mmrm.batch_numpy import BatchAnswer
from myotrial.statistics.mmrm.kernel_algebra import cholesky, invert_lower, invert_pattern, jit
from myotrial.statistics.mmrm.likelihood import Stats
from myotrial.statistics.mmrm.newton import DONE, FLOOR, LEAST, MAX_HALVINGS, MAX_STEPS, NEAR, SLOW
from myotrial.statistics.mmrm.structures import Array


@jit
def _evaluate(sigma, n, mask, zz, zy, yy, columns, reml):  # type: ignore[no-untyped-def]
    """Mirror of ``likelihood.evaluate``."""
    patterns, visits = mask.shape
    q = zz.shape[1]
    size = visits * q
    p = columns.shape[1] if columns.shape[0] else size
    k = np.zeros((patterns, visits, visits))
    cross = np.zeros((patterns, visits, visits))
    leftover = np.zeros((patterns, visits, q))
    root, beta = np.eye(p), np.zeros(p)
    lower = np.zeros((visits, visits))
    if not cholesky(sigma, lower, 1e-8):
        return np.inf, k, cross, leftover, root, beta
    gram, right, value = np.zeros((size, size)), np.zeros(size), 0.0
    for g in range(patterns):
        logdet = invert_pattern(sigma, mask[g], k[g])
        value += n[g] * logdet
        for s in range(visits):
            for t in range(visits):
                w = k[g, s, t]
                if w != 0:
                    for a in range(q):
                        right[s * q + a] += w * zy[g, a, t]
                        for b in range(q):
                            gram[s * q + a, t * q + b] += w * zz[g, a, b]
    if columns.shape[0]:
        gram = np.dot(columns.T, np.dot(gram, columns))
        right = np.dot(right, columns)
    factor = np.zeros((p, p))
    if not cholesky(gram, factor, 1e-8):
        return np.inf, k, cross, leftover, root, beta
    root = invert_lower(factor)
    beta = np.dot(root.T, np.dot(root, right))
    means = (np.dot(columns, beta) if columns.shape[0] else beta).reshape(visits, q)
    for g in range(patterns):
        leftover[g] = zy[g].T - np.dot(means, zz[g])
        cross[g] = yy[g] - np.dot(means, zy[g]) - np.dot(leftover[g], means.T)
        for s in range(visits):
            for t in range(visits):
                value += k[g, s, t] * cross[g, t, s]
    if reml:
        for i in range(p):
            value += 2 * np.log(factor[i, i])
    return value, k, cross, leftover, root, beta


@jit
def _differentiate(n, zz, k, cross, leftover, white, rows, cols, reml, near, observed):  # type: ignore[no-untyped-def]
    """Mirror of ``likelihood.differentiate`` for the elements of Σ."""
    patterns, visits = k.shape[:2]
    q, count, p = zz.shape[1], len(rows), white.shape[1]
    phi = np.dot(white, white.T)
    inner, slope = np.zeros((patterns, visits, visits)), np.zeros((visits, visits))
    wide = np.zeros((patterns, visits * q))
    for g in range(patterns):
        residual = np.dot(k[g], np.dot(cross[g], k[g]))
        total = residual.copy()
        if reml:
            spread = np.zeros((visits, visits))
            for s in range(visits):
                for t in range(visits):
                    for a in range(q):
                        for b in range(q):
                            spread[s, t] += phi[s * q + a, t * q + b] * zz[g, a, b]
            total += np.dot(k[g], np.dot(spread, k[g]))
        slope += n[g] * k[g] - total
        inner[g] = total - 0.5 * n[g] * k[g] if near else 0.5 * residual
        wide[g] = np.dot(k[g], leftover[g]).copy().reshape(-1)
    gradient = np.empty(count)
    flat = k.reshape(patterns, -1)
    pairs = np.dot(flat.T, inner.reshape(patterns, -1)).reshape(visits, visits, visits, visits)  # (b, c), (d, a)
    moved = np.dot(flat.T, wide).reshape(visits, visits, visits, q)  # (a, t), (b, feature)
    information, scores = np.empty((count, count)), np.zeros((count, visits * q))
    for h in range(count):
        i, j = rows[h], cols[h]
        gradient[h] = -0.5 * slope[i, j] * (1.0 if i == j else 2.0)
        for t in range(visits):
            for a in range(q):
                scores[h, t * q + a] = moved[i, t, j, a] + (moved[j, t, i, a] if i != j else 0.0)
        for m in range(h + 1):
            u, v = rows[m], cols[m]
            value = pairs[j, u, v, i] + (pairs[i, u, v, j] if i != j else 0.0)
            if u != v:
                value += pairs[j, v, u, i] + (pairs[i, v, u, j] if i != j else 0.0)
            information[h, m] = value
            information[m, h] = value
    score = np.dot(scores, white)
    information -= (1.0 if near else 0.5) * np.dot(score, score.T)
    slopes = np.zeros((1, 1, 1))
    if observed:
        slopes = _slopes(zz, k, white, rows, cols)
        if reml:
            flat_slopes = slopes.reshape(count, p * p)
            information -= 0.5 * np.dot(flat_slopes, flat_slopes.T)
    return gradient, information, slopes


@jit
def _slopes(zz, k, white, rows, cols):  # type: ignore[no-untyped-def]
    """Mirror of ``likelihood.whitened_slopes``."""
    patterns, visits = k.shape[:2]
    q, count, size, p = zz.shape[1], len(rows), white.shape[0], white.shape[1]
    weights = np.empty((count, visits, visits, patterns))
    for h in range(count):
        i, j = rows[h], cols[h]
        for s in range(visits):
            for t in range(visits):
                for g in range(patterns):
                    w = k[g, s, i] * k[g, j, t]
                    weights[h, s, t, g] = w if i == j else w + k[g, s, j] * k[g, i, t]
    sums = np.dot(weights.reshape(-1, patterns), zz.reshape(patterns, -1)).reshape(count, visits, visits, q, q)
    whole = np.empty((count * size, size))
    for h in range(count):
        for s in range(visits):
            for a in range(q):
                for t in range(visits):
                    for b in range(q):
                        whole[h * size + s * q + a, t * q + b] = sums[h, s, t, a, b]
    half = np.dot(whole, white)
    turned = np.empty((size, count * p))
    for h in range(count):
        for i in range(size):
            for j in range(p):
                turned[i, h * p + j] = half[h * size + i, j]
    done = np.dot(np.ascontiguousarray(white.T), turned)
    slopes = np.empty((count, p, p))
    for h in range(count):
        for i in range(p):
            for j in range(p):
                slopes[h, i, j] = done[i, h * p + j]
    return slopes


@jit
def _step(information, gradient):  # type: ignore[no-untyped-def]
    """Mirror of ``newton.solve_step``."""
    size = len(gradient)
    if not (np.isfinite(information).all() and np.isfinite(gradient).all()):
        return np.zeros(size), 0.0, False
    spread = np.sqrt(np.maximum(np.abs(np.diag(information)), 1e-300))
    scaled = information / spread.reshape(-1, 1) / spread.reshape(1, -1)
    target = gradient / spread
    lower = np.zeros((size, size))
    positive = cholesky(scaled, lower, LEAST)
    step = np.zeros(size)
    if positive:
        for i in range(size):
            value = target[i]
            for m in range(i):
                value -= lower[i, m] * step[m]
            step[i] = value / lower[i, i]
        for i in range(size - 1, -1, -1):
            value = step[i]
            for m in range(i + 1, size):
                value -= lower[m, i] * step[m]
            step[i] = value / lower[i, i]
    else:
        values, vectors = np.linalg.eigh(scaled)
        step = np.dot(vectors, np.dot(vectors.T, target) / np.maximum(np.abs(values), FLOOR))
    step = step / spread
    return step, np.dot(step, gradient), positive


@jit
def _unpack(theta, rows, cols, visits):  # type: ignore[no-untyped-def]
    sigma = np.empty((visits, visits))
    for h in range(len(theta)):
        sigma[rows[h], cols[h]] = theta[h]
        sigma[cols[h], rows[h]] = theta[h]
    return sigma


@jit
def _fit_one(n, mask, zz, zy, yy, columns, theta, rows, cols, reml):  # type: ignore[no-untyped-def]
    """Mirror of ``newton._Search`` for one data set."""
    visits = mask.shape[1]
    value, k, cross, leftover, root, beta = _evaluate(
        _unpack(theta, rows, cols, visits), n, mask, zz, zy, yy, columns, reml
    )
    phase, steps, decrement, converged = 0, 0, np.inf, False
    for _ in range(MAX_STEPS):
        white = np.dot(columns, root.T) if columns.shape[0] else np.ascontiguousarray(root.T)
        gradient, information, slopes = _differentiate(
            n, zz, k, cross, leftover, white, rows, cols, reml, phase > 0, phase == 2
        )
        before = decrement
        step, decrement, positive = _step(information, gradient)
        there = positive and decrement < DONE and np.isfinite(value)
        looked = phase
        if phase == 2:
            if there:
                converged = True
                break
        else:
            slow = phase == 1 and decrement > SLOW * before
            phase = 2 if there or slow or not positive else (1 if decrement < NEAR else 0)
            if there:
                continue
        limit, scale, better = value + 1e-10 * abs(value), 1.0, False
        for _halving in range(MAX_HALVINGS + 1):
            trial = _evaluate(_unpack(theta + scale * step, rows, cols, visits), n, mask, zz, zy, yy, columns, reml)
            if trial[0] <= limit:
                better = True
                break
            scale /= 2
        steps += 1
        if better:
            theta = theta + scale * step
            value, k, cross, leftover, root, beta = trial
        elif looked == 2:
            break
        else:
            phase = 2
    white = np.dot(columns, root.T) if columns.shape[0] else np.ascontiguousarray(root.T)
    if not converged:
        gradient, information, slopes = _differentiate(n, zz, k, cross, leftover, white, rows, cols, reml, True, True)
    return converged, steps, theta, value, k, root, beta, information, slopes, white


@jit
def _fit_many(n, mask, zz, zy, yy, columns, start, contrasts, rows, cols, reml, est, se, kr, df, betas, minus2,  # type: ignore[no-untyped-def]
              sigmas, status, steps):  # fmt: skip
    visits, q = mask.shape[2], zz.shape[2]
    count = len(rows)
    for b in range(len(n)):
        g_used = 0
        for g in range(n.shape[1]):
            if n[b, g] > 0:
                g_used = g + 1
        zz_b = np.ascontiguousarray(zz[b, :g_used])
        converged, steps[b], theta, value, k, root, beta, information, slopes, white = _fit_one(
            n[b, :g_used], mask[b, :g_used], zz_b, zy[b, :g_used], yy[b, :g_used], columns, start[b], rows, cols, reml
        )
        if not converged:
            status[b] = 1
            continue
        weights = np.linalg.inv(information)
        minus2[b], betas[b], sigmas[b] = value, beta, _unpack(theta, rows, cols, visits)
        for c in range(len(contrasts)):
            est[b, c] = np.dot(contrasts[c], beta)
            lw = np.dot(root, contrasts[c])
            variance = np.dot(lw, lw)
            moved = np.empty((count, len(lw)))
            for h in range(count):
                moved[h] = np.dot(slopes[h], lw)
            gradient = np.dot(moved, lw)
            se[b, c] = np.sqrt(variance)
            df[b, c] = 2 * variance**2 / np.dot(gradient, np.dot(weights, gradient))
            if reml:
                loss = (moved * np.dot(weights, moved)).sum()
                means = np.dot(white, lw).reshape(visits, q)
                gain = 0.0
                for g in range(g_used):
                    spread = np.dot(means, np.dot(zz_b[g], means.T))
                    outer = np.dot(k[g], np.dot(spread, k[g]))
                    for h in range(count):
                        for m in range(count):
                            i, j, u, v = rows[h], cols[h], rows[m], cols[m]
                            # tr(dΣ_h K dΣ_m outer)
                            value = k[g, j, u] * outer[v, i] + (k[g, i, u] * outer[v, j] if i != j else 0.0)
                            if u != v:
                                value += k[g, j, v] * outer[u, i] + (k[g, i, v] * outer[u, j] if i != j else 0.0)
                            gain += weights[h, m] * value
                kr[b, c] = np.sqrt(variance + 2 * (gain - loss))


def fit_block_compiled(
    stats: Stats, columns: Array | None, start: Array, contrasts: Array, *, reml: bool
) -> BatchAnswer:
    """Fit the data sets of one block from ``start`` (data sets × k)."""
    sets, _, visits = stats.mask.shape
    mapping = np.zeros((0, 0)) if columns is None else columns
    p = visits * stats.zz.shape[-1] if columns is None else columns.shape[1]
    rows, cols = np.tril_indices(visits)
    answer = BatchAnswer.blank(sets, len(contrasts), p, visits)
    answer.status[:] = 0
    parts = (np.ascontiguousarray(a) for a in (stats.n, stats.mask, stats.zz, stats.zy, stats.yy))
    _fit_many(
        *parts, np.ascontiguousarray(mapping), start, np.ascontiguousarray(contrasts), rows, cols, reml,
        answer.estimate, answer.se, answer.se_kenward_roger, answer.df, answer.beta, answer.log_likelihood,
        answer.sigma, answer.status, answer.steps,
    )  # fmt: skip
    seen = np.einsum("bg,bgt->b", stats.n, stats.mask)
    answer.log_likelihood[:] = -0.5 * (answer.log_likelihood + (seen - p if reml else seen) * np.log(2 * np.pi))
    return answer.hide_failures(reml=reml)
