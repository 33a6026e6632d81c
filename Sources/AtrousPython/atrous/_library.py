"""libatrous.so by ctypes: atrous.h, function by function."""
import ctypes
import ctypes.util
import functools
import os
from pathlib import Path

ABI = 1
NCHW, NHWC, NCHW8C, NCHW16C = range(4)


class AtrousError(Exception):
    """Bad input, or a problem that no kernel takes; `status` is that of atrous.h, 1 where Python found it."""

    def __init__(self, message, status=1):
        super().__init__(message)
        self.status = status


class Axis(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("input", "kernel", "stride", "dilation", "before", "after")]


class Fields(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_int64) for name in ("batch", "groups", "channels", "filters")]
        + [(name, Axis) for name in ("depth", "height", "width")]
        + [(name, ctypes.c_int32) for name in (
            "type", "direction", "input_layout", "output_layout", "bias", "add", "activation")]
        + [(name, ctypes.c_float) for name in ("slope", "low", "high")])


class Sizes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in (
        "input", "weights", "bias", "residual", "output", "output_depth", "output_height", "output_width",
        "nominal_flops", "useful_flops")]


class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int32), ("message", ctypes.c_char * 508)]


def _load():
    """$ATROUS_LIBRARY, then the library this package was installed beside, then the system's."""
    beside = Path(__file__).resolve().parents[3] / f"libatrous.so.{ABI}"
    named = os.environ.get("ATROUS_LIBRARY")
    path = named or (str(beside) if beside.exists() else ctypes.util.find_library("atrous"))
    if path is None:
        raise ImportError("libatrous.so was not found; run Scripts/install, or set ATROUS_LIBRARY to its path")
    library = ctypes.CDLL(path)
    if library.atrous_abi() != ABI:
        raise ImportError(f"{path} has ABI {library.atrous_abi()}; this package needs {ABI}")
    return library


_library = _load()
_pointer, _size, _int = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int32
_error = ctypes.POINTER(_Error)


def _declare(name, result, *arguments):
    function = getattr(_library, "atrous_" + name)
    function.restype = result
    function.argtypes = arguments
    return function


_version = _declare("version", ctypes.c_char_p)
_problem_parse = _declare("problem_parse", _int, ctypes.c_char_p, ctypes.POINTER(Fields), _error)
_problem_print = _declare("problem_print", _size, ctypes.POINTER(Fields), ctypes.c_char_p, _size, _error)
_problem_sizes = _declare("problem_sizes", _int, ctypes.POINTER(Fields), ctypes.POINTER(Sizes), _error)
_table_read = _declare("table_read", _pointer, ctypes.c_char_p, _error)
_table_parse = _declare("table_parse", _pointer, ctypes.c_char_p, _size, _error)
free_table = _declare("table_free", None, _pointer)
_pool_create = _declare("pool_create", _pointer, _int, _error)
free_pool = _declare("pool_free", None, _pointer)
_plan_create = _declare(
    "plan_create", _pointer, ctypes.POINTER(Fields), _pointer, _pointer, _int, _pointer, _error)
free_plan = _declare("plan_free", None, _pointer)
_plan_choice = _declare("plan_choice", ctypes.c_char_p, _pointer)
plan_threads = _declare("plan_threads", _int, _pointer)
plan_workspace_bytes = _declare("plan_workspace_bytes", _size, _pointer)
plan_packed_bytes = _declare("plan_packed_bytes", _size, _pointer)
_plan_execute = _declare("plan_execute", None, _pointer, _pointer, _pointer, _pointer, _pointer, _pointer)
_plan_run = _declare(
    "plan_run", _int, _pointer, _pointer, _size, _pointer, _size, _pointer, _size, _pointer, _size, _pointer, _error)

VERSION = _version().decode()


def _call(function, *arguments):
    """The function's result; AtrousError where it filled in an error."""
    error = _Error()
    result = function(*arguments, ctypes.byref(error))
    if error.status != 0:
        raise AtrousError(error.message.decode(), error.status)
    return result


def parse_problem(text):
    fields = Fields()
    _call(_problem_parse, text.encode(), ctypes.byref(fields))
    return fields


def print_problem(fields):
    text = ctypes.create_string_buffer(512)
    _call(_problem_print, ctypes.byref(fields), text, len(text))
    return text.value.decode()


def problem_sizes(fields):
    sizes = Sizes()
    _call(_problem_sizes, ctypes.byref(fields), ctypes.byref(sizes))
    return sizes


def read_table(path):
    return _call(_table_read, os.fsencode(path))


def parse_table(text):
    encoded = text.encode()
    return _call(_table_parse, encoded, len(encoded))


def create_pool(threads):
    return _call(_pool_create, threads)


def create_plan(fields, weights, bias, threads, table):
    return _call(_plan_create, ctypes.byref(fields), _address(weights), _address(bias), threads, table)


def plan_choice(plan):
    return _plan_choice(plan).decode()


def run_plan(plan, x, residual, out, workspace, pool):
    _call(
        _plan_run, plan, _address(x), x.size, _address(residual), 0 if residual is None else residual.size,
        _address(out), out.size, _address(workspace), workspace.size, pool)


def bind_plan(plan, x, residual, out, workspace, pool):
    """A function without arguments that executes the plan; the caller keeps everything alive."""
    arguments = (plan, _address(x), _address(residual), _address(out), _address(workspace), pool)
    return functools.partial(_plan_execute, *map(_pointer, arguments))


def _address(array):
    return None if array is None else array.ctypes.data
