"""Problems and their texts, spelt as Atrous prints them."""
from dataclasses import dataclass, replace
from math import prod

import numpy

# An axis's keys in the text: input, taps, and the sides of its pads; inner axes last.
KEYS = (("h", "r", "t", "b"), ("w", "s", "l", "r"))
LAYOUTS = ("nhwc", "nchw", "nchw8c", "nchw16c")


@dataclass(frozen=True)
class Axis:
    input: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    @property
    def span(self):
        return self.dilation * (self.kernel - 1) + 1

    @property
    def output(self):
        return (self.input + self.before + self.after - self.span) // self.stride + 1

    def padded_for_same(self, odd_first):
        """The axis with the pads that give ⌈input / stride⌉ outputs, the odd one before or after."""
        outputs = -(-self.input // self.stride)
        total = max((outputs - 1) * self.stride + self.span - self.input, 0)
        less, more = total // 2, total - total // 2
        return replace(self, before=more if odd_first else less, after=less if odd_first else more)

    @property
    def is_absent(self):
        return (self.input, self.kernel, self.before, self.after) == (1, 1, 0, 0)


@dataclass(frozen=True)
class Problem:
    batch: int
    groups: int
    channels: int
    filters: int
    axes: tuple  # of one or two, the width last
    layout: str
    epilogue: tuple = ()

    @property
    def nominal_flops(self):
        """Two for every tap and output, as Atrous counts them."""
        outputs, taps = (prod(values) for values in zip(*((axis.output, axis.kernel) for axis in self.axes)))
        return 2 * self.batch * self.filters * (self.channels // self.groups) * outputs * taps

    def __str__(self):
        axes = [(axis if axis.kernel > 1 else replace(axis, dilation=1), keys)
                for axis, keys in zip(self.axes, KEYS[-len(self.axes):])]
        axes = [(axis, keys) for axis, keys in axes[:-1] if not axis.is_absent] + [
            (replace(axis, stride=1) if axis.is_absent else axis, keys) for axis, keys in axes[-1:]]
        tokens = [f"{key}{value}" for key, value in (("n", self.batch), ("g", self.groups)) if value != 1]
        tokens += [f"c{self.channels}", *(f"{keys[0]}{axis.input}" for axis, keys in axes)]
        tokens += [f"k{self.filters}", *(f"{keys[1]}{axis.kernel}" for axis, keys in axes)]
        tokens += _agreed("st", [(keys[0], axis.stride) for axis, keys in axes], omitted=1)
        tokens += _agreed("d", [(keys[0], axis.dilation) for axis, keys in axes], omitted=1)
        return " ".join([*tokens, *_pads(axes), self.layout, *self.epilogue])


def _agreed(key, values, omitted):
    """One token where all axes agree, else one an axis; none for what is omitted."""
    if len({value for _, value in values}) == 1:
        values = [("", values[0][1])]
    return [f"{key}{axis}{value}" for axis, value in values if value != omitted]


def _pads(axes):
    if all(axis.before == axis.after for axis, _ in axes):
        return _agreed("p", [(keys[0], axis.before) for axis, keys in axes], omitted=0)
    sides = [pair for axis, keys in axes for pair in ((keys[2], axis.before), (keys[3], axis.after))]
    return [f"p{side}{value}" for side, value in sides if value]


def decimal(value):
    """The shortest decimal without an exponent that is this Float32."""
    return numpy.format_float_positional(numpy.float32(value) + 0, trim="-")
