"""One file a library. An entrant is a module with

    NAMES                 what of it takes part, each on its own account
    SETTINGS              text: threads, layouts and switches, as they stand in the report
    version()             text
    forms(name, shape)    ways to run the shape, such as layouts; the fastest in the warm-up is the one that counts
    Convolution(name, form, shape, x, w, threads, options)
                          x N×C×H×W and w K×C/g×R×S, float32; packs the weights. Raises Refusal with the reason.
      .run(calls)         computes `calls` times
      .read()             the last output, N×K×P×Q
      .detail             optional text: the kernel that was chosen
"""
import importlib

MODULES = ("atrous", "onednn", "onnxruntime", "openvino", "litert", "ncnn", "mnn", "pytorch")
NAMES = {
    "atrous": ("atrous-nchw", "atrous-nhwc", "atrous-blocked"),
    "onednn": ("onednn-any", "onednn-blocked", "onednn-nhwc"),
    "onnxruntime": ("onnxruntime",),
    "openvino": ("openvino",),
    "litert": ("litert",),
    "ncnn": ("ncnn", "ncnn-unpacked"),
    "mnn": ("mnn",),
    "pytorch": ("pytorch",),
}
ALL = tuple(name for module in MODULES for name in NAMES[module])


def environment(threads):
    """Variables that must be set before anything is imported: thread counts, and OpenMP threads that wait for no longer
    than a millisecond after a call (GNU's do by themselves), so that the next entrant has the cores to itself."""
    counts = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {**{name: str(threads) for name in counts}, "KMP_BLOCKTIME": "1"}


class Refusal(Exception):
    """This library cannot run this shape; the text says why."""


def is_ours(name):
    return name.startswith("atrous")


def load(name):
    """The module of an entrant."""
    module = next(module for module in MODULES if name in NAMES[module])
    return importlib.import_module("." + module + "_entrant", __name__)


def expand(words):
    """Names from a list of names and module names, in the order of ALL; ValueError on an unknown one."""
    chosen = set()
    for word in words:
        if word in NAMES:
            chosen.update(NAMES[word])
        elif word in ALL:
            chosen.add(word)
        else:
            raise ValueError(f"unknown peer \"{word}\"; allowed: {', '.join([*MODULES, *ALL])}")
    return [name for name in ALL if name in chosen]
