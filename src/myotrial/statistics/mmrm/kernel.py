# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""The batched fit compiled by Numba: the search of ``newton`` for one data set after another, in loops.

Constants and decisions are those of the NumPy engine; only the order of sums differs. A data set whose information is
not positive definite, or whose search fails, is left to that engine.
"""

import numpy as np

from myotrial.statistics.mmrm.batch_numpy import BatchAnswer, fit_block
from myotrial.statistics.mmrm.batch_stats import start_from
from myotrial.statistics.mmrm.kernel_algebra import T3, M, V, cholesky, fold, invert_lower, jit, lazy, square_of
from myotrial.statistics.mmrm.kernel_collect import collect_compiled, sum_residuals
from myotrial.statistics.mmrm.kernel_model import curve, evaluate, inform, weigh, whiten
from myotrial.statistics.mmrm.kernel_room import make_room
from myotrial.statistics.mmrm.likelihood import pack_stats
from myotrial.statistics.mmrm.newton import DONE, LEAST, MAX_HALVINGS, MAX_STEPS, NEAR
from myotrial.statistics.mmrm.structures import Array


@jit(f"f8({M},{V},{M},{M},{V},{V})")
def _step(information, gradient, scaled, lower, spread, step):  # type: ignore[no-untyped-def]
    """Mirror of ``newton.solve_step``; return the decrement, or -1 where the information is not positive."""
    size = len(gradient)
    for i in range(size):
        spread[i] = np.sqrt(max(abs(information[i, i]), 1e-300))
    for i in range(size):
        for j in range(i + 1):
            scaled[i, j] = information[i, j] / spread[i] / spread[j]
    if not cholesky(scaled, lower, LEAST):
        return -1.0
    decrement = 0.0
    for i in range(size):
        value = gradient[i] / spread[i]
        for m in range(i):
            value -= lower[i, m] * step[m]
        step[i] = value / lower[i, i]
        decrement += step[i] ** 2
    for i in range(size - 1, -1, -1):
        value = step[i]
        for m in range(i + 1, size):
            value -= lower[m, i] * step[m]
        step[i] = value / lower[i, i]
    for i in range(size):
        step[i] /= spread[i]
    return decrement


@jit(f"void({V},{M},{M},{M},{M},{V},{V},{V},{M},{M})")
def _project(contrast, root, white, flat, weights, lw, gradient, means, moved, weighted):  # type: ignore[no-untyped-def]
    """Set root · l, the mean of every visit and feature under Φ l, and the slopes times root · l."""
    p, root2 = len(lw), np.sqrt(2.0)
    for i in range(p):
        lw[i] = 0.0
        for j in range(i + 1):
            lw[i] += root[i, j] * contrast[j]
    for h in range(len(gradient)):
        gradient[h] = 0.0
        c = 0
        for i in range(p):
            value, pull = 0.0, lw[i] / root2
            for j in range(i):
                value += flat[h, c + j] * lw[j]
                moved[h, j] += flat[h, c + j] * pull
            c += i + 1
            moved[h, i] = value / root2 + flat[h, c - 1] * lw[i]
        for i in range(p):
            gradient[h] += moved[h, i] * lw[i]
    np.dot(weights, moved, weighted)
    for m in range(len(means)):
        means[m] = 0.0
        for i in range(p):
            means[m] += white[m, i] * lw[i]


@jit(f"void({T3},{T3},{V},{M},{M},{M})")
def _square_means(k, zz, means, near, far, other):  # type: ignore[no-untyped-def]
    """Set K X Φ l l' Φ X' K summed over the subjects of every pattern, packed; ``near`` and ``far`` are work space."""
    visits, q = k.shape[1], zz.shape[1]
    for g in range(len(k)):
        for s in range(visits):
            for a in range(q):
                near[s, a] = 0.0
                for t in range(visits):
                    near[s, a] += k[g, s, t] * means[t * q + a]
            for a in range(q):
                far[s, a] = 0.0
                for b in range(q):
                    far[s, a] += near[s, b] * zz[g, b, a]
        h = 0
        for s in range(visits):
            for t in range(s + 1):
                value = 0.0
                for a in range(q):
                    value += far[s, a] * near[t, a]
                other[g, h] = value
                h += 1


@lazy
def _answer(contrast, k, zz, w, out, reml):  # type: ignore[no-untyped-def]
    """Set variance, spread of the variance, and Kenward-Roger's correction of one contrast."""
    _project(contrast, w.root, w.white, w.flat, w.weights, w.lw, w.gradient, w.means, w.aside, w.weighted)
    variance, spread, loss, gain = 0.0, 0.0, 0.0, 0.0
    for i in range(len(w.lw)):
        variance += w.lw[i] ** 2
    for h in range(len(w.gradient)):
        for m in range(len(w.gradient)):
            spread += w.gradient[h] * w.weights[h, m] * w.gradient[m]
        for i in range(len(w.lw)):
            loss += w.aside[h, i] * w.weighted[h, i]
    if reml:
        other = w.other[: len(k)]
        _square_means(k, zz, w.means, w.near_means, w.far_means, other)
        np.dot(w.packed[: len(k)].T, other, w.pairs)
        fold(w.pairs, w.table, w.extra)
        for h in range(len(w.gradient)):
            for m in range(h):
                gain += 2 * w.weights[h, m] * w.extra[h, m]
            gain += w.weights[h, h] * w.extra[h, h]
    out[0], out[1], out[2] = variance, spread, variance + 2 * (gain - loss) if reml else np.nan


@jit(f"void({M},{V},{M},{M})")
def _invert_scaled(lower, spread, work, inverse):  # type: ignore[no-untyped-def]
    """Invert the information from the factor that ``_step`` left."""
    invert_lower(lower, work)
    square_of(work, inverse)
    for i in range(len(spread)):
        for j in range(len(spread)):
            inverse[i, j] /= spread[i] * spread[j]


@lazy
def _look(n, zz, columns, w, count, reml, plain, observed):  # type: ignore[no-untyped-def]
    """Set score and information where the data set stands."""
    k, packed, other = w.k[:count], w.packed[:count], w.other[:count]
    whiten(columns, w.root, w.turned, w.white, plain)
    weigh(
        n, zz, k, w.cross[:count], w.white, w.phi, w.blocks, w.spreads[:count], w.slope, packed, other, w.work, w.half,
        reml, observed,
    )  # fmt: skip
    inform(
        k, w.left[:count], w.white, w.slope, packed, other, w.pairs, w.table, w.gradient, w.information, w.extra,
        w.wide[:count], w.moved, w.scores, w.score, observed,
    )  # fmt: skip
    if observed:
        curve(k, zz, w.white, w.rows, w.far_rows, w.near, w.far, w.square, w.flat, w.extra, w.information, reml)


@lazy
def _fit_many(n_of, mask_of, zz_of, moments_of, columns, start, contrasts, reml, plain, w, est, out, betas, minus2,  # type: ignore[no-untyped-def]
              sigmas, done, steps):  # fmt: skip
    """Mirror of ``newton._Search``, one data set after another; ``done`` stays 0 where the other engine is needed."""
    for b in range(len(n_of)):
        if done[b] < 0:
            continue
        count = 0
        for g in range(n_of.shape[1]):
            if n_of[b, g] > 0:
                count = g + 1
        n, mask, zz, moments = n_of[b, :count], mask_of[b, :count], zz_of[b, :count], moments_of[b, :count]
        k, cross, left = w.k[:count], w.cross[:count], w.left[:count]
        w.trial[:] = start[b]
        limit, scale, observed, before = np.inf, 1.0, False, np.inf
        halvings = 0
        while steps[b] < MAX_STEPS and halvings <= MAX_HALVINGS:
            value = evaluate(w.trial, w.sigma, n, mask, zz, moments, columns, k, cross, left, w.root, w.beta, w.full,
                             w.tall, w.gram, w.right, w.means, reml, plain)  # fmt: skip
            if not value <= limit or not value < np.inf:
                if before == np.inf:
                    break
                halvings += 1
                scale /= 2
                for h in range(len(w.trial)):
                    w.trial[h] = w.theta[h] + scale * w.step[h]
                continue
            if before < np.inf:
                steps[b] += 1
            w.theta[:] = w.trial
            for _ in range(2):  # what looks like the optimum is looked at once more with the exact information
                _look(n, zz, columns, w, count, reml, plain, observed)
                decrement = _step(w.information, w.gradient, w.scaled, w.lower, w.spread, w.step)
                there = 0 <= decrement < DONE
                if observed or not there:
                    break
                observed = True
            if there:
                done[b] = 1
                break
            if not decrement >= 0:
                break
            observed = observed or decrement < NEAR
            before, limit, scale, halvings = value, value + 1e-10 * abs(value), 1.0, 0
            for h in range(len(w.trial)):
                w.trial[h] = w.theta[h] + w.step[h]
        if done[b] != 1:
            continue
        minus2[b] = value
        betas[b, :], sigmas[b, :, :] = w.beta, w.sigma
        _invert_scaled(w.lower, w.spread, w.scaled, w.weights)
        for c in range(len(contrasts)):
            est[b, c] = 0.0
            for i in range(len(w.beta)):
                est[b, c] += contrasts[c, i] * w.beta[i]
            _answer(contrasts[c], k, zz, w, out[b, c], reml)


def fit_block_compiled(y: Array, z: Array, columns: Array | None, contrasts: Array, *, reml: bool) -> BatchAnswer:
    """Fit the data sets of one block: responses, and features of one or of every data set."""
    sets, _, visits = y.shape
    features, plain = z.shape[2], columns is None
    mapping = np.zeros((0, 0)) if columns is None else np.ascontiguousarray(columns)
    p = visits * features if columns is None else columns.shape[1]
    parts = collect_compiled(np.ascontiguousarray(y), np.ascontiguousarray(z))
    n, mask, _, moments = parts
    room = make_room(n.shape[1], visits, features, p)
    ok, counts, crosses = (
        np.zeros(sets, dtype=np.bool_),
        np.zeros((sets, visits, visits)),
        np.zeros((sets, visits, visits)),
    )
    squares = np.zeros((sets, visits))
    sum_residuals(*parts, mapping, plain, room, ok, counts, crosses, squares)
    start, usable = start_from(ok, counts, crosses, squares)

    answer = BatchAnswer.blank(sets, len(contrasts), p, visits)
    done, steps = np.where(usable, 0, -1), np.zeros(sets, dtype=np.int64)
    out = np.empty((sets, len(contrasts), 3))
    _fit_many(
        *parts, mapping, np.ascontiguousarray(start), np.ascontiguousarray(contrasts), reml, plain, room,
        answer.estimate, out, answer.beta, answer.log_likelihood, answer.sigma, done, steps,
    )  # fmt: skip
    good = done == 1
    with np.errstate(invalid="ignore", divide="ignore"):  # what is no number gets a status
        answer.se[good], answer.df[good] = np.sqrt(out[good, :, 0]), 2 * out[good, :, 0] ** 2 / out[good, :, 1]
        answer.se_kenward_roger[good] = np.sqrt(out[good, :, 2])
    seen = (n[:, None] @ mask)[:, 0].sum(axis=1)
    answer.log_likelihood[:] = -0.5 * (answer.log_likelihood + (seen - p if reml else seen) * np.log(2 * np.pi))
    answer.status[good], answer.steps[good] = 0, steps[good]
    hard = np.flatnonzero(done == 0)
    if len(hard):
        stats = pack_stats(n[hard], mask[hard], moments[hard])
        answer.fill(hard, fit_block(stats, columns, start[hard], contrasts, reml=reml))
    return answer.hide_failures(reml=reml)
