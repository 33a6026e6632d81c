"""Atrous: the installed library through its Python package; arrays bound once."""
import os

import atrous
import numpy

from . import Refusal
from .. import memory
from ..layouts import layout_of, takes

SETTINGS = "a table exported from the database; Pool(N) where N > 1"


def version():
    return atrous.VERSION


def forms(name, shape):
    return [""]


def arranged(x, layout):
    """N×C×H×W in the order of the layout; blocks are filled up with zeros."""
    if layout == "nhwc":
        return x.transpose(0, 2, 3, 1)
    if layout == "nchw":
        return x
    block = int(layout[4:-1])
    x = numpy.pad(x, ((0, 0), (0, -x.shape[1] % block), (0, 0), (0, 0)))
    n, c, h, w = x.shape
    return x.reshape(n, c // block, block, h, w).transpose(0, 1, 3, 4, 2)


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.layout = layout_of(name)
        if not takes(self.layout, shape):
            raise Refusal(f"{shape.c} and {shape.k} channels leave blocks of {self.layout} emptier than a tenth")
        problem = atrous.Problem(f"{shape.text} {self.layout}")
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
        self.x = memory.copy(arranged(x, self.layout)).reshape(problem.input_shape)
        self.y = memory.empty(problem.output_shape)
        self.call = self.plan.bind(self.x, out=self.y, pool=self.pool)

    def run(self, calls):
        call = self.call
        for _ in range(calls):
            call()

    def read(self):
        n, k, p, q = self.shape.output_shape
        if self.layout == "nhwc":
            return self.y.reshape(n, p, q, k).transpose(0, 3, 1, 2)
        if self.layout == "nchw":
            return self.y.reshape(n, k, p, q)
        block = int(self.layout[4:-1])
        return self.y.reshape(n, -1, p, q, block).transpose(0, 1, 4, 2, 3).reshape(n, -1, p, q)[:, :k]
