"""Medians, and the interval of a ratio of medians."""
import math

import numpy

RESAMPLES = 2000


def median(samples):
    return float(numpy.median(samples))


def ratio(theirs, ours, seed=1):
    """median(theirs) / median(ours) and its 95 % bootstrap interval. Samples are keyed by round; rounds that both have
    are drawn together, as what slows a round slows both."""
    shared = sorted(set(theirs) & set(ours))
    if not shared:
        raise ValueError("no round in common")
    a, b = (numpy.array([samples[round] for round in shared]) for samples in (theirs, ours))
    drawn = numpy.random.default_rng(seed).integers(0, len(shared), (RESAMPLES, len(shared)))
    ratios = numpy.median(a[drawn], axis=1) / numpy.median(b[drawn], axis=1)
    low, high = numpy.percentile(ratios, (2.5, 97.5))
    return median(a) / median(b), float(low), float(high)


def geometric_mean(values):
    return math.exp(sum(map(math.log, values)) / len(values))
