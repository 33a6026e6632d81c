"""LiteRT with its XNNPACK delegate: one convolution of NHWC, in a model written here."""
import flatbuffers
import numpy
import ai_edge_litert
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from . import Refusal

SETTINGS = "num_threads=N, XNNPACK delegate as by default, NHWC; padding SAME or VALID where the shape's is that, " \
           "else a PAD before (XNNPACK folds it in)"


def version():
    return ai_edge_litert.__version__


def forms(name, shape):
    return [""]


def padding(shape):
    """SAME, VALID, or None: what the format can say of the shape's padding."""
    if not any((shape.h.before, shape.h.after, shape.w.before, shape.w.after)):
        return schema.Padding.VALID
    for axis in (shape.h, shape.w):
        outputs = -(-axis.input // axis.stride)
        total = max((outputs - 1) * axis.stride + axis.reach - axis.input, 0)
        if (axis.before, axis.after) != (total // 2, total - total // 2):
            return None
    return schema.Padding.SAME


class Model:
    """A TFLite model in the making: tensors with their buffers, operators, one subgraph."""

    def __init__(self):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]

    def tensor(self, extents, data=None, kind=schema.TensorType.FLOAT32):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.name = list(extents), kind, f"t{len(self.graph.tensors)}"
        tensor.buffer = 0
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(numpy.ascontiguousarray(data).tobytes(), numpy.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def operator(self, code, inputs, output, kind=0, options=None):
        entry = schema.OperatorCodeT()
        entry.builtinCode, entry.deprecatedBuiltinCode, entry.version = code, min(code, 127), 2
        self.model.operatorCodes.append(entry)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        self.graph.operators.append(operator)

    def bytes(self, source, output):
        self.graph.inputs, self.graph.outputs = [source], [output]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def model(shape, w):
    n, k, p, q = shape.output_shape
    made = Model()
    source = data = made.tensor((n, shape.h.input, shape.w.input, shape.c))
    pad = padding(shape)
    if pad is None:
        rows, columns = (shape.h.before, shape.h.after), (shape.w.before, shape.w.after)
        pads = numpy.array([(0, 0), rows, columns, (0, 0)], numpy.int32)
        data = made.tensor((
            n, shape.h.input + pads[1].sum(), shape.w.input + pads[2].sum(), shape.c))
        made.operator(
            schema.BuiltinOperator.PAD, [source, made.tensor((4, 2), pads, schema.TensorType.INT32)], data,
            schema.BuiltinOptions.PadOptions, schema.PadOptionsT())
        pad = schema.Padding.VALID
    if shape.depthwise:
        options, kind = schema.DepthwiseConv2DOptionsT(), schema.BuiltinOptions.DepthwiseConv2DOptions
        options.depthMultiplier = k // shape.c
        code, weights = schema.BuiltinOperator.DEPTHWISE_CONV_2D, w[:, 0].transpose(1, 2, 0)[None]
    else:
        options, kind = schema.Conv2DOptionsT(), schema.BuiltinOptions.Conv2DOptions
        code, weights = schema.BuiltinOperator.CONV_2D, w.transpose(0, 2, 3, 1)
    options.padding = pad
    options.strideH, options.strideW = shape.h.stride, shape.w.stride
    options.dilationHFactor, options.dilationWFactor = shape.h.dilation, shape.w.dilation
    bias = made.tensor((k,), numpy.zeros(k, numpy.float32))
    output = made.tensor((n, p, q, k))
    made.operator(code, [data, made.tensor(weights.shape, weights), bias], output, kind, options)
    return made.bytes(source, output)


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        if shape.h.stride != shape.w.stride and shape.depthwise:
            raise Refusal("depthwise with different strides")
        self.interpreter = Interpreter(model_content=model(shape, w), num_threads=threads)
        self.interpreter.allocate_tensors()
        source, self.output = self.interpreter.get_input_details()[0], self.interpreter.get_output_details()[0]
        self.interpreter.tensor(source["index"])()[:] = x.transpose(0, 2, 3, 1)
        self.invoke = self.interpreter._interpreter.Invoke

    def run(self, calls):
        invoke = self.invoke
        for _ in range(calls):
            invoke()

    def read(self):
        return self.interpreter.get_tensor(self.output["index"]).transpose(0, 3, 1, 2)
