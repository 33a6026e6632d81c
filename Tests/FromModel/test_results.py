"""Each convolution's result through the Python package against ONNX Runtime's of the same nodes."""
import unittest

import atrous
import models
from onnxproblems.convolutions import convolutions
from onnxproblems.graph import Graph
from running import Values, error


class ResultTests(unittest.TestCase):
    def check(self, model, **sizes):
        graph = Graph(model, sizes)
        values = Values(graph.model)
        for layout in ("nhwc", "nchw"):
            for is_fusing in (True, False):
                found = convolutions(graph, layout, is_fusing)
                for convolution in found:
                    text = str(convolution.problem)
                    with self.subTest(text, node=convolution.name):
                        self.assertEqual(convolution.reason, "")
                        self.assertEqual(str(atrous.Problem(text)), text)
                        self.assertLessEqual(error(convolution, values), 1e-4)
        return len(found)

    def test_the_head_of_deeplab(self):
        self.assertEqual(self.check(models.deeplab_head(), batch=1, height=33, width=33), 8)

    def test_the_context_module(self):
        self.assertEqual(self.check(models.context_module()), 8)

    def test_wavenet(self):
        self.assertEqual(self.check(models.wavenet(), batch=2), 43)

    def test_sizes_that_the_model_computes(self):
        self.assertEqual(self.check(models.exported(), batch=1, rows=15, columns=11), 2)

    def test_pads_steps_groups_and_epilogues(self):
        self.assertEqual(self.check(models.assorted()), 15)


if __name__ == "__main__":
    unittest.main()
