"""A model's convolutions run two ways: by ONNX Runtime in the whole model, by Atrous one at a time."""
import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

import atrous
from onnxproblems.graph import attributes


class Values:
    """Every tensor of a model for one random input."""

    def __init__(self, model, seed=7):
        """`model`: without free dimensions."""
        random = numpy.random.default_rng(seed)
        self.held = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        for value in model.graph.input:
            shape = [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
            self.held[value.name] = random.standard_normal(shape, numpy.float32)
        exposed = onnx.ModelProto()
        exposed.CopyFrom(model)
        del exposed.graph.output[:]
        names = [name for node in model.graph.node for name in node.output if name]
        exposed.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(
            exposed.SerializeToString(), options, providers=["CPUExecutionProvider"])
        inputs = {value.name: self.held[value.name] for value in model.graph.input}
        self.held.update(zip(names, session.run(names, inputs)))

    def __getitem__(self, name):
        return self.held[name]


def weights_and_bias(convolution, values):
    """As Atrous takes them: a batch normalisation is folded in."""
    node, norm = convolution.node, convolution.tail.norm
    weights = values[node.input[1]].astype(numpy.float64)
    bias = values[node.input[2]].astype(numpy.float64) if len(node.input) > 2 and node.input[2] else None
    if norm is not None:
        gamma, beta, mean, spread = (values[name].astype(numpy.float64) for name in norm.input[1:5])
        scale = gamma / numpy.sqrt(spread + attributes(norm).get("epsilon", 1e-5))
        weights *= scale.reshape(-1, *[1] * (weights.ndim - 1))
        bias = beta + ((0 if bias is None else bias) - mean) * scale
    return weights.astype(numpy.float32), None if bias is None else bias.astype(numpy.float32)


def stored(array, layout, shape):
    """An N, C, … array as a layout holds it."""
    if layout == "nhwc":
        array = numpy.moveaxis(array, 1, -1)
    return numpy.ascontiguousarray(array).reshape(shape)


def error(convolution, values):
    """max|y − expected| / max|expected| of one convolution with all that runs within it."""
    problem = atrous.Problem(str(convolution.problem))
    weights, bias = weights_and_bias(convolution, values)
    layout = convolution.problem.layout
    plan = atrous.Plan(problem, weights.reshape(problem.weights_shape), bias)
    residual = convolution.tail.residual and stored(values[convolution.tail.residual], layout, problem.output_shape)
    x = stored(values[convolution.input], layout, problem.input_shape)
    y = plan(x, residual=residual if convolution.tail.residual else None)
    expected = stored(values[convolution.tail.output], layout, problem.output_shape)
    return float(numpy.abs(y - expected).max() / numpy.abs(expected).max())
