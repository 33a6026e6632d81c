"""MNN: a one-layer model, converted from ONNX (NCHW in and out) or built of its expressions (NC4HW4 in and out)."""
import os
import tempfile

import MNN
import numpy
from MNN import expr

SETTINGS = "numThread=N, CPU, precision high (f32); session API; best of a model converted from ONNX (NCHW) " \
           "and one of expressions (NC4HW4 in and out)"


def version():
    return MNN.version()


def forms(name, shape):
    return ["nchw", "nc4hw4"]


def convert(shape, w, path, folder):
    import _tools
    from .onnx_model import model
    source = os.path.join(folder, "model.onnx")
    with open(source, "wb") as file:
        file.write(model(shape, w, 2))
    _tools.mnnconvert(["mnnconvert", "-f", "ONNX", "--modelFile", source, "--MNNModel", path, "--bizCode", "peers"])


def express(shape, w, path):
    h, v = shape.h, shape.w
    variable = getattr(expr, "place" "holder")
    source = variable(list(shape.input_shape), expr.NC4HW4, expr.float)
    source.name = "x"
    bias = expr.const(numpy.zeros(shape.k, numpy.float32), [shape.k], expr.NCHW, expr.float)
    weights = expr.const(w, list(w.shape), expr.NCHW, expr.float)
    if (h.before, v.before) != (h.after, v.after):
        raise ValueError("expressions pad evenly only")
    y = expr.conv2d(
        source, weights, bias, [v.stride, h.stride], [v.before, h.before], [v.dilation, h.dilation], shape.g,
        expr.Padding_Mode.CAFFE)
    y.name = "y"
    expr.save([y], path)


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.shape = shape
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.mnn")
            if form == "nchw":
                convert(shape, w, path, folder)
            else:
                express(shape, w, path)
            self.interpreter = MNN.Interpreter(path)
        self.session = self.interpreter.createSession({
            "backend": "CPU", "numThread": threads, "precision": "high"})
        self.source = self.interpreter.getSessionInput(self.session, "x")
        self.x = MNN.Tensor(
            list(shape.input_shape), MNN.Halide_Type_Float, numpy.ascontiguousarray(x), MNN.Tensor_DimensionType_Caffe)
        self.source.copyFrom(self.x)

    def run(self, calls):
        run, session = self.interpreter.runSession, self.session
        for _ in range(calls):
            run(session)

    def read(self):
        # A session may lay other data over its input: what is read is of a call on a fresh one.
        self.source.copyFrom(self.x)
        self.run(1)
        extents = list(self.shape.output_shape)
        y = MNN.Tensor(
            extents, MNN.Halide_Type_Float, numpy.zeros(extents, numpy.float32), MNN.Tensor_DimensionType_Caffe)
        self.interpreter.getSessionOutput(self.session, "y").copyToHostTensor(y)
        return numpy.array(y.getNumpyData()).reshape(extents)
