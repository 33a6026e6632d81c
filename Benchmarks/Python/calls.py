"""What a call from Python costs when there is nothing to compute: `NAME <TAB> VALUE <TAB> UNIT`, medians."""
import time

import numpy

import atrous


def nanoseconds(call, calls=2000, rounds=31):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter_ns()
        for _ in range(calls):
            call()
        times.append((time.perf_counter_ns() - begin) / calls)
    return sorted(times)[rounds // 2]


plan = atrous.Plan("c1 w1 k1 s1 nhwc", numpy.ones((1, 1, 1), numpy.float32))
x = numpy.ones(plan.problem.input_shape, numpy.float32)
out = numpy.empty(plan.problem.output_shape, numpy.float32)
bound = plan.bind(x, out=out)
print(f"Python: plan(x, out=out)\t{nanoseconds(lambda: plan(x, out=out)) / 1000:.1f}\tµs")
print(f"Python: a bound call\t{nanoseconds(bound) / 1000:.2f}\tµs")
