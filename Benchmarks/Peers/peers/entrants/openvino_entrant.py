"""OpenVINO, CPU plugin: one (group) convolution with constant weights, tensors shared with NumPy."""
import numpy
import openvino
from openvino import Layout, opset13
from openvino.preprocess import PrePostProcessor

from .. import memory

SETTINGS = "INFERENCE_NUM_THREADS=N, NUM_STREAMS=1, LATENCY, f32, no CPU pinning of its own; tensors set once; " \
           "best of NCHW and NHWC tensors (1-D: NCW too)"


def version():
    return openvino.__version__.split("-")[0]


def forms(name, shape):
    return ["nchw", "nhwc", "ncw"] if shape.one_dimensional else ["nchw", "nhwc"]


def convolution(shape, x, w):
    """The model's node; x with one or two spatial axes."""
    spatial = (shape.h, shape.w)[4 - len(x.shape):]
    kernel = [axis.kernel for axis in spatial]
    source = opset13.parameter(list(x.shape), numpy.float32, name="x")
    arguments = dict(
        strides=[axis.stride for axis in spatial], pads_begin=[axis.before for axis in spatial],
        pads_end=[axis.after for axis in spatial], dilations=[axis.dilation for axis in spatial])
    if shape.g == 1:
        node = opset13.convolution(source, opset13.constant(w.reshape(*w.shape[:2], *kernel)), **arguments)
    else:
        grouped = w.reshape(shape.g, shape.k // shape.g, shape.c // shape.g, *kernel)
        node = opset13.group_convolution(source, opset13.constant(grouped), **arguments)
    return openvino.Model([node], [source], "convolution")


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.shape, self.channels_last = shape, form == "nhwc"
        model = convolution(shape, x[:, :, 0] if form == "ncw" else x, w)
        if self.channels_last:
            processor = PrePostProcessor(model)
            processor.input().tensor().set_layout(Layout("NHWC"))
            processor.input().model().set_layout(Layout("NCHW"))
            processor.output().tensor().set_layout(Layout("NHWC"))
            processor.output().model().set_layout(Layout("NCHW"))
            model = processor.build()
        self.compiled = openvino.Core().compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False})
        self.request = self.compiled.create_infer_request()
        self.x = memory.copy(x.transpose(0, 2, 3, 1) if self.channels_last else x)
        self.x = self.x.reshape(tuple(self.compiled.input(0).shape))
        self.y = memory.empty(tuple(self.compiled.output(0).shape))
        self.request.set_input_tensor(openvino.Tensor(self.x, shared_memory=True))
        self.request.set_output_tensor(openvino.Tensor(self.y, shared_memory=True))

    def run(self, calls):
        request = self.request
        for _ in range(calls):
            request.start_async()
            request.wait()

    def read(self):
        return self.y.transpose(0, 3, 1, 2) if self.channels_last else self.y.reshape(self.shape.output_shape)
