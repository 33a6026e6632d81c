"""An ONNX model as the rest reads it: shapes, constants, who reads what."""
from pathlib import Path

import numpy
import onnx
from onnx import external_data_helper, helper, inliner, numpy_helper

from . import folding


class ModelError(Exception):
    """Why a model cannot be read; one line."""


class Graph:
    """The main graph of a model with its free dimensions fixed, its functions inlined and its shapes inferred."""

    def __init__(self, model, dimensions=None, folder="."):
        model = inliner.inline_local_functions(model) if len(model.functions) else model
        _name_free(model.graph)
        _fix(model.graph, dict(dimensions or {}))
        for tensor in model.graph.initializer:
            _read_small(tensor, folder)
        try:
            model = folding.infer(model)
        except Exception as error:
            raise ModelError(f"its shapes cannot be inferred: {str(error).splitlines()[0]}") from error
        self.model = model
        self.nodes = list(model.graph.node)
        self.opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
        self.outputs = {value.name for value in model.graph.output}
        values = (*model.graph.input, *model.graph.value_info, *model.graph.output)
        self._types = {value.name: value.type.tensor_type for value in values}
        self._tensors = {tensor.name: tensor for tensor in model.graph.initializer}
        self.producers, self.consumers = {}, {}
        for node in self.nodes:
            self.producers.update({name: node for name in node.output if name})
            for name in _read_by(node):
                self.consumers.setdefault(name, []).append(node)
        self._constants = self._constant_names()

    @classmethod
    def read(cls, path, dimensions=None):
        """Weights outside the file are not needed: only their shapes count.

        Raises ModelError for what is no model, OSError for what cannot be read."""
        try:
            model = onnx.load(path, load_external_data=False)
        except OSError:
            raise
        except Exception as error:
            raise ModelError(f"no ONNX model: {str(error).splitlines()[0]}") from error
        if not model.graph.node:
            raise ModelError("no ONNX model: it has no nodes")
        return cls(model, dimensions, Path(path).parent)

    def shape(self, name):
        """A number for every known dimension, a name or "?" for every other; None where the rank is not known."""
        if name in self._tensors:
            return tuple(self._tensors[name].dims)
        kind = self._types.get(name)
        if kind is None or not kind.HasField("shape"):
            return None
        return tuple(_extent(dimension) for dimension in kind.shape.dim)

    def have_one_shape(self, left, right):
        shape = self.shape(left)
        return shape is not None and shape == self.shape(right) and all(isinstance(extent, int) for extent in shape)

    def type(self, name):
        """Such as "float"; "?" where unknown."""
        tensor = self._tensors.get(name)
        kind = tensor.data_type if tensor else getattr(self._types.get(name), "elem_type", 0)
        return onnx.TensorProto.DataType.Name(kind).lower() if kind else "?"

    def is_constant(self, name):
        """Whether nothing of it depends on the model's inputs."""
        return name in self._constants

    def value(self, name):
        """The array of a small constant that the file holds; None for anything else."""
        tensor = self._tensors.get(name)
        if tensor is not None:
            return None if folding.is_outside(tensor) else numpy_helper.to_array(tensor)
        producer = self.producers.get(name)
        return folding.constant(producer) if producer is not None and producer.op_type == "Constant" else None

    def only_reader(self, name):
        """The one node that reads it, where nobody else sees it; else None."""
        readers = self.consumers.get(name, [])
        return readers[0] if len(readers) == 1 and name not in self.outputs else None

    def _constant_names(self):
        names = set(self._tensors)
        for node in self.nodes:
            if all(name in names for name in _read_by(node)) and not node.op_type.startswith("Random"):
                names.update(node.output)
        return names - {""}


def nested(nodes):
    """(node, the node whose subgraph holds it) of every subgraph, at any depth."""
    for outer in nodes:
        for body in _bodies(outer):
            for node in body.node:
                yield node, outer
            yield from nested(body.node)


def attributes(node):
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _bodies(node):
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        yield from attribute.graphs


def _read_by(node):
    """What a node reads, its subgraphs included."""
    names = {name for name in node.input if name}
    for inner, _ in nested([node]):
        names.update(name for name in inner.input if name)
    for body in _bodies(node):
        names.update(value.name for value in body.output)
    return names


def _extent(dimension):
    if dimension.HasField("dim_value") and dimension.dim_value > 0:
        return dimension.dim_value
    return dimension.dim_param or "?"


def _name_free(graph):
    """Gives the free dimensions of the inputs that have no name one: x[0]."""
    held = {tensor.name for tensor in graph.initializer}
    for value in graph.input:
        for place, dimension in enumerate(value.type.tensor_type.shape.dim):
            if _extent(dimension) == "?" and value.name not in held:
                dimension.dim_param = f"{value.name}[{place}]"


def free(graph):
    """The names of the inputs' free dimensions."""
    extents = [_extent(dimension) for value in graph.input for dimension in value.type.tensor_type.shape.dim]
    return list(dict.fromkeys(extent for extent in extents if isinstance(extent, str) and extent != "?"))


def _fix(graph, dimensions):
    names = free(graph)
    for name in dimensions:
        if name not in names:
            known = f"free are: {', '.join(names)}" if names else "none is free"
            raise ModelError(f"no input has a free dimension \"{name}\"; {known}")
    for values in (graph.input, graph.value_info, graph.output):
        for value in values:
            for dimension in value.type.tensor_type.shape.dim:
                if dimension.dim_param in dimensions:
                    dimension.dim_value = dimensions[dimension.dim_param]
                elif dimension.dim_param and dimension.dim_param not in names:
                    dimension.ClearField("dim_param")  # An exporter's own word for what inference will find.


def _read_small(tensor, folder):
    """Reads a small tensor kept outside the file, where it is there: it may be a shape."""
    if not folding.is_outside(tensor) or numpy.prod(tensor.dims, dtype=int) > folding.SMALL:
        return
    try:
        external_data_helper.load_external_data_for_tensor(tensor, str(folder))
        tensor.data_location = onnx.TensorProto.DEFAULT
        del tensor.external_data[:]
    except Exception:
        # Only its shape is known then; what would need more says so.
        return
