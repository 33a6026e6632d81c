"""Models in the shape of well-known networks, with few channels and random weights."""
import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


class Builder:
    """A graph that grows by one node at a time; every method returns the name of what it made."""

    def __init__(self, opset=17, seed=1):
        self.opset = opset
        self.random = numpy.random.default_rng(seed)
        self.nodes, self.inputs, self.tensors = [], [], []

    def input(self, name, shape, kind=FLOAT):
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def constant(self, values, name=None):
        name = name or f"constant{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(numpy.asarray(values), name))
        return name

    def weights(self, *shape):
        fan = numpy.sqrt(numpy.prod(shape[1:], dtype=int) or 1)
        return self.constant((self.random.standard_normal(shape) / fan).astype(numpy.float32))

    def node(self, kind, *inputs, domain="", **settings):
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [f"{name}_out"], name=name, domain=domain, **settings))
        return f"{name}_out"

    def conv(self, x, channels, filters, kernel, groups=1, bias=True, **settings):
        """`kernel`: taps an axis. Settings as ONNX names them."""
        operands = [self.weights(filters, channels // groups, *kernel)]
        if bias:
            operands.append(self.weights(filters))
        if groups != 1:
            settings["group"] = groups
        return self.node("Conv", x, *operands, **settings)

    def norm(self, x, channels):
        spread = (self.random.random(channels) + 0.5).astype(numpy.float32)
        return self.node("BatchNormalization", x, self.weights(channels), self.weights(channels),
                         self.weights(channels), self.constant(spread))

    def model(self, *outputs):
        values = [helper.make_empty_tensor_value_info(output) for output in outputs]
        for value in values:
            value.type.tensor_type.elem_type = FLOAT
        graph = helper.make_graph(self.nodes, "network", self.inputs, values, self.tensors)
        domains = {"": self.opset, **{node.domain: 1 for node in self.nodes if node.domain}}
        imports = [helper.make_opsetid(domain, version) for domain, version in domains.items()]
        return helper.make_model(graph, opset_imports=imports, ir_version=8)


def same(rate, axes=2):
    return {"dilations": [rate] * axes, "pads": [rate] * 2 * axes}


def deeplab_head(channels=32, filters=16, classes=21):
    """DeepLabv3's: a 1×1 branch, three 3×3 ones at rates 6, 12, 18, image pooling; a projection and a classifier."""
    b = Builder()
    x = b.input("features", ["batch", channels, "height", "width"])

    def block(source, depth, kernel, **settings):
        return b.node("Relu", b.norm(b.conv(source, depth, filters, kernel, bias=False, **settings), filters))

    branches = [block(x, channels, (1, 1))] + [block(x, channels, (3, 3), **same(rate)) for rate in (6, 12, 18)]
    pooled = block(b.node("GlobalAveragePool", x), channels, (1, 1))
    # The size of the map, as exporters spell it where it is free.
    extent = b.node("Slice", b.node("Shape", x), *map(b.constant, (numpy.array([2]), numpy.array([4]))))
    whole = b.node("Concat", b.node("Slice", b.node("Shape", pooled), b.constant(numpy.array([0])),
                                    b.constant(numpy.array([2]))), extent, axis=0)
    branches.append(b.node("Resize", pooled, "", "", whole, mode="nearest"))
    y = block(b.node("Concat", *branches, axis=1), 5 * filters, (1, 1))
    y = block(y, filters, (3, 3), **same(1))
    return b.model(b.conv(y, filters, classes, (1, 1)))


def context_module(channels=21, size=64):
    """Yu and Koltun's: seven 3×3 layers at rates 1, 1, 2, 4, 8, 16, 1 with ReLU, and a last 1×1."""
    b = Builder(seed=2)
    x = b.input("scores", [1, channels, size, size])
    for rate in (1, 1, 2, 4, 8, 16, 1):
        x = b.node("Relu", b.conv(x, channels, channels, (3, 3), **same(rate)))
    return b.model(b.conv(x, channels, channels, (1, 1)))


def wavenet(channels=16, skips=24, stacks=2, rates=(1, 2, 4, 8, 16), width=256):
    """WaveNet's: causal two-tap convolutions, a filter and a gate a layer; the second stack pads by other nodes."""
    b = Builder(seed=3)
    x = b.conv(b.input("samples", ["batch", 1, width]), 1, channels, (2,), pads=[1, 0])
    total = None
    for stack in range(stacks):
        for rate in rates:
            gates = []
            for kind in ("Tanh", "Sigmoid"):
                padded, pads = x, [rate, 0]
                if stack > 0:
                    padded, pads = b.node("Pad", x, b.constant(numpy.array([0, 0, rate, 0, 0, 0]))), [0, 0]
                gates.append(b.node(kind, b.conv(padded, channels, channels, (2,), dilations=[rate], pads=pads)))
            gated = b.node("Mul", *gates)
            skip = b.conv(gated, channels, skips, (1,))
            total = skip if total is None else b.node("Add", total, skip)
            x = b.node("Add", b.conv(gated, channels, channels, (1,)), x)
    y = b.node("Relu", b.conv(b.node("Relu", total), skips, skips, (1,)))
    return b.model(b.conv(y, skips, 32, (1,)))


def assorted():
    """Every kind of padding, step, group and epilogue that a convolution may have."""
    b = Builder(seed=4)
    x = b.input("x", [2, 12, 23, 18])
    six = [b.constant(numpy.float32(value)) for value in (0, 6, -0.5, 1.25)]
    ends = [
        b.conv(x, 12, 8, (3, 2), auto_pad="SAME_UPPER", strides=[2, 2]),
        b.conv(x, 12, 8, (2, 4), auto_pad="SAME_LOWER", strides=[2, 1]),
        b.conv(x, 12, 8, (3, 4), pads=[2, 5, 2, 4], dilations=[2, 3], bias=False),
        b.conv(x, 12, 8, (3, 3), auto_pad="VALID", dilations=[4, 1]),
        b.node("Clip", b.conv(x, 12, 12, (3, 3), groups=12, **same(3)), *six[:2]),
        b.node("Clip", b.conv(x, 12, 6, (3, 1), groups=3, bias=False, dilations=[2, 1], pads=[4, 0, 0, 0]), *six[2:]),
        b.node("LeakyRelu", b.conv(x, 12, 5, (1, 5), pads=[0, 1, 0, 3], strides=[3, 2]), alpha=0.1),
        b.node("Clip", b.conv(x, 12, 7, (1, 1), strides=[2, 2]), six[0]),
    ]
    twin = b.conv(x, 12, 12, (3, 3), **same(1))
    ends.append(b.node("Relu", twin))  # Read by the add too, so nothing runs within `twin`.
    ends.append(b.node("Relu", b.node("Add", x, b.norm(b.conv(twin, 12, 12, (3, 3), **same(2)), 12))))
    # Either of the two could take this add: neither does.
    ends.append(b.node("Add", b.conv(x, 12, 9, (1, 1)), b.conv(twin, 12, 9, (1, 1))))
    padded = b.node("Pad", x, b.constant(numpy.array([0, 0, 2, 1, 0, 0, 3, 0])))
    ends.append(b.conv(padded, 12, 4, (3, 3), pads=[0, 1, 0, 0]))
    row = b.node("ReduceMean", x, axes=[2])
    ends.append(b.conv(row, 12, 10, (3, 5), dilations=[1, 2], pads=[1, 4, 1, 4]))
    ends.append(b.conv(row, 12, 10, (1, 5), dilations=[3, 2], strides=[2, 1]))
    return b.model(*ends)


def exported():
    """Sizes and pads computed from the input's shape, as exporters write them where sizes are free."""
    b = Builder(seed=6)
    x = b.input("x", ["batch", 4, "rows", "columns"])

    def numbers(*values):
        return b.constant(numpy.array(values))

    # Pads an axis, innermost first, turned round: (1, 3) left and right, (6, 0) top and bottom.
    zeros = b.node("ConstantOfShape", numbers(4), value=numpy_helper.from_array(numpy.array([0])))
    pairs = b.node("Reshape", b.node("Concat", numbers(1, 3, 6, 0), zeros, axis=0), numbers(-1, 2))
    turned = b.node("Slice", pairs, numbers(-1), numbers(-2**62), numbers(0), numbers(-1))
    pads = b.node("Reshape", b.node("Transpose", turned, perm=[1, 0]), numbers(-1))
    pads = b.node("Cast", pads, to=TensorProto.INT64)
    y = b.conv(b.node("Pad", x, pads), 4, 6, (3, 3), dilations=[3, 2])
    # The upper half, its number of rows taken from the shape.
    rows = b.node("Gather", b.node("Shape", y), b.constant(numpy.array(2)), axis=0)
    half = b.node("Unsqueeze", b.node("Div", rows, b.constant(numpy.array(2))), numbers(0))
    return b.model(b.conv(b.node("Slice", y, numbers(0), half, numbers(2)), 6, 5, (1, 1)))


def refused():
    """Convolutions that are none of Atrous', and one that is; the names say why."""
    b = Builder(seed=5)
    x, volume = b.input("x", [1, 4, 9, 9]), b.input("volume", [1, 4, 5, 5, 5])
    free, half = b.input("free", [1, 4, "rows", None]), b.input("half", [1, 4, 9, 9], TensorProto.FLOAT16)
    taps = b.input("taps", [4, 4, 3, 3])
    byte, scale, zero = b.input("byte", [1, 4, 9, 9], TensorProto.UINT8), b.constant(numpy.float32(1)), numpy.uint8(0)
    weights8 = b.constant(numpy.ones((4, 4, 3, 3), numpy.uint8))
    zero = b.constant(zero)
    ends = [
        b.conv(x, 4, 4, (3, 3)),
        b.conv(volume, 4, 4, (3, 3, 3)),
        b.node("ConvTranspose", x, b.weights(4, 4, 3, 3)),
        b.node("QLinearConv", byte, scale, zero, weights8, scale, zero, scale, zero),
        b.node("ConvInteger", byte, weights8),
        b.conv(free, 4, 4, (3, 3)),
        b.node("Conv", half, b.constant(numpy.ones((4, 4, 3, 3), numpy.float16))),
        b.node("Conv", x, taps),
        b.node("FusedConv", x, b.weights(4, 4, 3, 3), domain="com.microsoft", activation="Relu"),
        b.conv(b.node("Mystery", x, domain="of.nobody"), 4, 4, (3, 3)),
    ]
    branches = []
    for name in ("then", "else"):
        inner = helper.make_node("Conv", [x, b.weights(4, 4, 3, 3)], [f"{name}_out"], name=f"conv_{name}")
        branches.append(helper.make_graph([inner], name, [], [helper.make_empty_tensor_value_info(f"{name}_out")]))
        branches[-1].output[0].type.tensor_type.elem_type = FLOAT
    flag = b.input("flag", [], TensorProto.BOOL)
    ends.append(b.node("If", flag, then_branch=branches[0], else_branch=branches[1]))
    return b.model(*ends)


def save_outside(model, path):
    """The model at `path`, its weights in a file beside it."""
    onnx.save_model(model, path, save_as_external_data=True, location=f"{path.name}.data", size_threshold=0)
