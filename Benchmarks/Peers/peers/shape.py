"""Shapes: convolutions without layout and epilogue, which every library may run in the layout it likes best."""
import math
import random
import re
from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Axis:
    """Output o and tap t meet the input at o·stride + t·dilation − before."""
    input: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    @property
    def reach(self):
        """Input positions from the first to the last tap."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def output(self):
        return (self.input + self.before + self.after - self.reach) // self.stride + 1

    @property
    def live(self):
        """Pairs of output and tap that touch data."""
        starts = range(-self.before, self.output * self.stride - self.before, self.stride)
        return sum(0 <= start + tap * self.dilation < self.input for start in starts for tap in range(self.kernel))

    @property
    def phase(self):
        """Input positions of the longest phase."""
        return -(-self.input // self.dilation)


@dataclass(frozen=True)
class Shape:
    """Batch, groups, channels and filters of all groups; rows and columns. 1-D is one row with one tap."""
    n: int
    g: int
    c: int
    k: int
    h: Axis
    w: Axis
    one_dimensional: bool = False
    text: str = ""                     # the problem's, without layout and epilogue

    @property
    def output_shape(self):
        return (self.n, self.k, self.h.output, self.w.output)

    @property
    def input_shape(self):
        return (self.n, self.c, self.h.input, self.w.input)

    @property
    def weights_shape(self):
        return (self.k, self.c // self.g, self.h.kernel, self.w.kernel)

    @property
    def nominal_flops(self):
        return 2 * math.prod(self.output_shape) * math.prod(self.weights_shape[1:])

    @property
    def useful_flops(self):
        """Of the taps that touch data."""
        return 2 * self.n * self.k * (self.c // self.g) * self.h.live * self.w.live

    @property
    def depthwise(self):
        return self.g > 1 and self.g == self.c

    def numbers(self):
        """n g c k, then input, kernel, stride, dilation, before, after of both axes."""
        return [self.n, self.g, self.c, self.k, *astuple(self.h), *astuple(self.w)]

    @classmethod
    def from_numbers(cls, numbers, one_dimensional, text):
        return cls(*numbers[:4], Axis(*numbers[4:10]), Axis(*numbers[10:16]), one_dimensional, text)


def parse(text):
    """The shape of a problem text, layout and epilogue dropped. 2-D or 1-D, f32 forward."""
    from atrous import _library
    fields = _library.parse_problem(text)
    if fields.type or fields.direction or fields.depth.kernel:
        raise ValueError(f"\"{text}\": only f32 forward with one or two axes is compared")
    axes = [Axis(*(getattr(axis, name) for name, _ in axis._fields_)) for axis in (fields.height, fields.width)]
    one_dimensional = axes[0].kernel == 0
    if one_dimensional:
        axes[0] = Axis(1, 1)
    words = _library.print_problem(fields).split()
    layout = next(index for index, word in enumerate(words) if re.fullmatch(r"n(chw|hwc).*", word))
    return Shape(
        fields.batch, fields.groups, fields.channels, fields.filters, *axes, one_dimensional, " ".join(words[:layout]))


CLASSES = (
    "3×3, C and K ≥ 64, phases of 4 pixels and more",
    "rates near the map's size: phases of 1–3 pixels",
    "few or odd channels",
    "one axis, 3 taps and more",
    "one axis, 2 taps",
    "depthwise 2-D",
    "depthwise 1-D",
    "pointwise and dense controls",
    "longer filters in 2-D",
)


def classify(shape):
    """One of CLASSES. Odd channels: not a multiple of 8. Undilated shapes are controls, whatever else they are."""
    long = [axis for axis in (shape.h, shape.w) if axis.kernel > 1]
    if all(axis.dilation == 1 for axis in long):
        return CLASSES[7]
    if shape.depthwise:
        return CLASSES[5] if len(long) == 2 else CLASSES[6]
    if len(long) == 1:
        return CLASSES[3] if long[0].kernel > 2 else CLASSES[4]
    if min(shape.c, shape.k) // shape.g < 64 or shape.c % 8 or shape.k % 8:
        return CLASSES[2]
    if min(axis.phase for axis in long) <= 3:
        return CLASSES[1]
    return CLASSES[0] if max(axis.kernel for axis in long) == 3 else CLASSES[8]


def random_texts(count, seed):
    """Problem texts in the classes of the suites. Shares: 30 % 3×3 with many channels, 15 % rates near the map's size,
    20 % few or odd channels, 15 % one axis with 3 taps (half of them 1-D and causal), 5 % two causal taps, 10 %
    depthwise (half of them 1-D), 5 % undilated. Channels, extents and rates are drawn evenly from lists; over 20 nominal
    GFLOP, whole ones a tap, it draws again."""
    dice = random.Random(seed)
    texts = []
    while len(texts) < count:
        text = _draw(dice)
        if _gflop(text) <= 20 and text not in texts:
            texts.append(text)
    return texts


def _draw(dice):
    many, few = (64, 96, 128, 192, 256, 320, 384, 512), (3, 8, 12, 16, 19, 21, 24, 25, 32, 40, 48, 60)
    extents, lengths = (19, 24, 28, 33, 38, 50, 57, 65, 80, 96, 129), (500, 1024, 2000, 4096, 8192, 16000)
    pick = dice.choice
    kind = dice.random()
    if kind < 0.30:
        h, w = pick(extents[2:]), pick(extents[2:])
        d = pick([d for d in (2, 3, 4, 5, 6, 8, 12, 16) if -(-min(h, w) // d) >= 4])
        return f"c{pick(many)} h{h} w{w} k{pick(many)} r3 s3 d{d} p{d} nhwc"
    if kind < 0.45:
        h = pick(extents[:8])
        d = -(-h // pick((1, 2, 3)))
        return f"c{pick((256, 512, 1024, 2048))} h{h} w{h} k{pick((128, 256))} r3 s3 d{d} p{d} nhwc"
    if kind < 0.65:
        odd = (67, 84, 91, 150)
        c, k = pick(((pick(few), pick(few)), (pick(few), pick(many[:3])), (pick(odd), pick(odd))))
        d = pick((2, 3, 4, 6, 8, 16))
        return f"c{c} h{pick(extents)} w{pick(extents)} k{k} r3 s3 d{d} p{d} nhwc"
    if kind < 0.80:
        d, c, k = pick((2, 4, 8, 16)), pick(many[:5]), pick(many[:5])
        if dice.random() < 0.5:
            return f"c{c} w{pick(lengths)} k{k} s3 d{d} pcausal nhwc"
        taps = pick((f"r3 s1 dh{d} ph{d}", f"r1 s3 dw{d} pw{d}"))
        return f"c{c} h{pick(extents)} w{pick(extents)} k{k} {taps} nhwc"
    if kind < 0.85:
        d = pick((2, 8, 32, 128, 256))
        return f"c{pick((32, 64, 128))} w{pick(lengths)} k{pick((64, 128))} s2 d{d} pcausal nhwc"
    if kind < 0.95:
        c, d = pick((128, 256, 384, 512, 728, 960)), pick((2, 4, 6, 8, 12))
        if dice.random() < 0.5:
            return f"g{c} c{c} w{pick(lengths[:5])} k{c} s3 d{d * d} psame nhwc"
        return f"g{c} c{c} h{pick(extents)} w{pick(extents)} k{c} r3 s3 d{d} psame nhwc"
    extent, c = pick(extents[:8]), pick(many)
    return f"c{c} h{extent} w{extent} k{pick(many)} {pick(('r3 s3 p1', 'r1 s1'))} nhwc"


def _gflop(text):
    words = dict(re.findall(r"\b([a-z]+)(\d+)", text))
    outputs = int(words.get("h", 1)) * int(words["w"]) * int(words["k"])
    return 2e-9 * outputs * int(words["c"]) // int(words.get("g", 1)) * int(words.get("r", 1)) * int(words["s"])
