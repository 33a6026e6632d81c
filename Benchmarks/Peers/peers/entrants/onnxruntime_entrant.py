"""ONNX Runtime, CPU provider: one Conv node with constant weights, inputs and outputs bound once."""
import onnxruntime

from .. import memory
from .onnx_model import cut, model

SETTINGS = "intra_op_num_threads=N, inter_op 1, sequential, spinning that stops with a run, all graph " \
           "optimisations; IOBinding on bound arrays; 1-D: best of three axes and four"


def version():
    return onnxruntime.__version__


def forms(name, shape):
    return ["rank 3", "rank 4"] if shape.one_dimensional else ["rank 4"]


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.shape = shape
        axes = int(form[-1]) - 2
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        settings.add_session_config_entry("session.force_spinning_stop", "1")
        settings.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(model(shape, w, axes), settings, providers=["CPUExecutionProvider"])
        value = onnxruntime.OrtValue.ortvalue_from_numpy
        self.x = value(memory.copy(x).reshape(cut(x.shape, axes)))
        self.y = value(memory.empty(cut(shape.output_shape, axes)))
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input("x", self.x)
        self.binding.bind_ortvalue_output("y", self.y)

    def run(self, calls):
        # What run_with_iobinding does, without its Python layer.
        run, binding = self.session._sess.run_with_iobinding, self.binding._iobinding
        for _ in range(calls):
            run(binding, None)

    def read(self):
        return self.y.numpy().reshape(self.shape.output_shape)
