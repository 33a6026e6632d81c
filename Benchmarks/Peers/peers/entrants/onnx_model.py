"""A one-node ONNX model, for ONNX Runtime and for MNN's converter."""
from onnx import TensorProto, helper, numpy_helper


def model(shape, w, axes):
    """Bytes of a one-node ONNX model of the last `axes` spatial axes, without bias: x → y."""
    spatial = (shape.h, shape.w)[2 - axes:]
    node = helper.make_node(
        "Conv", ["x", "w"], ["y"], group=shape.g, kernel_shape=[axis.kernel for axis in spatial],
        strides=[axis.stride for axis in spatial], dilations=[axis.dilation for axis in spatial],
        pads=[axis.before for axis in spatial] + [axis.after for axis in spatial])
    source, output = cut(shape.input_shape, axes), cut(shape.output_shape, axes)
    graph = helper.make_graph(
        [node], "convolution", [helper.make_tensor_value_info("x", TensorProto.FLOAT, source)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
        [numpy_helper.from_array(w.reshape(cut(w.shape, axes)), "w")])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    made.ir_version = 8
    return made.SerializeToString()


def cut(extents, axes):
    return (*extents[:2], *extents[4 - axes:])
