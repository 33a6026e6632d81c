"""The arithmetic on shapes that exporters write where sizes are free, done once these are fixed."""
import numpy
import onnx
from onnx import helper, numpy_helper, reference, shape_inference

# Tensors of so many elements and fewer may be shapes, pads or bounds.
SMALL = 4096
OPERATORS = {
    "Add", "Cast", "Ceil", "Concat", "ConstantOfShape", "Div", "Equal", "Expand", "Floor", "Gather", "Identity", "Max",
    "Min", "Mod", "Mul", "Neg", "ReduceProd", "Reshape", "Slice", "Squeeze", "Sub", "Transpose", "Unsqueeze", "Where"}


def infer(model):
    """The model with its shapes inferred, what only computes shapes, pads and the like in constants' place."""
    while True:
        model = shape_inference.infer_shapes(model, data_prop=True)
        if not _fold(model):
            return model


def constant(node):
    """The array of a Constant node."""
    value = helper.get_attribute_value(node.attribute[0])
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else numpy.asarray(value)


def is_outside(tensor):
    return tensor.data_location == onnx.TensorProto.EXTERNAL


def _fold(model):
    """Puts constants in the place of nodes whose inputs are small constants, or that ask for a known shape."""
    graph = model.graph
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer
             if not is_outside(tensor) and numpy.prod(tensor.dims, dtype=int) <= SMALL}
    shapes = {value.name: value.type.tensor_type.shape for value in (*graph.input, *graph.value_info)
              if value.type.tensor_type.HasField("shape")}
    kept, found = [], []
    for node in graph.node:
        value = _value(node, known, shapes, model.opset_import)
        if value is None or value.size > SMALL:
            kept.append(node)
            continue
        known[node.output[0]] = value
        if node.op_type == "Constant":
            kept.append(node)
        else:
            found.append(numpy_helper.from_array(value, node.output[0]))
    if found:
        del graph.node[:]
        graph.node.extend(kept)
        graph.initializer.extend(found)
    return bool(found)


def _value(node, known, shapes, imports):
    """What the node gives, None where that is not known."""
    if node.domain not in ("", "ai.onnx"):
        return None
    if node.op_type == "Constant":
        return constant(node)
    if node.op_type == "Shape" and node.input[0] in shapes:
        extents = [dimension.dim_value for dimension in shapes[node.input[0]].dim]
        settings = {attribute.name: attribute.i for attribute in node.attribute}
        extents = extents[settings.get("start", 0):settings.get("end", len(extents))]
        return numpy.array(extents, numpy.int64) if all(extent > 0 for extent in extents) else None
    if node.op_type not in OPERATORS or not all(name in known for name in node.input if name):
        return None
    operands = {name: known[name] for name in node.input if name}
    if node.op_type in ("ConstantOfShape", "Expand") and numpy.prod(known[node.input[-1]], dtype=int) > SMALL:
        return None
    return _run(node, operands, imports)


def _run(node, operands, imports):
    inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
              for name, value in operands.items()]
    output = helper.make_empty_tensor_value_info(node.output[0])
    graph = helper.make_graph([node], "node", inputs, [output])
    try:
        session = reference.ReferenceEvaluator(helper.make_model(graph, opset_imports=imports))
        return numpy.asarray(session.run(None, operands)[0])
    except Exception:
        # An operator the evaluator lacks, or a model that is wrong here: the shape stays unknown, and that is told.
        return None
