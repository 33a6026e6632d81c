#!/usr/bin/python3
"""An independent reference of the convolution: NumPy, Float64, one plain sum per tap.

  reference.py --seed 1 --problem "c8 h9 w9 k4 r3 s3 d2 p2 nhwc bias relu" --output DIR
  reference.py --seed 1 --problems FILE --output DIR
  reference.py --random 300 --seed 7 > FILE

The first two write one file per problem, DIR/0000.f64, DIR/0001.f64, …: y before any rounding, little-endian Float64,
in the logical order N, K, (Z,) P, Q whatever the layout; and print a line per problem:
file, maximum of |y|, shape N×K×Z×P×Q, text, separated by tabs. The third prints random problems, one a line.
A problem file is a line a problem, `text[<TAB>count[<TAB>name]]`, with # comments.

Data, all arithmetic modulo 2^64:

  mix(z):  z ^= z >> 30;  z *= 0xBF58476D1CE4E5B9;  z ^= z >> 27;  z *= 0x94D049BB133111EB;  z ^= z >> 31
  h     =  mix(mix(seed ^ tensor * 0xD1342543DE82EF95) + index * 0x9E3779B97F4A7C15)
  value =  (h >> 40) * 2^-23 - 1,  exact in Float32, in [-1, 1)

tensor: 1 input, 2 weights, 3 bias, 4 residual. index: row-major over the logical order, whatever the layout: input
N, C, (Z,) H, W; weights K, C/g, (T,) R, S; bias K; residual N, K, (Z,) P, Q. So an absent axis changes nothing.
value(seed 1, tensor 1, index 0) = -0.7407344579696655, value(1, 2, 1) = 0.33015453815460205,
value(7, 4, 1000) = 0.23804283142089844.

Numbers of an epilogue are Float32 (`leaky:0.1` multiplies by the Float32 nearest to 0.1).
"""
import argparse
import random
import re
import sys
from pathlib import Path

import numpy

AXES = "zhw"
KERNELS = "trs"
SIDES = {"f": ("z", 0), "a": ("z", 1), "t": ("h", 0), "b": ("h", 1), "l": ("w", 0), "r": ("w", 1)}
LAYOUT = r"(nchw|nhwc|nchw8c|nchw16c)"
NUMBER = r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)"
INPUT, WEIGHTS, BIAS, RESIDUAL = 1, 2, 3, 4


def mix(z):
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def values(seed, tensor, shape):
    """The tensor's data, Float64 holding Float32 values."""
    key = numpy.array([seed % 2**64 ^ tensor * 0xD1342543DE82EF95 % 2**64], dtype=numpy.uint64)
    index = numpy.arange(numpy.prod(shape, dtype=numpy.int64), dtype=numpy.uint64)
    h = mix(mix(key) + index * numpy.uint64(0x9E3779B97F4A7C15))
    return ((h >> numpy.uint64(40)).astype(numpy.float64) * 2.0**-23 - 1).reshape(shape)


class Problem:
    """A parsed problem text. Axes are always three; an absent one has one position and one tap."""

    def __init__(self, text):
        self.extent = {"n": 1, "g": 1}
        steps = {"st": {}, "d": {}}
        pads = {}
        self.bias = self.add = False
        self.activation = None
        for token in re.split("[ _]", text.strip()):
            if match := re.fullmatch("([nckgzhwtrs])([0-9]+)", token):
                self.extent[match[1]] = int(match[2])
            elif match := re.fullmatch("(st|d)([zhw]?)([0-9]+)", token):
                steps[match[1]].update({axis: int(match[3]) for axis in match[2] or AXES})
            elif match := re.fullmatch("p(same|causal)", token):
                pads.update({(axis, side): match[1] for axis in AXES for side in (0, 1)})
            elif match := re.fullmatch("p([zhw]?)([0-9]+)", token):
                pads.update({(axis, side): int(match[2]) for axis in match[1] or AXES for side in (0, 1)})
            elif match := re.fullmatch("p([fatblr])([0-9]+)", token):
                pads[SIDES[match[1]]] = int(match[2])
            elif token in ("bias", "add"):
                setattr(self, token, True)
            elif match := re.fullmatch(f"relu|relu6|leaky:{NUMBER}|clamp:{NUMBER}:{NUMBER}", token):
                self.activation = token.split(":")
            elif not re.fullmatch(f"f32|fwd|{LAYOUT}(:{LAYOUT})?", token):
                raise ValueError(f"unknown token '{token}' in '{text}'")
        self.axes = [self.axis(axis, kernel, steps, pads) for axis, kernel in zip(AXES, KERNELS)]

    def axis(self, axis, kernel, steps, pads):
        """(input, taps, stride, dilation, before, output) of one axis."""
        if axis not in self.extent:
            return 1, 1, 1, 1, 0, 1
        size, taps = self.extent[axis], self.extent[kernel]
        stride, dilation = steps["st"].get(axis, 1), steps["d"].get(axis, 1)
        reach = dilation * (taps - 1)
        word = {("same", 0): reach // 2, ("same", 1): reach - reach // 2, ("causal", 0): reach, ("causal", 1): 0}
        pad = [pads.get((axis, side), 0) for side in (0, 1)]
        before, after = [word.get((value, side), value) for side, value in enumerate(pad)]
        return size, taps, stride, dilation, before, (size + before + after - reach - 1) // stride + 1

    def activate(self, y):
        name, *numbers = self.activation or [None]
        numbers = [float(numpy.float32(number)) for number in numbers]
        if name == "leaky":
            return numpy.where(y < 0, numbers[0] * y, y)
        bounds = {None: (None, None), "relu": (0, None), "relu6": (0, 6), "clamp": numbers}[name]
        return y if name is None else numpy.clip(y, *bounds)


def tap_slices(axis, tap):
    """Where tap `tap` meets the input: the outputs it contributes to, and the inputs it reads for them."""
    size, _, stride, dilation, before, output = axis
    live = [o for o in range(output) if 0 <= o * stride + tap * dilation - before < size]
    if not live:
        return None
    first = live[0] * stride + tap * dilation - before
    return slice(live[0], live[-1] + 1), slice(first, first + (len(live) - 1) * stride + 1, stride)


def convolve(problem, seed):
    """y[N, K, Z, P, Q] in Float64."""
    n, g, c, k = (problem.extent[key] for key in "ngck")
    sizes, taps, _, _, _, outputs = zip(*problem.axes)
    x = values(seed, INPUT, (n, g, c // g, *sizes))
    w = values(seed, WEIGHTS, (g, k // g, c // g, *taps))
    y = numpy.zeros((n, g, k // g, *outputs))
    for tap in numpy.ndindex(*taps):
        slices = [tap_slices(axis, t) for axis, t in zip(problem.axes, tap)]
        if None in slices:
            continue
        to, source = zip(*slices)
        y[(..., *to)] += numpy.einsum("ngczhw,gkc->ngkzhw", x[(..., *source)], w[(..., *tap)], optimize=True)
    y = y.reshape(n, k, *outputs)
    if problem.bias:
        y += values(seed, BIAS, (k,)).reshape(1, k, 1, 1, 1)
    if problem.add:
        y += values(seed, RESIDUAL, y.shape)
    return problem.activate(y)


def random_axis(pick, axis, kernel):
    """Tokens of one axis, with one-pixel phases, dilations past the map and pads wider than the image among them."""
    size, taps = pick.randint(1, 18), pick.choice([1, 2, 3, 3, 3, 4, 5, 7])
    stride = pick.choice([1, 1, 1, 2, 3])
    dilation = pick.choice([1, 2, 2, 3, 4, size, size + pick.randint(1, 4), max(1, size // 2)])
    reach = dilation * (taps - 1)
    before, after = pick.choice(
        [(reach // 2, reach - reach // 2), (reach, 0), (0, reach), (pick.randint(0, 3), pick.randint(0, 3)),
         (size + pick.randint(1, 3), pick.randint(0, 2 * size)), (0, 0)])
    after += max(0, reach + 1 - size - before - after)
    first, last = {"z": "fa", "h": "tb", "w": "lr"}[axis]
    steps = [f"st{axis}{stride}", f"d{axis}{dilation}", f"p{first}{before}", f"p{last}{after}"]
    return [f"{axis}{size}", f"{kernel}{taps}"], steps


def random_layout(pick):
    layouts = ["nchw", "nhwc", "nchw8c", "nchw16c"]
    return ":".join([pick.choice(layouts)] + [pick.choice(layouts)] * pick.choice([0, 0, 1]))


def random_problem(pick):
    groups = pick.choice([1, 1, 1, 2, 3, 4])
    channels, filters = groups * pick.randint(1, 20), groups * pick.randint(1, 20)
    if pick.random() < 0.1:
        groups = channels = pick.randint(2, 24)
        filters = groups * pick.choice([1, 1, 2])
    axes = [random_axis(pick, "w", "s")]
    if pick.random() < 0.85:
        axes.insert(0, random_axis(pick, "h", "r"))
    extents, rest = ([token for axis in axes for token in axis[part]] for part in (0, 1))
    epilogue = [pick.choice(["", "bias"]), pick.choice(["", "", "add"])]
    epilogue.append(pick.choice(["", "", "relu", "relu6", "leaky:0.1", "clamp:-0.5:1.25"]))
    tokens = [f"n{pick.choice([1, 1, 2, 3])}", f"g{groups}", f"c{channels}", f"k{filters}", *extents, *rest]
    return " ".join(filter(None, [*tokens, random_layout(pick), *epilogue]))


def read_problems(path):
    lines = Path(path).read_text().splitlines()
    texts = [line.split("#")[0].split("\t")[0].strip() for line in lines]
    return [text for text in texts if text]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--problem", action="append", default=[], metavar="TEXT")
    parser.add_argument("--problems", metavar="FILE")
    parser.add_argument("--output", type=Path, metavar="DIR")
    parser.add_argument("--random", type=int, metavar="N")
    options = parser.parse_args()
    if options.random:
        pick = random.Random(options.seed)
        print("\n".join(random_problem(pick) for _ in range(options.random)))
        return
    texts = options.problem + (read_problems(options.problems) if options.problems else [])
    if not texts or not options.output:
        parser.error("needs --random, or --output and at least one problem")
    options.output.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(texts):
        y = convolve(Problem(text), options.seed)
        name = f"{number:04}.f64"
        y.astype("<f8").tofile(options.output / name)
        print(name, repr(float(numpy.abs(y).max())), "×".join(map(str, y.shape)), text, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
