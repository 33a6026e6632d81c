"""Dilated (atrous) convolution on CPUs, on NumPy arrays, through libatrous.

    import atrous, numpy as np
    problem = atrous.Problem("c64 h33 w33 k64 r3 s3 d2 p2 nhwc bias relu")
    plan = atrous.Plan(problem, weights, bias)      # weights K × C/g × R × S, float32
    y = plan(x)                                     # x of problem.input_shape, y of problem.output_shape
    call = plan.bind(x)                             # for many calls on the same arrays: checked once
    y = call()

Arrays go in and out without copies: float32, C-contiguous; outputs are fastest in arrays of `atrous.empty`. A plan may be called by any number of threads at once.
"""
import math
import threading

import numpy

from ._library import AtrousError, ABI, VERSION
from . import _library as _c

__all__ = ["AtrousError", "Problem", "Table", "Pool", "Plan", "BoundCall", "empty", "ABI", "VERSION"]
__version__ = VERSION


class Problem:
    """One convolution: a text such as "c64 h33 w33 k64 r3 s3 d2 p2 nhwc bias relu"."""

    def __init__(self, text):
        self._fields = _c.parse_problem(text)
        self.sizes = _c.problem_sizes(self._fields)

    def __str__(self):
        return _c.print_problem(self._fields)

    def __repr__(self):
        return f"atrous.Problem({str(self)!r})"

    def __eq__(self, other):
        return isinstance(other, Problem) and str(self) == str(other)

    def __hash__(self):
        return hash(str(self))

    @property
    def input_shape(self):
        """Of the input array, in the input layout: nchw (N, C, …), nhwc (N, …, C), nchw8c (N, C/8, …, 8)."""
        extents = [axis.input for axis in self._axes]
        return self._shape(self._fields.channels, extents, self._fields.input_layout)

    @property
    def output_shape(self):
        """Of the output array, and of the residual, in the output layout."""
        outputs = [self.sizes.output_depth, self.sizes.output_height, self.sizes.output_width]
        return self._shape(self._fields.filters, outputs[3 - len(self._axes):], self._fields.output_layout)

    @property
    def weights_shape(self):
        """K × C/groups × (T ×) (R ×) S."""
        fields = self._fields
        return (fields.filters, fields.channels // fields.groups, *(axis.kernel for axis in self._axes))

    @property
    def has_bias(self):
        return bool(self._fields.bias)

    @property
    def has_residual(self):
        return bool(self._fields.add)

    @property
    def _axes(self):
        axes = [self._fields.depth, self._fields.height, self._fields.width]
        while len(axes) > 1 and axes[0].kernel == 0:
            axes.pop(0)
        return axes

    def _shape(self, channels, extents, layout):
        batch = self._fields.batch
        if layout == _c.NCHW:
            return (batch, channels, *extents)
        if layout == _c.NHWC:
            return (batch, *extents, channels)
        block = 8 if layout == _c.NCHW8C else 16
        return (batch, -(-channels // block), *extents, block)


class Table:
    """What a tuning ships; made by `atrous export --format table`."""

    def __init__(self, *_):
        raise AtrousError("a table is made by Table.read(path) or Table.parse(text)")

    @classmethod
    def read(cls, path):
        return cls._owning(_c.read_table(path))

    @classmethod
    def parse(cls, text):
        return cls._owning(_c.parse_table(text))

    @classmethod
    def _owning(cls, pointer):
        table = cls.__new__(cls)
        table._pointer = pointer
        return table

    def __del__(self):
        _c.free_table(self.__dict__.pop("_pointer", None))


class Pool:
    """Threads that run a plan's parts, the caller included. One caller at a time."""

    def __init__(self, threads):
        self.threads = threads
        self._pointer = _c.create_pool(threads)
        self._lock = threading.Lock()

    def __del__(self):
        _c.free_pool(self.__dict__.pop("_pointer", None))


class Plan:
    """The kernel chosen for a problem on this machine, its weights packed.

    threads is what the work is cut for (None: $ATROUS_THREADS, or 1); with more than one, give calls a Pool.
    """

    def __init__(self, problem, weights, bias=None, threads=None, table=None):
        if isinstance(problem, str):
            problem = Problem(problem)
        self.problem = problem
        weights = _checked("weights", weights, problem.weights_shape)
        if problem.has_bias:
            if bias is None:
                raise AtrousError("the problem has a bias; give one, or leave `bias` out of the problem")
            bias = _checked("bias", bias, (problem.weights_shape[0],))
        elif bias is not None:
            raise AtrousError("a bias was given; add `bias` to the problem")
        self._pointer = _c.create_plan(problem._fields, weights, bias, threads or 0, table and table._pointer)
        self._input_shape, self._output_shape = problem.input_shape, problem.output_shape
        self._has_residual = problem.has_residual
        self._local = threading.local()

    def __del__(self):
        _c.free_plan(self.__dict__.pop("_pointer", None))

    @property
    def choice(self):
        """What was chosen, and on what evidence."""
        return _c.plan_choice(self._pointer)

    @property
    def threads(self):
        return _c.plan_threads(self._pointer)

    @property
    def workspace_bytes(self):
        return _c.plan_workspace_bytes(self._pointer)

    @property
    def packed_bytes(self):
        return _c.plan_packed_bytes(self._pointer)

    def __call__(self, x, residual=None, out=None, pool=None):
        """The convolution of x; into `out`, which overlaps neither x nor the residual, or a new array."""
        out = self._check(x, residual, out)
        if pool is None:
            _c.run_plan(self._pointer, x, residual, out, self._workspace(), None)
        else:
            with pool._lock:
                _c.run_plan(self._pointer, x, residual, out, self._workspace(), pool._pointer)
        return out

    def bind(self, x, residual=None, out=None, pool=None):
        """A call on these very arrays, checked here and never again: `call()` runs it and returns `out`."""
        out = self._check(x, residual, out)
        for name, array in (("x", x), ("residual", residual)):
            if array is not None and numpy.may_share_memory(out, array):
                raise AtrousError(f"out overlaps {name}, which is read while it is written")
        return BoundCall(self, x, residual, out, pool)

    def _check(self, x, residual, out):
        """`out`, or a new array, after all checks."""
        _checked("x", x, self._input_shape)
        if self._has_residual:
            if residual is None:
                raise AtrousError("the problem adds a residual; give one, or leave `add` out of the problem")
            _checked("residual", residual, self._output_shape)
        elif residual is not None:
            raise AtrousError("a residual was given; add `add` to the problem")
        if out is None:
            return empty(self._output_shape)
        _checked("out", out, self._output_shape)
        if not out.flags.writeable:
            raise AtrousError("out is read-only")
        return out

    def _workspace(self):
        """This thread's scratch."""
        workspace = getattr(self._local, "workspace", None)
        if workspace is None:
            workspace = self._local.workspace = _scratch(self.workspace_bytes)
        return workspace


class BoundCall:
    """A plan on fixed arrays, made by `Plan.bind`: reads `x` as it then is and writes `out`. One caller at a time."""

    def __init__(self, plan, x, residual, out, pool):
        self.out = out
        # Alive as long as their addresses are in use.
        self._kept = (plan, x, residual, pool, workspace := _scratch(plan.workspace_bytes))
        self._lock = pool and pool._lock
        self._execute = _c.bind_plan(plan._pointer, x, residual, out, workspace, pool and pool._pointer)

    def __call__(self):
        if self._lock is None:
            self._execute()
        else:
            with self._lock:
                self._execute()
        return self.out


def empty(shape):
    """A float32 array on a 64-byte boundary, contents undefined: as `out` it is faster than one of NumPy's, whose large
    arrays begin 16 bytes past a cache line, so that every second store spans two."""
    return _scratch(4 * math.prod(shape)).view(numpy.float32).reshape(shape)


def _scratch(size):
    """Bytes on a 64-byte boundary."""
    raw = numpy.empty(size + 64, numpy.uint8)
    first = -raw.ctypes.data % 64
    # Never empty: NumPy gives an empty slice its base's address, which is on no boundary.
    return raw[first:first + max(size, 1)]


def _checked(name, array, shape):
    if not isinstance(array, numpy.ndarray):
        raise AtrousError(f"{name} is a {type(array).__name__}; give a NumPy array")
    if array.dtype != numpy.float32:
        raise AtrousError(f"{name} is {array.dtype}; give float32: {name}.astype(numpy.float32)")
    if array.shape != shape:
        raise AtrousError(f"{name} has shape {array.shape}; the problem needs {shape}")
    if not array.flags.c_contiguous:
        raise AtrousError(f"{name} is not contiguous; give numpy.ascontiguousarray({name})")
    return array
