"""The reference against plain loops over the definition."""
import itertools
import unittest

import numpy

from peers import reference
from peers.shape import Axis, Shape


def by_definition(shape, x, w):
    """N×K×P×Q, a term at a time."""
    y = numpy.zeros(shape.output_shape)
    k_per, c_per = shape.k // shape.g, shape.c // shape.g
    for n, k, p, q in itertools.product(*map(range, y.shape)):
        for c, r, s in itertools.product(*map(range, w.shape[1:])):
            row = p * shape.h.stride + r * shape.h.dilation - shape.h.before
            column = q * shape.w.stride + s * shape.w.dilation - shape.w.before
            if 0 <= row < shape.h.input and 0 <= column < shape.w.input:
                y[n, k, p, q] += float(x[n, k // k_per * c_per + c, row, column]) * float(w[k, c, r, s])
    return y


SHAPES = (
    Shape(1, 1, 3, 4, Axis(7, 3, 1, 2, 2, 2), Axis(9, 3, 1, 2, 2, 2)),
    Shape(2, 2, 4, 6, Axis(6, 3, 2, 2, 1, 0), Axis(5, 2, 1, 3, 0, 2)),
    Shape(1, 5, 5, 5, Axis(1, 1), Axis(12, 3, 1, 4, 8, 0), True),
    Shape(1, 1, 2, 3, Axis(4, 3, 1, 6, 6, 6), Axis(4, 3, 1, 6, 6, 6)),
)


class ReferenceTests(unittest.TestCase):
    def test_equals_the_definition(self):
        for shape in SHAPES:
            x, w = reference.data(shape, 1)
            where = reference.positions(shape, 1)
            expected = reference.at(by_definition(shape, x, w), where)
            self.assertLess(reference.error(reference.convolve(shape, x, w, where), expected), 1e-13, shape)

    def test_useful_flops_count_the_live_taps(self):
        for shape in SHAPES:
            ones = numpy.ones(shape.input_shape), numpy.ones(shape.weights_shape)
            self.assertEqual(2 * by_definition(shape, *ones).sum(), shape.useful_flops, shape)

    def test_samples_hold_the_corners(self):
        shape = Shape(2, 1, 512, 512, Axis(33, 3, 1, 2, 2, 2), Axis(40, 3, 1, 2, 2, 2))
        where = {tuple(row) for row in reference.positions(shape, 1)}
        self.assertLess(len(where), 2 * 33 * 40)
        self.assertTrue({(0, 0, 0), (0, 32, 39), (1, 0, 39), (1, 32, 0)} <= where)
        self.assertTrue(all(n < 2 and p < 33 and q < 40 for n, p, q in where))

    def test_what_is_no_number_is_wrong(self):
        self.assertEqual(reference.error(numpy.array([1, numpy.nan]), numpy.array([1.0, 2])), float("inf"))
        self.assertAlmostEqual(reference.error(numpy.array([1, 2.5]), numpy.array([1.0, -4])), 6.5 / 4)
