"""The convolutions of a model: the problem of each, or why it has none."""
import re
from dataclasses import dataclass, replace

from . import fusion
from .graph import attributes, nested
from .problem import Axis, Problem


@dataclass(frozen=True)
class Convolution:
    """A convolution of the model with what runs within it, named by the model's tensors."""
    node: object
    problem: Problem = None
    reason: str = ""  # Why it has no problem.
    input: str = ""
    tail: fusion.Tail = None

    @property
    def name(self):
        return self.node.name or self.node.output[0]


class Refusal(Exception):
    """Why a convolution has no problem; one line."""


def convolutions(graph, layout="nhwc", is_fusing=True):
    """Every node that convolves, in the model's order, those inside Loop, Scan and If last."""
    found = [_convolution(graph, node, layout, is_fusing) for node in graph.nodes if _convolves(node)]
    return found + [
        Convolution(node, reason=f"inside {outer.op_type} {outer.name}: how often it runs is not known")
        for node, outer in nested(graph.nodes) if _convolves(node)]


def _convolves(node):
    return re.search("conv(?!ert)", node.op_type.lower()) is not None


def _convolution(graph, node, layout, is_fusing):
    try:
        _check_kind(graph, node)
        pad = fusion.padding(graph, node) if is_fusing and _is_explicit(node) else None
        source = pad[0].input[0] if pad else node.input[0]
        problem = _problem(graph, node, source, pad[1] if pad else None, layout)
    except Refusal as refusal:
        return Convolution(node, reason=str(refusal))
    tail = fusion.tail(graph, node) if is_fusing else fusion.Tail(node.output[0])
    has_bias = len(node.input) > 2 and node.input[2] or tail.norm is not None
    epilogue = ("bias" if has_bias else "", "add" if tail.residual else "", tail.activation)
    return Convolution(node, replace(problem, epilogue=tuple(filter(None, epilogue))), input=source, tail=tail)


def _check_kind(graph, node):
    if node.domain not in ("", "ai.onnx"):
        raise Refusal(f"an operator of {node.domain}, not of ONNX; export without a runtime's own optimisations")
    if node.op_type != "Conv":
        raise Refusal(KINDS.get(node.op_type, f"{node.op_type} is no plain convolution"))
    for operand, role in zip(node.input, ("input", "weights", "bias")):
        if operand and (kind := graph.type(operand)) not in ("float", "?"):
            raise Refusal(f"its {role} is of type {kind}; only float (f32) runs")
    if not all(graph.is_constant(operand) for operand in node.input[1:] if operand):
        raise Refusal("its weights or bias are no constants; a plan packs them once")


KINDS = {
    "ConvTranspose": "a transposed convolution; only forward ones run",
    "QLinearConv": "quantised; only f32 runs",
    "ConvInteger": "quantised; only f32 runs",
    "DeformConv": "deformable: its taps move with the data",
}


def _is_explicit(node):
    return attributes(node).get("auto_pad", b"NOTSET") in (b"NOTSET", b"")


def _problem(graph, node, source, padded, layout):
    inputs, weights = _sizes(graph, source, "input"), _sizes(graph, node.input[1], "weights")
    rank = len(inputs) - 2
    if rank not in (1, 2) or len(weights) != rank + 2:
        raise Refusal(f"{rank} spatial axes; only one or two run")
    settings = attributes(node)
    groups, channels, filters = settings.get("group", 1), inputs[1], weights[0]
    if groups < 1 or channels != groups * weights[1] or filters % groups:
        raise Refusal(f"{channels} channels do not fit weights {'×'.join(map(str, weights))} in {groups} groups")
    axes = _axes(settings, inputs[2:], weights[2:], padded or [(0, 0)] * rank)
    if any(min(axis.before, axis.after) < 0 for axis in axes):
        raise Refusal("a negative pad, which cuts the input")
    if any(axis.output < 1 for axis in axes):
        raise Refusal("its output is empty")
    return Problem(inputs[0], groups, channels, filters, axes, layout)


def _axes(settings, inputs, kernels, padded):
    rank = len(inputs)
    strides, dilations = settings.get("strides", [1] * rank), settings.get("dilations", [1] * rank)
    pads, mode = settings.get("pads", [0] * 2 * rank), settings.get("auto_pad", b"NOTSET").decode()
    axes = []
    for place in range(rank):
        axis = Axis(inputs[place], kernels[place], strides[place], dilations[place])
        if mode in ("SAME_UPPER", "SAME_LOWER"):
            axis = axis.padded_for_same(odd_first=mode == "SAME_LOWER")
        elif mode in ("NOTSET", ""):
            before, after = padded[place]
            axis = replace(axis, before=pads[place] + before, after=pads[rank + place] + after)
        elif mode != "VALID":
            raise Refusal(f"auto_pad {mode} is unknown")
        axes.append(axis)
    return tuple(axes)


def _sizes(graph, name, role):
    shape = graph.shape(name)
    if shape is None:
        raise Refusal(f"the shape of its {role} is not known")
    if not all(isinstance(extent, int) for extent in shape):
        raise Refusal(f"its {role} is {'×'.join(map(str, shape))}, with free dimensions")
    return shape
