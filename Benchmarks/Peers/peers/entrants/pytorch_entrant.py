"""PyTorch in inference mode on the CPU: eager in both memory formats, and oneDNN's operator on packed weights."""
import torch

SETTINGS = "OMP_NUM_THREADS=N, set_num_threads(N), inference_mode; best of eager contiguous, " \
           "eager channels_last, pre-packed weights contiguous or channels_last (mkldnn._convolution_pointwise)"


def version():
    return torch.__version__


def forms(name, shape):
    layouts = ["contiguous", "channels_last", "packed", "packed channels_last"]
    if (shape.h.before, shape.w.before) == (shape.h.after, shape.w.after):
        return layouts
    return layouts + ["padded contiguous", "padded channels_last"]


class Convolution:
    """PyTorch pads evenly only. Other pads: the larger on both sides and a slice (a view) of the result, or a padded
    copy first, within the clock."""

    def __init__(self, name, form, shape, x, w, threads, options):
        torch.set_num_threads(threads)
        h, v = shape.h, shape.w
        memory = torch.channels_last if "channels_last" in form else torch.contiguous_format
        x, weights = torch.from_numpy(x).contiguous(memory_format=memory), torch.from_numpy(w)
        stride, dilation = [h.stride, v.stride], [h.dilation, v.dilation]
        padding = [max(h.before, h.after), max(v.before, v.after)]
        if any(axis.before < axis.after and axis.stride > 1 for axis in (h, v)) and "padded" not in form:
            raise ValueError("strided, and padding differs before and after")
        with torch.inference_mode():
            if form.startswith("packed"):
                weights = torch._C._nn.mkldnn_reorder_conv2d_weight(
                    weights.to_mkldnn(), padding, stride, dilation, shape.g, list(x.shape))
                operator = torch.ops.mkldnn._convolution_pointwise.default
                self.call = lambda: operator(x, weights, None, padding, stride, dilation, shape.g, "none", [], "")
            else:
                weights = weights.contiguous(memory_format=memory)
                self.call = lambda: torch.conv2d(x, weights, None, stride, padding, dilation, shape.g)
        if form.startswith("padded"):
            pads, pad = [v.before, v.after, h.before, h.after], torch.nn.functional.pad
            self.call = lambda: torch.conv2d(pad(x, pads), weights, None, stride, 0, dilation, shape.g)
            padding = [h.before, v.before]
        _, _, p, q = shape.output_shape
        top, left = padding[0] - h.before, padding[1] - v.before
        self.slice = (slice(None), slice(None), slice(top, top + p), slice(left, left + q))

    def run(self, calls):
        call = self.call
        with torch.inference_mode():
            for _ in range(calls):
                self.y = call()

    def read(self):
        return self.y[self.slice].contiguous().numpy()
