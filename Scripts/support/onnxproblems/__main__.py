"""Prints the convolutions of an ONNX model as a problem file: a line a problem, how often the model runs it, which
nodes; what `atrous tune --problems` reads.

  problems-from-onnx model.onnx --dim batch=1 > model.problems
  atrous tune --problems model.problems

A convolution that is none of Atrous' (transposed, quantised, 3-D, of unknown shape …) is named with its reason, both on
stderr and as a comment in the file. Zeros padded before a convolution, and a batch normalisation, a residual add and an
activation after it are taken into the problem where nobody else reads what lies between. Weights outside the file need
not be there: only shapes count.

Exit status: 0 every convolution is in the file, 1 some are not, 2 bad use or input.
"""
import argparse
import sys
from pathlib import Path

from .convolutions import convolutions
from .graph import Graph, ModelError, free
from .problem import LAYOUTS


def dimension(text):
    name, _, extent = text.rpartition("=")
    if not name or not extent.isascii() or not extent.isdigit() or not 1 <= int(extent) < 2**31:
        raise argparse.ArgumentTypeError(f"\"{text}\"; allowed: name=n with n from 1, such as batch=1")
    return name, int(extent)


def plain(text):
    """A name that a line of a problem file can hold."""
    return "".join("_" if character == "#" or not character.isprintable() else character for character in text)


def problem_lines(found):
    """(text, count, names) of each problem, in the order of their first convolution."""
    names = {}
    for convolution in found:
        if convolution.problem:
            names.setdefault(str(convolution.problem), []).append(plain(convolution.name))
    return [(text, len(of), ", ".join(of[:3]) + (", …" if len(of) > 3 else "")) for text, of in names.items()]


def counted(number, word):
    return f"{number} {word}{'' if number == 1 else 's'}"


def comments(title, found, lines, layout):
    listed = [convolution.problem for convolution in found if convolution.problem]
    flops = sum(problem.nominal_flops for problem in listed)
    yield (f"{title}: {len(listed)} of {counted(len(found), 'convolution')}, {counted(len(lines), 'problem')}, "
           f"{flops / 1e9:.3g} GFLOP nominal, as {layout}")
    for convolution in found:
        if not convolution.problem:
            yield f"not listed: {convolution.name} ({convolution.node.op_type}): {convolution.reason}"


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="problems-from-onnx", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument(
        "--dim", action="append", default=[], type=dimension, metavar="NAME=N",
        help="a free dimension's size, by its name or, without one, its place: batch=1, input[0]=1; may be repeated")
    parser.add_argument(
        "--layout", choices=LAYOUTS, default="nhwc",
        help="of the tensors (default: nhwc; ONNX's own is nchw): what the convolutions are to be run in")
    parser.add_argument("--no-fusion", action="store_true", help="every convolution alone, with its own bias and pads")
    options = parser.parse_args(arguments)
    try:
        graph = Graph.read(options.model, options.dim)
    except (ModelError, OSError) as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else error
        print(f"problems-from-onnx: {options.model}: {text}", file=sys.stderr)
        return 2
    found = convolutions(graph, options.layout, not options.no_fusion)
    lines = problem_lines(found)
    head, *missing = comments(plain(options.model.name), found, lines, options.layout)
    print(f"# {head}")
    for text in map(plain, missing):
        print(f"# {text}")
        print(f"problems-from-onnx: {text}", file=sys.stderr)
    for line in lines:
        print(*line, sep="\t")
    names = free(graph.model.graph)
    if missing and names:
        print(f"problems-from-onnx: free dimensions: {', '.join(names)}; fix them: "
              + " ".join(f"--dim {name}=N" for name in names), file=sys.stderr)
    return 1 if missing or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
