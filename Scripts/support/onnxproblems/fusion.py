"""What may run within a convolution: zeros padded before it; a normalisation, a residual and an activation after it."""
from dataclasses import dataclass, replace

import numpy

from .graph import attributes
from .problem import decimal


@dataclass(frozen=True)
class Tail:
    """The nodes after a convolution that its epilogue does, and what the last of them gives."""
    output: str
    norm: object = None  # The node of a batch normalisation, which goes into weights and bias.
    residual: str = ""
    activation: str = ""


def tail(graph, node):
    """The longest chain of normalisation, residual add and activation, in this order, whose inside nobody sees."""
    found = Tail(node.output[0])
    reader = graph.only_reader(found.output)
    if reader is not None and _is_foldable_norm(graph, reader, found.output):
        found = replace(found, norm=reader, output=reader.output[0])
        reader = graph.only_reader(found.output)
    residual = reader is not None and _residual(graph, reader, found.output)
    if residual:
        found = replace(found, residual=residual, output=reader.output[0])
        reader = graph.only_reader(found.output)
    activation = reader is not None and _activation(graph, reader, found.output)
    return replace(found, activation=activation, output=reader.output[0]) if activation else found


def padding(graph, node):
    """The node that pads the convolution's input with zeros, and its (before, after) of every spatial axis; or None."""
    pad = graph.producers.get(node.input[0])
    if pad is None or pad.op_type != "Pad" or graph.only_reader(node.input[0]) is not node:
        return None
    settings, shape = attributes(pad), graph.shape(pad.input[0])
    if settings.get("mode", b"constant") != b"constant" or shape is None:
        return None
    operands = [graph.value(name) if name else None for name in pad.input[1:]] + [None] * 3
    pads, value, axes = operands[:3]
    if graph.opset < 11:
        pads, value, axes = settings.get("pads", settings.get("paddings")), settings.get("value", 0), None
    is_hidden = len(pad.input) > 2 and pad.input[2] and value is None
    has_axes = len(pad.input) > 3 and pad.input[3]
    if pads is None or is_hidden or (has_axes and axes is None) or (value is not None and numpy.any(value)):
        return None
    sides = _sides([int(pad) for pad in pads], axes, len(shape))
    return (pad, sides[2:]) if min(map(min, sides)) >= 0 and sides[:2] == [(0, 0), (0, 0)] else None


def _sides(pads, axes, rank):
    axes = range(rank) if axes is None else [int(axis) % rank for axis in axes]
    half = len(pads) // 2
    given = {axis: (pads[place], pads[half + place]) for place, axis in enumerate(axes)}
    return [given.get(axis, (0, 0)) for axis in range(rank)]


def _is_foldable_norm(graph, node, name):
    return (node.op_type == "BatchNormalization" and node.input[0] == name
            and not attributes(node).get("training_mode", 0) and len([output for output in node.output if output]) == 1
            and all(graph.is_constant(operand) for operand in node.input[1:]))


def _residual(graph, node, name):
    """The tensor an Add brings to a convolution's output; "" unless it has its shape and is no other convolution's."""
    if node.op_type != "Add":
        return ""
    other = [operand for operand in node.input if operand != name]
    if len(other) != 1 or graph.is_constant(other[0]) or not graph.have_one_shape(other[0], name):
        return ""
    return "" if graph.only_reader(other[0]) is node and _ends_convolution(graph, other[0]) else other[0]


def _ends_convolution(graph, name):
    """Whether a convolution gives it, itself or through a normalisation: then either could take the add."""
    producer = graph.producers.get(name)
    if producer is not None and producer.op_type == "BatchNormalization":
        producer = graph.producers.get(producer.input[0])
    return producer is not None and producer.op_type == "Conv"


def _activation(graph, node, name):
    """The token of an activation; "" for what is none of Atrous'."""
    if node.input[0] != name or node.domain not in ("", "ai.onnx"):
        return ""
    if node.op_type == "Relu":
        return "relu"
    if node.op_type == "LeakyRelu":
        return f"leaky:{decimal(attributes(node).get('alpha', 0.01))}"
    return _clip(graph, node) if node.op_type == "Clip" else ""


def _clip(graph, node):
    settings = attributes(node)
    bounds = [settings.get("min"), settings.get("max")]
    for place, operand in enumerate(node.input[1:3]):
        if operand:
            value = graph.value(operand)
            if value is None:
                return ""
            bounds[place] = float(value.reshape(()))
    low, high = (-numpy.inf if bounds[0] is None else bounds[0], numpy.inf if bounds[1] is None else bounds[1])
    limit = float(numpy.finfo(numpy.float32).max)  # What exporters write for no bound.
    if low == 0 and high >= limit:
        return "relu"
    if (low, high) == (0, 6):
        return "relu6"
    return f"clamp:{decimal(low)}:{decimal(high)}" if -limit < low <= high < limit else ""
