"""Atrous: the installed library through its Python package; atrous_plan_execute, its arguments bound once."""
import ctypes
import os

import atrous
import numpy
from atrous import _library

from . import Refusal

SETTINGS = "a table exported from the database; Pool(N) where N > 1"


_execute = _library._declare("plan_execute", None, *[ctypes.c_void_p] * 6)


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
        # A record names no folder of the machine it was made on.
        choice = self.plan.choice
        if options.get("table"):
            choice = choice.replace(os.path.join(os.path.dirname(options["table"]), ""), "")
        self.detail = f"{choice}; workspace {self.plan.workspace_bytes} B, packed {self.plan.packed_bytes} B"
        self.pool = atrous.Pool(threads) if threads > 1 else None
        self.shape = shape
        x = x.transpose(0, 2, 3, 1) if self.channels_last else x
        self.x = numpy.ascontiguousarray(x.reshape(problem.input_shape))
        self.y = numpy.empty(problem.output_shape, numpy.float32)
        self.workspace = self.plan._workspace()
        addresses = (
            self.plan._pointer, self.x.ctypes.data, None, self.y.ctypes.data, self.workspace.ctypes.data,
            self.pool and self.pool._pointer)
        self.bound = tuple(map(ctypes.c_void_p, addresses))
        self.plan(self.x.reshape(problem.input_shape), out=self.y, pool=self.pool)     # checks what execute does not

    def run(self, calls):
        bound = self.bound
        for _ in range(calls):
            _execute(*bound)

    def read(self):
        n, k, p, q = self.shape.output_shape
        if self.channels_last:
            return self.y.reshape(n, p, q, k).transpose(0, 3, 1, 2)
        return self.y.reshape(n, k, p, q)
