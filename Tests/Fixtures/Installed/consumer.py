"""The installed Python package: results against NumPy in Float64, arrays without copies, errors that say what to do."""
import sys
import threading

import numpy as np

import atrous


def convolution(x, w, bias, dilation, pad):
    """NHWC, stride 1, Float64."""
    _, height, width, _ = x.shape
    padded = np.pad(x.astype(np.float64), ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    y = np.zeros((x.shape[0], height, width, w.shape[0]))
    for r in range(w.shape[2]):
        for s in range(w.shape[3]):
            window = padded[:, r * dilation:r * dilation + height, s * dilation:s * dilation + width]
            y += window @ w[:, :, r, s].astype(np.float64).T
    return np.maximum(y + bias, 0)


def expect(holds, what):
    print("ok" if holds else "failed", what, sep=": ")
    if not holds:
        sys.exit(1)


def refuses(what, needle, call):
    try:
        call()
    except atrous.AtrousError as error:
        expect(needle in str(error), f"{what}: {error}")
    else:
        expect(False, f"{what} is refused")


random = np.random.default_rng(1)
problem = atrous.Problem("n2 c17 h19 w23 k21 r3 s3 d2 psame nhwc bias relu")
expect(problem.input_shape == (2, 19, 23, 17) and problem.output_shape == (2, 19, 23, 21), "shapes")
expect(str(problem) == "n2 c17 h19 w23 k21 r3 s3 d2 p2 nhwc bias relu", "text")
expect(atrous.Problem("c17 w23 k21 s3 nchw8c").input_shape == (1, 3, 23, 8), "shape of a blocked layout")
expect(atrous.Problem("c5 w1 k7 s1 nchw").output_shape == (1, 7, 1), "shape of one position and one tap")
x = random.standard_normal(problem.input_shape, np.float32)
w = random.standard_normal(problem.weights_shape, np.float32)
bias = random.standard_normal(21, np.float32)
expected = convolution(x, w, bias, 2, 2)

plan = atrous.Plan(problem, w, bias)
print("ok: choice:", plan.choice)
out = atrous.empty(problem.output_shape)
expect(out.ctypes.data % 64 == 0 and plan(x).ctypes.data % 64 == 0, "outputs begin on a cache line")
expect(plan(x, out=out) is out, "results go where they are asked for")
expect(np.abs(out - expected).max() / np.abs(expected).max() < 1e-4, "equal to the definition")
expect(np.array_equal(plan(x), out), "a new array holds the same bits")
pool = atrous.Pool(2)
expect(np.array_equal(atrous.Plan(problem, w, bias, threads=2)(x, pool=pool), atrous.Plan(problem, w, bias)(x)),
       "two threads: the same bits")

moving, target = np.zeros(problem.input_shape, np.float32), np.empty(problem.output_shape, np.float32)
call = plan.bind(moving, out=target)
moving[:] = x
expect(call() is target and np.array_equal(target, out), "a bound call reads its array as it then is: the same bits")
pooled = atrous.Plan(problem, w, bias, threads=2)
expect(np.array_equal(pooled.bind(x, pool=pool)(), pooled(x)), "a bound call on a pool: the same bits")

# The direct kernel of few channels needs no scratch at all.
small = atrous.Plan("c3 h128 w128 k16 r3 s3 d2 p2 nhwc", np.ones((16, 3, 3, 3), np.float32))
expect(small(np.ones((1, 128, 128, 3), np.float32))[0, 64, 64, 0] == 27, f"{small.workspace_bytes} bytes of workspace")

results = [None] * 8


def work(index):
    results[index] = plan(x)


threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
expect(all(np.array_equal(result, out) for result in results), "eight threads with one plan")

refuses("a bad text", "what", lambda: atrous.Problem("c8 w6 what"))
refuses("another type", "float32", lambda: plan(x.astype(np.float64)))
refuses("another shape", "(2, 19, 23, 17)", lambda: plan(x[:1]))
refuses("a view with gaps", "ascontiguousarray", lambda: plan(np.empty((2, 19, 23, 34), np.float32)[..., ::2]))
refuses("binding another shape", "(2, 19, 23, 17)", lambda: plan.bind(x[:1]))
refuses("a forgotten bias", "bias", lambda: atrous.Plan(problem, w))
same = atrous.Plan("c4 w8 k4 s1 nhwc add", np.ones((4, 4, 1), np.float32))
one, two = np.ones((1, 8, 4), np.float32), np.ones((1, 8, 4), np.float32)
refuses("its input for output", "overlaps input", lambda: same(one, residual=two, out=one))
refuses("its residual for output", "overlaps residual", lambda: same(one, residual=two, out=two))
refuses("binding its residual for output", "overlaps residual", lambda: same.bind(one, residual=two, out=two))
refuses("a residual too many", "residual", lambda: plan(x, residual=out))
refuses("a missing table", "no/such/table", lambda: atrous.Table.read("no/such/table"))
refuses("a bad table", "header", lambda: atrous.Table.parse("nonsense"))
refuses("a path for a table", "Table.read", lambda: atrous.Table("no/such/table"))
if len(sys.argv) > 1:
    table = atrous.Table.read(sys.argv[1])
    tabled = atrous.Plan(problem, w, bias, table=table)
    expect(sys.argv[1] in tabled.choice, "a table from a file is asked first")
    expect(np.abs(tabled(x) - expected).max() / np.abs(expected).max() < 1e-4, "and its kernel equals the definition")
