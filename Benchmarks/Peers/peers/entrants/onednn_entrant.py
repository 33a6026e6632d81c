"""oneDNN through native/onednn.cpp: the calls loop in C++; reorders of activations and weights are off the clock."""
import ctypes
import os

import numpy

from . import Refusal

SETTINGS = "OMP_NUM_THREADS=N; any: source and destination format free, " \
           "blocked: nChw8c (nChw16c with AVX-512), nhwc; weights' format free"
LAYOUTS = {"onednn-any": 0, "onednn-blocked": 1, "onednn-nhwc": 2}


def _load():
    library = ctypes.CDLL(os.environ["PEERS_LIBRARIES"] + "/onednn.so")
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
            ("create", pointer, (pointer, ctypes.c_int, pointer, pointer, text, ctypes.c_size_t)),
            ("name", text, (pointer,)), ("run", None, (pointer, ctypes.c_int64)), ("read", None, (pointer, pointer)),
            ("version", None, (pointer,)), ("free", None, (pointer,))):
        function = getattr(library, "onednn_" + name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


def version():
    numbers = (ctypes.c_int * 3)()
    _library.onednn_version(numbers)
    return ".".join(map(str, numbers))


def forms(name, shape):
    return [""]


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.shape = shape
        reason = ctypes.create_string_buffer(256)
        numbers = (ctypes.c_int64 * 16)(*shape.numbers())
        self.pointer = _library.onednn_create(
            numbers, LAYOUTS[name], x.ctypes.data, w.ctypes.data, reason, len(reason))
        if not self.pointer:
            raise Refusal(reason.value.decode())
        self.detail = _library.onednn_name(self.pointer).decode()
        if self.detail.startswith("ref"):
            raise Refusal("only the reference implementation takes it in this layout")

    def run(self, calls):
        _library.onednn_run(self.pointer, calls)

    def read(self):
        y = numpy.empty(self.shape.output_shape, numpy.float32)
        _library.onednn_read(self.pointer, y.ctypes.data)
        return y

    def __del__(self):
        if getattr(self, "pointer", None):
            _library.onednn_free(self.pointer)
