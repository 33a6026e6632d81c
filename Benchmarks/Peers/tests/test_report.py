"""Ratios, classes, the table and its last line."""
import unittest

from peers import report, tax
from peers.shape import CLASSES, Axis, Shape, classify
from peers.statistics import geometric_mean, ratio


def square(extent, d, c=64, k=64, g=1, r=3):
    axis = Axis(extent, r, 1, d, d * (r - 1) // 2, d * (r - 1) // 2)
    return Shape(1, g, c, k, axis, axis, text=f"c{c} h{extent} d{d}")


def line(taps, d, c=64, g=1):
    return Shape(1, g, c, c, Axis(1, 1), Axis(1000, taps, 1, d, d * (taps - 1), 0), True)


def peer(samples, error=1e-6, **more):
    rounds = list(range(len(samples)))
    return {"samples": samples, "rounds": rounds, "counts": error <= 1e-4, "max_error": error, **more}


def record(shape, peers):
    return {
        "problem": shape.text, "nominal_flops": 2e9, "useful_flops": 1e9, "peak_gflops": [100.0] * 5, "peers": peers,
        "moment": {"date": "2026-01-02T03:04:05Z"}}


class StatisticsTests(unittest.TestCase):
    def test_ratio_of_medians_within_its_interval(self):
        theirs, ours = {0: 2.0, 1: 2.2, 2: 2.1, 3: 1.9, 4: 2.0}, {0: 1.0, 1: 1.1, 2: 1.0, 3: 0.9, 4: 1.0}
        middle, low, high = ratio(theirs, ours)
        self.assertAlmostEqual(middle, 2)
        self.assertTrue(1.8 <= low <= middle <= high <= 2.3)

    def test_rounds_are_drawn_together(self):
        slow = {round: 1.0 if round % 2 else 10.0 for round in range(9)}
        middle, low, high = ratio({round: 2 * time for round, time in slow.items()}, slow)
        self.assertEqual((middle, low, high), (2, 2, 2))

    def test_only_rounds_of_both(self):
        self.assertEqual(ratio({0: 8.0}, {0: 2.0, 1: 100.0})[0], 4)
        self.assertRaises(ValueError, ratio, {0: 1.0}, {1: 1.0})

    def test_geometric_mean(self):
        self.assertAlmostEqual(geometric_mean([1, 4]), 2)


class ReportTests(unittest.TestCase):
    def content(self, threads):
        return {
            "machine": {"cpu": "C", "family_model_stepping": "1", "cores_used": [0], "online_cpus": 2}, "threads": threads,
            "versions": {"ncnn": "1"}, "settings": {"ncnn": "as told"}}

    def test_classes(self):
        for shape, index in (
                (square(33, 2), 0), (square(33, 12), 1), (square(64, 8, 21, 21), 2), (line(3, 16), 3), (line(2, 64), 4),
                (square(33, 18, 64, 64, 64), 5), (line(3, 8, 512, 512), 6), (square(33, 1), 7),
                (line(3, 1, 512, 512), 7), (square(60, 4, 512, 512, 1, 7), 8), (square(64, 4, 84, 168), 2)):
            self.assertEqual(classify(shape), CLASSES[index], shape)

    def test_distances(self):
        near, far = {"round_trips": [100.0, 120.0]}, {"round_trips": [350.0, 360.0]}
        shapes = [square(33, rate) for rate in (2, 3, 4)]
        text = report.markdown(self.content(2), report.judge([
            record(shapes[0], {"atrous-nhwc": peer([1.0, 1.0], **near), "litert": peer([2.0, 2.0], **near)}),
            record(shapes[1], {"atrous-nhwc": peer([1.0, 1.0], **far), "litert": peer([3.0, 3.0], **far)}),
            record(shapes[2], {"atrous-nhwc": peer([1.0, 1.0], **near), "litert": peer([4.0, 4.0], round_trips=[None, 350.0])}),
        ], shapes))
        self.assertIn("120 ns to another core and back (least 100, most 360): measured before 11 samples", text)
        self.assertIn("under 300 ns: 1 shapes, geometric mean 2.00", text)
        self.assertIn("over 300 ns: 1 shapes, geometric mean 3.00", text)

    def test_distances_of_one_thread(self):
        shape = square(33, 2)
        row = report.Row(record(shape, {"atrous-nhwc": peer([1.0] * 5), "ncnn": peer([2.0] * 5)}), shape)
        self.assertNotIn("Between the cores", report.markdown(self.content(1), [row]))

    def test_who_counts(self):
        shape = square(33, 2)
        row = report.Row(record(shape, {
            "atrous-nchw": peer([3.0] * 5), "atrous-nhwc": peer([1.0] * 5), "mnn": peer([0.5] * 5, 1e-3),
            "ncnn": peer([2.0] * 5), "litert": {"refused": "no"}, "pytorch": peer([9.0], stopped="over 4×")}), shape)
        self.assertEqual((row.ours, row.best, row.ratio), ("atrous-nhwc", "ncnn", (2, 2, 2)))
        self.assertEqual(row.gflops("ncnn"), 1)
        self.assertAlmostEqual(row.peak_share("atrous-nhwc"), 0.01)
        text = report.markdown(self.content(1), [row])
        for part in (
                "- mnn, c64 h33 d2: 1.0e-03", "- litert: no (1: c64 h33 d2)", "4 (2) ×", "ncnn 1: as told",
                "0.222 (0) ·"):
            self.assertIn(part, text)
        self.assertEqual(text.splitlines()[-1], "geomean 2.00 min 2.00 shapes 1 threads 1")

    def test_nothing_to_judge(self):
        shape = square(33, 2)
        row = report.Row(record(shape, {"atrous-nhwc": {"refused": "no"}, "ncnn": peer([2.0] * 5)}), shape)
        self.assertIsNone(row.ratio)
        self.assertEqual(report.last_line([row], 2), "geomean - min - shapes 0 threads 2")


class TaxTests(unittest.TestCase):
    def row(self, shape, ours, theirs):
        peers = {"atrous-nhwc": peer([ours] * 5), "ncnn": peer([theirs] * 5)}
        useful = {"nominal_flops": shape.nominal_flops, "useful_flops": shape.useful_flops}
        return report.Row({**record(shape, peers), **useful}, shape)

    def time(self, shape, share):
        return shape.useful_flops / share / 100e9

    def test_against_rate_one(self):
        shapes = {d: square(33, d) for d in (1, 2, 16)}
        rows = [self.row(shape, self.time(shape, share), 1) for shape, share in zip(shapes.values(), (0.9, 0.6, 0.3))]
        family, = tax.families(rows[::-1])
        self.assertEqual({rate: round(each, 6) for rate, each in family.taxes(tax.ours).items()}, {2: 1.5, 16: 3})
        text = "\n".join(tax.section(rows))
        self.assertIn("| c64 h33 d1 | 1.50 / ", text)
        self.assertIn("(3.00 / ", text)                    # d16: 47 % of the taps
        self.assertIn("- Atrous, where 70 % of the taps and more touch data (1 points): geometric mean 1.50, worst 1.50", text)

    def test_no_family(self):
        rows = [self.row(square(33, d), 1, 1) for d in (2, 4, 8)] + [self.row(square(64, d), 1, 1) for d in (1, 2)]
        self.assertEqual(tax.section(rows + [self.row(line(3, d), 1, 1) for d in (1, 2, 4)]), [])
