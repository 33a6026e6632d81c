"""Reads what the benchmark package wrote as JMH and prints `NAME <TAB> VALUE <TAB> UNIT`, medians of a call."""
import json
import sys

CALLS = 1000     # a sample


def value(results, name, metric):
    return results[name]["secondaryMetrics"][metric]["scorePercentiles"]["50.0"]


def line(name, value, unit):
    print(name, value, unit, sep="\t")


results = {entry["benchmark"].rpartition(".")[2].replace("_", " "): entry for entry in json.load(sys.stdin)}
times = {name: 1000 * value(results, name, "Time (wall clock)") / CALLS for name in results if name != "table"}
line("one pixel: kernel", f"{times['kernel']:.1f}", "ns")
line("execute, over its kernel", f"{times['execute'] - times['kernel']:.1f}", "ns")
line("run, over its kernel", f"{times['run'] - times['kernel']:.1f}", "ns")
line("allocations of execute, run", f"{value(results, 'execute', 'allocations') / CALLS:g}, "
     f"{value(results, 'run', 'allocations') / CALLS:g}", "")
line("lookup by key, embedded table", f"{times['find among few']:.1f}", "ns")
line("lookup by key, 1,000 problems", f"{times['find among 1000']:.1f}", "ns")
line("allocations of a lookup", f"{value(results, 'find among 1000', 'allocations') / CALLS:g}", "")
line("the whole ladder, exact", f"{times['resolve'] / 1000:.2f}", "µs")
line("table, a problem", f"{value(results, 'table', 'bytes'):g}", "bytes")
