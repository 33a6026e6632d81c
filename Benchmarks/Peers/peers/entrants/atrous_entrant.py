"""Atrous: the installed library through its Python package; the plan's C function, its arguments bound once."""
import ctypes

import atrous
import numpy
from atrous import _library

from . import Refusal

SETTINGS = "a table exported from the database; Pool(N) where N > 1"


def version():
    return atrous.VERSION


def forms(name, shape):
    return [""]


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.channels_last = name == "atrous-nhwc"
        problem = atrous.Problem(f"{shape.text} {'nhwc' if self.channels_last else 'nchw'}")
        table = atrous.Table.read(options["table"]) if options.get("table") else None
        try:
            self.plan = atrous.Plan(problem, w.reshape(problem.weights_shape), threads=threads, table=table)
        except atrous.AtrousError as reason:
            raise Refusal(str(reason)) from reason
        self.detail = f"{self.plan.choice}; workspace {self.plan.workspace_bytes} B, packed {self.plan.packed_bytes} B"
        self.pool = atrous.Pool(threads) if threads > 1 else None
        self.shape = shape
        x = x.transpose(0, 2, 3, 1) if self.channels_last else x
        self.x = numpy.ascontiguousarray(x.reshape(problem.input_shape))
        self.y = numpy.empty(problem.output_shape, numpy.float32)
        self.workspace = self.plan._workspace()
        error = _library._Error()
        self.bound = (
            self.plan._pointer, self.x.ctypes.data, self.x.size, None, 0, self.y.ctypes.data, self.y.size,
            self.workspace.ctypes.data, self.workspace.size, self.pool and self.pool._pointer, ctypes.byref(error))

    def run(self, calls):
        execute, bound = _library._plan_run, self.bound
        for _ in range(calls):
            status = execute(*bound)
        if status:
            raise RuntimeError(f"status {status}")

    def read(self):
        n, k, p, q = self.shape.output_shape
        if self.channels_last:
            return self.y.reshape(n, p, q, k).transpose(0, 3, 1, 2)
        return self.y.reshape(n, k, p, q)
