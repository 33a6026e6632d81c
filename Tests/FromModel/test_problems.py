"""What problems-from-onnx prints: texts, counts, reasons, exit status."""
import collections
import contextlib
import io
import pathlib
import subprocess
import tempfile
import unittest

import onnx

import models
from onnxproblems.__main__ import main
from onnxproblems.convolutions import convolutions
from onnxproblems.graph import Graph
from onnxproblems.problem import Axis, Problem

COMMAND = pathlib.Path(__file__).resolve().parents[2] / "Scripts/problems-from-onnx"


Ended = collections.namedtuple("Ended", "returncode stdout stderr")


def run(*arguments):
    """The command within this process."""
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            status = main(list(map(str, arguments)))
        except SystemExit as end:
            status = end.code
    return Ended(status, output.getvalue(), errors.getvalue())


class CommandTests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name) / "network.onnx"

    def run_on(self, model, *options):
        if model is not None:
            onnx.save(model, self.path)
        return run(self.path, *options)

    def lines_of(self, model, *options):
        """{text: count} of a model whose every convolution has a problem."""
        ended = self.run_on(model, *options)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        rows = [line.split("\t") for line in ended.stdout.splitlines() if not line.startswith("#")]
        self.assertTrue(all(len(row) == 3 for row in rows))
        return {text: int(count) for text, count, _ in rows}

    def test_the_head_of_deeplab(self):
        lines = self.lines_of(models.deeplab_head(), "--dim", "batch=1", "--dim", "height=33", "--dim", "width=33")
        self.assertEqual(lines, {
            "c32 h33 w33 k16 r1 s1 nhwc bias relu": 1,
            "c32 h33 w33 k16 r3 s3 d6 p6 nhwc bias relu": 1,
            "c32 h33 w33 k16 r3 s3 d12 p12 nhwc bias relu": 1,
            "c32 h33 w33 k16 r3 s3 d18 p18 nhwc bias relu": 1,
            "c32 w1 k16 s1 nhwc bias relu": 1,
            "c80 h33 w33 k16 r1 s1 nhwc bias relu": 1,
            "c16 h33 w33 k16 r3 s3 p1 nhwc bias relu": 1,
            "c16 h33 w33 k21 r1 s1 nhwc bias": 1,
        })

    def test_the_context_module(self):
        lines = self.lines_of(models.context_module(), "--layout", "nchw")
        self.assertEqual(lines, {
            "c21 h64 w64 k21 r3 s3 p1 nchw bias relu": 3,
            **{f"c21 h64 w64 k21 r3 s3 d{rate} p{rate} nchw bias relu": 1 for rate in (2, 4, 8, 16)},
            "c21 h64 w64 k21 r1 s1 nchw bias": 1,
        })

    def test_wavenet(self):
        lines = self.lines_of(models.wavenet(), "--dim", "batch=2")
        self.assertEqual(lines, {
            "n2 c1 w256 k16 s2 pl1 nhwc bias": 1,
            "n2 c16 w256 k16 s2 pl1 nhwc bias": 4,
            **{f"n2 c16 w256 k16 s2 d{rate} pl{rate} nhwc bias": 4 for rate in (2, 4, 8, 16)},
            # Either of the first two skips could take their sum; each later one takes what was summed before.
            "n2 c16 w256 k24 s1 nhwc bias": 2,
            "n2 c16 w256 k24 s1 nhwc bias add": 7,
            "n2 c16 w256 k24 s1 nhwc bias add relu": 1,
            "n2 c16 w256 k16 s1 nhwc bias add": 10,
            "n2 c24 w256 k24 s1 nhwc bias relu": 1,
            "n2 c24 w256 k32 s1 nhwc bias": 1,
        })

    def test_without_fusion_every_convolution_stands_alone(self):
        lines = self.lines_of(models.wavenet(), "--dim", "batch=1", "--no-fusion")
        self.assertFalse([text for text in lines if text.split()[-1] in ("add", "relu")])
        # The second stack's pads are nodes of their own.
        self.assertEqual(lines["c16 w272 k16 s2 d16 nhwc bias"], 2)
        self.assertEqual(lines["c16 w256 k16 s2 d16 pl16 nhwc bias"], 2)

    def test_pads_steps_groups_and_epilogues(self):
        lines = self.lines_of(models.assorted())
        self.assertEqual(lines, {
            "n2 c12 h23 w18 k8 r3 s2 st2 ph1 nhwc bias": 1,
            "n2 c12 h23 w18 k8 r2 s4 sth2 pt1 pl2 pr1 nhwc bias": 1,
            "n2 c12 h23 w18 k8 r3 s4 dh2 dw3 pt2 pb2 pl5 pr4 nhwc": 1,
            "n2 c12 h23 w18 k8 r3 s3 dh4 nhwc bias": 1,
            "n2 g12 c12 h23 w18 k12 r3 s3 d3 p3 nhwc bias relu6": 1,
            "n2 g3 c12 h23 w18 k6 r3 s1 dh2 pt4 nhwc clamp:-0.5:1.25": 1,
            "n2 c12 h23 w18 k5 r1 s5 sth3 stw2 pl1 pr3 nhwc bias leaky:0.1": 1,
            "n2 c12 h23 w18 k7 r1 s1 st2 nhwc bias relu": 1,
            "n2 c12 h23 w18 k12 r3 s3 p1 nhwc bias": 1,
            "n2 c12 h23 w18 k12 r3 s3 d2 p2 nhwc bias add relu": 1,
            "n2 c12 h23 w18 k9 r1 s1 nhwc bias": 2,
            "n2 c12 h23 w18 k4 r3 s3 pt2 pb3 pl2 nhwc bias": 1,
            "n2 c12 h1 w18 k10 r3 s5 dw2 ph1 pw4 nhwc bias": 1,
            "n2 c12 w18 k10 s5 d2 nhwc bias": 1,
        })

    def test_sizes_that_the_model_computes(self):
        lines = self.lines_of(models.exported(), "--dim", "batch=1", "--dim", "rows=15", "--dim", "columns=11")
        self.assertEqual(lines, {
            "c4 h15 w11 k6 r3 s3 dh3 dw2 pt6 pl1 pr3 nhwc bias": 1,
            "c6 h7 w11 k5 r1 s1 nhwc bias": 1,
        })

    def test_what_cannot_be_a_problem_is_named_with_its_reason(self):
        ended = self.run_on(models.refused())
        self.assertEqual(ended.returncode, 1)
        for needle in ("3 spatial axes", "transposed", "quantised", "4×rows×free[3]", "float16", "no constants",
                       "com.microsoft", "shape of its input is not known", "inside If"):
            self.assertIn(needle, ended.stdout)
            self.assertIn(needle, ended.stderr)
        rows = ended.stdout.splitlines()
        self.assertIn("network.onnx: 1 of 12 convolutions, 1 problem,", rows[0])
        self.assertEqual(sum(row.startswith("# not listed: ") for row in rows), 11)
        self.assertEqual(rows[-1], "c4 h9 w9 k4 r3 s3 nhwc bias\t1\tconv0")
        self.assertIn("free dimensions: rows, free[3]; fix them: --dim rows=N --dim free[3]=N", ended.stderr)
        self.assertIn("2 of 12", self.run_on(None, "--dim", "rows=8", "--dim", "free[3]=7").stdout)

    def test_weights_beside_the_file_are_not_needed(self):
        inside = self.lines_of(models.wavenet(), "--dim", "batch=1")
        models.save_outside(models.wavenet(), self.path)
        self.assertEqual(self.run_on(None, "--dim", "batch=1").returncode, 0)
        self.assertEqual(self.lines_of(None, "--dim", "batch=1"), inside)
        models.save_outside(models.context_module(), self.path)
        self.path.with_name("network.onnx.data").unlink()
        self.assertEqual(sum(self.lines_of(None).values()), 8)

    def test_the_script_itself(self):
        onnx.save(models.context_module(), self.path)
        ended = subprocess.run([COMMAND, self.path], capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stdout, ended.stderr), run(self.path))
        self.assertTrue(ended.stdout.startswith("# network.onnx: 8 of 8 convolutions, 6 problems, "))

    def test_bad_input_is_told_in_one_line(self):
        self.path.write_text("no model")
        for ended, needle in (
                (self.run_on(None), "no ONNX model"),
                (self.run_on(models.context_module(), "--dim", "batch=1"), "none is free"),
                (self.run_on(models.wavenet(), "--dim", "width=1"), "free are: batch"),
                (self.run_on(models.wavenet(), "--dim", "batch=0"), "allowed: name=n"),
                (run("no-such.onnx"), "No such file")):
            self.assertEqual((ended.returncode, ended.stdout), (2, ""))
            self.assertIn(needle, ended.stderr.splitlines()[-1])
            self.assertNotIn("Traceback", ended.stderr)


class ProblemTests(unittest.TestCase):
    def test_same_has_the_upper_or_lower_pad(self):
        axis = Axis(input=8, kernel=4, stride=2, dilation=3)
        self.assertEqual([(same.before, same.after, same.output) for same in map(axis.padded_for_same, (False, True))],
                         [(4, 4, 4), (4, 4, 4)])
        odd = Axis(input=8, kernel=2, stride=1)
        self.assertEqual([(same.before, same.after) for same in map(odd.padded_for_same, (False, True))],
                         [(0, 1), (1, 0)])
        self.assertEqual(Axis(input=9, kernel=1, stride=4).padded_for_same(False), Axis(9, 1, 4))

    def test_totals_are_the_sums_over_the_nodes(self):
        for model, sizes in ((models.deeplab_head(), {"batch": 1, "height": 33, "width": 33}),
                             (models.context_module(), {}), (models.wavenet(), {"batch": 2})):
            graph = Graph(model, sizes)
            nodes = [node for node in graph.nodes if node.op_type == "Conv"]
            flops = 0
            for node in nodes:
                weights, outputs = graph.shape(node.input[1]), graph.shape(node.output[0])
                taps = weights[1]
                for extent in (*weights[2:], *outputs):
                    taps *= extent
                flops += 2 * taps
            found = convolutions(graph)
            self.assertEqual(len(found), len(nodes))
            self.assertEqual(sum(convolution.problem.nominal_flops for convolution in found), flops)

    def test_shapes_that_contradict_each_other(self):
        model = models.context_module()
        model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 22
        self.assertIn("22 channels do not fit weights 21×21×3×3", convolutions(Graph(model))[0].reason)

    def test_texts_of_absent_axes(self):
        self.assertEqual(str(Problem(1, 1, 3, 5, (Axis(1, 1, 2), Axis(1, 1, 2)), "nchw")), "c3 w1 k5 s1 nchw")
        self.assertEqual(str(Problem(1, 1, 3, 5, (Axis(4, 1, 1, 3), Axis(9, 3, 2, 3)), "nhwc")),
                         "c3 h4 w9 k5 r1 s3 stw2 dw3 nhwc")


if __name__ == "__main__":
    unittest.main()
