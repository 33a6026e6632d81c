"""What a convolution is, in Float64: all outputs of small shapes, all filters at chosen positions of large ones."""
import numpy

WHOLE_FLOPS = 1e9
SAMPLED = 384


def data(shape, seed):
    """Input N×C×H×W and weights K×C/g×R×S, float32, even in [−1, 1)."""
    random = numpy.random.default_rng([seed, *shape.numbers()])
    draw = lambda extents: random.random(extents, numpy.float32) * 2 - 1
    return draw(shape.input_shape), draw(shape.weights_shape)


def positions(shape, seed):
    """Rows (n, p, q) to compare at: all, or corners, edges and a random rest."""
    _, _, p, q = shape.output_shape
    if shape.nominal_flops <= WHOLE_FLOPS:
        return numpy.stack(numpy.unravel_index(numpy.arange(shape.n * p * q), (shape.n, p, q)), axis=1)
    random = numpy.random.default_rng([seed, 1, *shape.numbers()])
    drawn = numpy.stack([random.integers(0, extent, SAMPLED) for extent in (shape.n, p, q)], axis=1)
    quarter = SAMPLED // 4
    drawn[:quarter, 1] = numpy.where(drawn[:quarter, 1] % 2, 0, p - 1)
    drawn[quarter // 2:2 * quarter, 2] = numpy.where(drawn[quarter // 2:2 * quarter, 2] % 2, 0, q - 1)
    corners = [(n, a, b) for n in (0, shape.n - 1) for a in (0, p - 1) for b in (0, q - 1)]
    return numpy.unique(numpy.concatenate([numpy.array(corners), drawn]), axis=0)


def convolve(shape, x, w, where):
    """Float64 outputs, positions × K, at rows (n, p, q): a sum per tap."""
    g, k = shape.g, shape.k // shape.g
    n, p, q = where.T
    y = numpy.zeros((g, len(where), k))
    for r in range(shape.h.kernel):
        rows = p * shape.h.stride + r * shape.h.dilation - shape.h.before
        for s in range(shape.w.kernel):
            columns = q * shape.w.stride + s * shape.w.dilation - shape.w.before
            live = (rows >= 0) & (rows < shape.h.input) & (columns >= 0) & (columns < shape.w.input)
            if not live.any():
                continue
            taken = x[n[live], :, rows[live], columns[live]].astype(numpy.float64).reshape(-1, g, shape.c // g)
            factors = w[:, :, r, s].astype(numpy.float64).reshape(g, k, shape.c // g)
            y[:, live] += taken.transpose(1, 0, 2) @ factors.transpose(0, 2, 1)
    return y.transpose(1, 0, 2).reshape(len(where), shape.k)


def at(y, where):
    """The outputs, positions × K, of an array N×K×P×Q."""
    return y[where[:, 0], :, where[:, 1], where[:, 2]]


def error(outputs, expected):
    """max|y − reference| / max|reference|; infinite where any output is not a number."""
    difference = numpy.abs(outputs - expected).max() / max(numpy.abs(expected).max(), 1e-300)
    return float(difference) if numpy.isfinite(difference) else float("inf")
