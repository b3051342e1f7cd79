# ruff: noqa: C901, PLR0912 (loops are the point)
# mypy: disable-error-code="untyped-decorator, no-untyped-call"
"""The likelihood and its derivatives for one data set, compiled by Numba: the mirror of ``likelihood``, in loops.

The statistics of a data set are its patterns' counts, masks, cross products of the features, and ``moments``: the cross
products of features and responses together.
"""

import numpy as np

from myotrial.statistics.mmrm.kernel_algebra import (
    T3,
    TABLE,
    M,
    V,
    cholesky,
    dot,
    fold,
    invert_lower,
    invert_pattern,
    jit,
)


@jit(f"void({M},{M},{M},{M},b1)")
def whiten(columns, root, turned, white, plain):  # type: ignore[no-untyped-def]
    """Set ``turned`` to root', and ``white`` to C root'."""
    for i in range(root.shape[0]):
        for j in range(root.shape[0]):
            turned[i, j] = root[j, i]
    if plain:
        white[:] = turned
    else:
        dot(columns, turned, white)


@jit(f"void({V},{T3},{T3},{T3},{M},{V})")
def _gather(n, zz, moments, k, gram, right):  # type: ignore[no-untyped-def]
    """Sum X'V⁻¹X and X'V⁻¹y over the patterns."""
    visits, q = k.shape[1], zz.shape[1]
    gram[:] = 0.0
    right[:] = 0.0
    for g in range(len(n)):
        for s in range(visits):
            for t in range(visits):
                w = k[g, s, t]
                if w != 0:
                    for a in range(q):
                        right[s * q + a] += w * moments[g, q + t, a]
                    if t <= s:
                        for a in range(q):
                            for b in range(q):
                                gram[s * q + a, t * q + b] += w * zz[g, a, b]
    for i in range(len(right)):
        for j in range(i):
            gram[j, i] = gram[i, j]


@jit(f"f8({V},{T3},{T3},{T3},{T3},{V})")
def _residuals(n, k, moments, cross, left, means):  # type: ignore[no-untyped-def]
    """Set the cross products of residuals, with each other and with the features; return Σ tr(K · cross)."""
    visits, q = k.shape[1], left.shape[2]
    value = 0.0
    for g in range(len(n)):
        for s in range(visits):
            for a in range(q):
                total = moments[g, q + s, a]
                for b in range(q):
                    total -= means[s * q + b] * moments[g, b, a]
                left[g, s, a] = total
            for t in range(s + 1):
                c = moments[g, q + s, q + t]
                for b in range(q):
                    c -= means[s * q + b] * moments[g, q + t, b] + left[g, s, b] * means[t * q + b]
                cross[g, s, t] = cross[g, t, s] = c
                value += k[g, s, t] * c if s == t else 2 * k[g, s, t] * c
    return value


@jit(f"f8({V},{M},{V},{M},{T3},{T3},{M},{T3},{T3},{T3},{M},{V},{M},{M},{M},{V},{V},b1,b1)")
def evaluate(theta, sigma, n, mask, zz, moments, columns, k, cross, left, root, beta, full, tall, gram, right,  # type: ignore[no-untyped-def]
              means, reml, plain):  # fmt: skip
    """Mirror of ``likelihood.evaluate``: everything where theta stands, and -2 log-likelihood."""
    visits, p = sigma.shape[0], len(beta)
    h = 0
    for s in range(visits):
        for t in range(s + 1):
            sigma[s, t] = sigma[t, s] = theta[h]
            h += 1
    if not cholesky(sigma, k[0], 1e-8):
        return np.inf
    value = 0.0
    for g in range(len(n)):
        value += n[g] * invert_pattern(sigma, mask[g], k[g])
    _gather(n, zz, moments, k, full, right)
    if plain:
        gram[:] = full
        beta[:] = right
    else:
        dot(full, columns, tall)
        for i in range(p):
            beta[i] = 0.0
            for j in range(p):
                gram[i, j] = 0.0
        for m in range(len(right)):
            for i in range(p):
                beta[i] += columns[m, i] * right[m]
                if columns[m, i] != 0:
                    for j in range(p):
                        gram[i, j] += columns[m, i] * tall[m, j]
    if not cholesky(gram, root, 1e-8):
        return np.inf
    if reml:
        for i in range(p):
            value += 2 * np.log(root[i, i])
    gram[:] = root
    invert_lower(gram, root)
    for i in range(p):
        means[i] = 0.0
        for j in range(i + 1):
            means[i] += root[i, j] * beta[j]
    for i in range(p):
        beta[i] = 0.0
    for j in range(p):
        for i in range(j + 1):
            beta[i] += root[j, i] * means[j]
    if plain:
        means[:] = beta
    else:
        for m in range(len(means)):
            means[m] = 0.0
            for i in range(p):
                means[m] += columns[m, i] * beta[i]
    return value + _residuals(n, k, moments, cross, left, means)


@jit(f"void({M},{M},{M},{M})")
def _sandwich(k, inner, half, out):  # type: ignore[no-untyped-def]
    """Set the lower triangle of K · inner · K."""
    visits = k.shape[0]
    for s in range(visits):
        for t in range(visits):
            half[s, t] = out[s, t] = 0.0
        if k[s, s] != 0:
            for m in range(visits):
                for t in range(visits):
                    half[s, t] += k[s, m] * inner[m, t]
            for m in range(visits):
                for t in range(s + 1):
                    out[s, t] += half[s, m] * k[m, t]


@jit(f"void({M},{M},{M},i8)")
def _pair_blocks(white, phi, blocks, q):  # type: ignore[no-untyped-def]
    """Set Φ of the means, and lay it out with the pair of features first."""
    np.dot(white, white.T, phi)
    visits = phi.shape[0] // q
    for a in range(q):
        for b in range(q):
            for s in range(visits):
                for t in range(visits):
                    blocks[a * q + b, s * visits + t] = phi[s * q + a, t * q + b]


@jit(f"void({V},{T3},{T3},{T3},{M},{M},{M},{M},{M},{M},{M},{M},{M},b1,b1)")
def weigh(n, zz, k, cross, white, phi, blocks, spreads, slope, packed, other, work, half, reml, observed):  # type: ignore[no-untyped-def]
    """Set D summed over patterns (slope), and K and the inner matrix of every pattern, packed."""
    visits, q, count = k.shape[1], zz.shape[1], len(n)
    if reml:  # Σ X Φ X' per pattern
        _pair_blocks(white, phi, blocks, q)
        np.dot(zz.reshape(count, q * q), blocks, spreads)
    slope[:] = 0.0
    out = work
    for g in range(count):
        kg, rest = k[g], cross[g]
        spread = spreads[g].reshape(visits, visits)
        if observed and reml:
            for s in range(visits):
                for t in range(visits):
                    spread[s, t] += rest[s, t]
            _sandwich(kg, spread, half, out)
        else:
            _sandwich(kg, rest, half, out)
        h = 0
        for s in range(visits):
            for t in range(s + 1):
                slope[s, t] += n[g] * kg[s, t] - out[s, t]
                packed[g, h] = kg[s, t]
                other[g, h] = out[s, t] - 0.5 * n[g] * kg[s, t] if observed else 0.5 * out[s, t]
                h += 1
        if reml and not observed:
            _sandwich(kg, spread, half, out)
            for s in range(visits):
                for t in range(s + 1):
                    slope[s, t] -= out[s, t]


@jit(f"void({T3},{T3},{M},{M},{M},{M},{M},{TABLE},{V},{M},{M},{M},{M},{M},{M},b1)")
def inform(k, left, white, slope, packed, other, pairs, table, gradient, information, extra, wide, moved, scores,  # type: ignore[no-untyped-def]
           score, observed):  # fmt: skip
    """Set score and the lower triangle of the information, but for the curvature of log |X'V⁻¹X|."""
    count, visits, q = left.shape
    np.dot(packed.T, other, pairs)
    fold(pairs, table, information)
    for g in range(count):
        for b in range(visits):
            for a in range(q):
                value = 0.0
                for m in range(visits):
                    value += k[g, b, m] * left[g, m, a]
                wide[g, b * q + a] = value
    np.dot(k.reshape(count, visits * visits).T, wide, moved)  # (i, t), (j, feature)
    h = 0
    for i in range(visits):
        for j in range(i + 1):
            gradient[h] = -0.5 * slope[i, j] * (1.0 if i == j else 2.0)
            for t in range(visits):
                for a in range(q):
                    value = moved[i * visits + t, j * q + a]
                    scores[h, t * q + a] = value if i == j else value + moved[j * visits + t, i * q + a]
            h += 1
    np.dot(scores, white, score)
    np.dot(score, score.T, extra)
    share = 1.0 if observed else 0.5
    for h in range(len(gradient)):
        for m in range(h + 1):
            information[h, m] -= share * extra[h, m]


@jit(f"void({T3},{T3},{M},{M},{M})")
def _spread_rows(k, zz, white, rows, far_rows):  # type: ignore[no-untyped-def]
    """Set K X root' per pattern and feature (rows) by visit and coefficient, and the same times Σ z z'."""
    count, visits, q, p = len(k), k.shape[1], zz.shape[1], white.shape[1]
    for g in range(count):
        for b in range(q):
            row = rows[g * q + b]
            row[:] = 0.0
            for s in range(visits):
                for t in range(visits):
                    w = k[g, s, t]
                    if w != 0:
                        for i in range(p):
                            row[s * p + i] += w * white[t * q + b, i]
        for a in range(q):
            row = far_rows[g * q + a]
            row[:] = 0.0
            for b in range(q):
                w = zz[g, a, b]
                for c in range(visits * p):
                    row[c] += w * rows[g * q + b, c]


@jit(f"i8({T3},{M},{M},{V},{V},i8,i8)")
def _pick_rows(k, rows, far_rows, near, far, s, q):  # type: ignore[no-untyped-def]
    """Copy the rows of the patterns seen at visit s: its own columns, and those from it on; return how many."""
    visits = k.shape[1]
    p = rows.shape[1] // visits
    width, count = (visits - s) * p, 0
    for g in range(len(k)):
        if k[g, s, s] != 0:
            for r in range(g * q, (g + 1) * q):
                near[count * p : (count + 1) * p] = rows[r, s * p : (s + 1) * p]
                far[count * width : (count + 1) * width] = far_rows[r, s * p :]
                count += 1
    return count


@jit(f"void({T3},{T3},{M},{M},{M},{V},{V},{M},{M},{M},{M},b1)")
def curve(k, zz, white, rows, far_rows, near, far, square, flat, extra, information, reml):  # type: ignore[no-untyped-def]
    """Mirror of ``likelihood.whitened_slopes``, and the curvature of log |X'V⁻¹X| in the lower triangle.

    ``flat`` holds the lower triangle of every slope, off the diagonal times √2.
    """
    visits, p = k.shape[1], white.shape[1]
    _spread_rows(k, zz, white, rows, far_rows)
    root2 = np.sqrt(2.0)
    for s in range(visits):
        width = (visits - s) * p
        count = _pick_rows(k, rows, far_rows, near, far, s, zz.shape[1])
        part = square[:width]
        np.dot(far[: count * width].reshape(count, width).T, near[: count * p].reshape(count, p), part)
        for t in range(s, visits):
            h, base, c = t * (t + 1) // 2 + s, (t - s) * p, 0
            for i in range(p):
                for j in range(i + 1):
                    value = part[base + i, j]
                    if s != t:
                        value += part[base + j, i]
                    flat[h, c] = root2 * value
                    c += 1
                flat[h, c - 1] /= root2
    if reml:
        np.dot(flat, flat.T, extra)
        for h in range(len(information)):
            for m in range(h + 1):
                information[h, m] -= 0.5 * extra[h, m]
