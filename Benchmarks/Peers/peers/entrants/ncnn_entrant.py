"""ncnn: one convolution layer, its weights packed by load_model; one extractor a call, and one a picture of a batch."""
import os
import tempfile

import ncnn
import numpy

SETTINGS = "num_threads=N, openmp_blocktime=1, pool allocators, f32 storage and " \
           "arithmetic; packing as by default (best of plain and packed input and output), or use_packing_layout off"


def version():
    return ncnn.__version__


def forms(name, shape):
    if name == "ncnn-unpacked":
        return ["plain"]
    return ["plain", "packed"]


def layer(shape):
    """The .param text."""
    h, v = shape.h, shape.w
    values = {
        0: shape.k, 1: v.kernel, 11: h.kernel, 2: v.dilation, 12: h.dilation, 3: v.stride, 13: h.stride, 4: v.before,
        15: v.after, 14: h.before, 16: h.after, 5: 0, 6: shape.k * (shape.c // shape.g) * h.kernel * v.kernel}
    kind = "Convolution"
    if shape.g > 1:
        kind, values[7] = "ConvolutionDepthWise", shape.g
    return "\n".join((
        "7767517", "2 2", "Input x 0 1 x",
        f"{kind} convolution 1 1 x y " + " ".join(f"{key}={value}" for key, value in values.items()), ""))


class Convolution:
    def __init__(self, name, form, shape, x, w, threads, options):
        self.shape = shape
        self.net = ncnn.Net()
        option = self.net.opt
        option.num_threads = threads
        option.openmp_blocktime = 1
        option.use_vulkan_compute = False
        option.use_packing_layout = name != "ncnn-unpacked"
        for switch in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
            setattr(option, switch, False)
        self.pools = ncnn.UnlockedPoolAllocator(), ncnn.PoolAllocator()
        option.blob_allocator, option.workspace_allocator = self.pools
        with tempfile.TemporaryDirectory() as folder:
            parameters, weights = os.path.join(folder, "net.param"), os.path.join(folder, "net.bin")
            with open(parameters, "w") as file:
                file.write(layer(shape))
            with open(weights, "wb") as file:
                file.write(numpy.zeros(1, numpy.int32).tobytes())     # the tag of float32
                w.tofile(file)
            if self.net.load_param(parameters) or self.net.load_model(weights):
                raise ValueError("ncnn does not load the layer")
        self.packed, self.outputs = form == "packed", []
        self.inputs = [self.packing(ncnn.Mat(image).clone(), shape.c, option) for image in x]

    def packing(self, mat, channels, option):
        """The input as ncnn hands it from layer to layer: 8 or 4 channels together."""
        lanes = next(lanes for lanes in (8, 4, 1) if channels % lanes == 0)
        if not self.packed or lanes == 1:
            return mat
        packed = ncnn.Mat()
        ncnn.convert_packing(mat, packed, lanes, option)
        return packed

    def run(self, calls):
        create, inputs, kind = self.net.create_extractor, self.inputs, 1 if self.packed else 0
        for _ in range(calls):
            self.outputs = []
            for mat in inputs:
                extractor = create()
                extractor.input("x", mat)
                self.outputs.append(extractor.extract("y", kind)[1])

    def read(self):
        plain = []
        for mat in self.outputs:
            if mat.elempack != 1:
                unpacked = ncnn.Mat()
                ncnn.convert_packing(mat, unpacked, 1, self.net.opt)
                mat = unpacked
            plain.append(numpy.array(mat))
        return numpy.stack(plain).reshape(self.shape.output_shape)

    def __del__(self):
        # The pools go last: the others' memory is theirs.
        self.outputs = self.inputs = self.net = None
