"""The command behind Scripts/peers."""
import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from . import entrants, layouts, measure, report, shape, store


def main():
    options = arguments()
    shapes = chosen(options)
    cores = sorted(os.sched_getaffinity(0))
    cores = options.cores or cores[-options.threads:]
    if len(cores) != options.threads:
        fail(f"{options.threads} threads on {len(cores)} cores; allowed: one thread a core")
    os.sched_setaffinity(0, cores)
    try:
        names = entrants.expand(options.peers.split(",") if options.peers else entrants.MODULES)
    except ValueError as reason:
        fail(str(reason))
    scratch = options.scratch
    table = the_table(options, shapes) if any(map(entrants.is_ours, names)) else None
    print(f"{len(shapes)} shapes, {len(names)} entrants, {options.threads} threads on cores {cores}, table {table}")
    with open(scratch / "workers.log", "ab") as log:
        session = measure.Session(names, options.threads, cores, {"table": table and str(table)}, log)
        for name, reason in session.failures.items():
            print(f"{name} {reason}; see {log.name}", file=sys.stderr)
        if not session.processes:
            fail("nobody starts")
        try:
            rows, content = run(session, shapes, options, cores)
        except KeyboardInterrupt:
            print("interrupted: what is finished is kept", file=sys.stderr)
            sys.exit(130)
        finally:
            session.stop()
    if options.markdown:
        Path(options.markdown).write_text(report.markdown(content, rows))
    print(report.last_line(rows, options.threads))


def run(session, shapes, options, cores):
    """Measures what the file does not hold yet; the rows of all, and the file's content."""
    versions = dict(session.versions)
    for name in versions:
        if entrants.is_ours(name):
            versions[name] += " " + store.digest(os.environ["ATROUS_LIBRARY"])
    file = store.Store(options.json, {
        "machine": store.facts(cores), "threads": options.threads, "seed": options.data_seed, "versions": versions,
        "settings": session.settings})
    begin = time.monotonic()
    for index, each in enumerate(shapes):
        if file.find(each.text, options.rounds, session.names):
            continue
        moment = store.moment()
        record = measure.measure(session, each, options.data_seed, options.rounds, options.seconds, options.scratch)
        file.add({**record, "moment": moment, "rounds_asked": options.rounds})
        print(f"{index + 1}/{len(shapes)} {line(report.Row(record, each))} "
              f"({record['took_seconds']:.0f} s, {time.monotonic() - begin:.0f} s in all)", flush=True)
        if options.markdown:
            Path(options.markdown).write_text(
                report.markdown(file.content, report.judge(file.content["shapes"], shapes)))
    return report.judge(file.content["shapes"], shapes), file.content


def line(row):
    if not row.ratio:
        return f"{row.name}: no ratio; ours {row.ours}, best peer {row.best}"
    ours, best = row.ours, row.best
    return (f"{row.name}: {ours} {row.gflops(ours):.0f}, {best} {row.gflops(best):.0f}, "
            f"{row.ratio[0]:.2f} [{row.ratio[1]:.2f}, {row.ratio[2]:.2f}]")


def chosen(options):
    """The shapes asked for, each once."""
    texts = []
    if options.random:
        texts += shape.random_texts(options.random, options.seed)
    if options.problems:
        lines = Path(options.problems).read_text().splitlines()
        texts += [text.split("\t")[0] for text in lines if text.strip() and not text.startswith("#")]
    for suite in options.suite or ([] if texts else ["quick"]):
        texts += suite_texts(options.atrous, suite)
    shapes = {}
    for text in texts:
        try:
            parsed = shape.parse(text)
        except Exception as reason:
            fail(str(reason))
        shapes.setdefault(parsed.text, parsed)
    return list(shapes.values())


def suite_texts(command, suite):
    names = [suite]
    if suite == "all":
        listed = json.loads(output([command, "suites", "--json"]))
        names = [one["name"] for one in listed]
    suites = [json.loads(output([command, "suites", name, "--json"])) for name in names]
    return [line["problem"] for one in suites for line in one["lines"]]


def the_table(options, shapes):
    """A given table; else one exported from a given database; else one tuned here, for these shapes in every layout of ours."""
    if options.table:
        return Path(options.table)
    table = options.scratch / f"atrous-{options.threads}.table"
    database = options.database
    if not database:
        database = options.scratch / f"tuned-{options.threads}.json"
        problems = options.scratch / "problems.txt"
        ours = [layouts.layout_of(name) for name in entrants.NAMES["atrous"]]
        texts = [f"{each.text} {layout}\n" for each in shapes for layout in ours if layouts.takes(layout, each)]
        problems.write_text("".join(texts))
        print(f"tuning {len(texts)} problems, budget {options.budget}", flush=True)
        tuned = subprocess.run([
            options.atrous, "tune", "--problems", problems, "--threads", str(options.threads),
            "--budget", options.budget, "--database", database, "--json"], stdout=subprocess.DEVNULL)
        if tuned.returncode:
            fail("tuning failed, for the reasons above")
    output([options.atrous, "export", database, "--format", "table", "-o", table])
    return table


def output(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        fail(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
    return done.stdout


def fail(text):
    print(f"peers: {text}", file=sys.stderr)
    sys.exit(2)


def arguments():
    parser = argparse.ArgumentParser(prog="peers", description="Atrous and other libraries in alternating rounds.")
    parser.add_argument("--suite", action="append", help="a suite (see `atrous suites`), or all; may be repeated")
    parser.add_argument("--problems", help="a file, a problem text a line")
    parser.add_argument("--random", type=int, help="so many random problems in the classes of the suites")
    parser.add_argument("--seed", type=int, default=1, help="of the random problems")
    parser.add_argument("--data-seed", type=int, default=1, help="of inputs and weights")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--cores", type=lambda text: [int(core) for core in text.split(",")], help="default: the last ones allowed")
    parser.add_argument("--peers", help="joined by commas; default: all of " + ", ".join(entrants.MODULES))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=30, help="a shape and peer, after which no further round starts")
    parser.add_argument("--json", help="results; a run goes on in it")
    parser.add_argument("--markdown", help="the tables")
    parser.add_argument("--database", help="whose winners Atrous takes (default: tuned here)")
    parser.add_argument("--table", help="the table that Atrous takes")
    parser.add_argument("--budget", default="20m", help="of tuning, where neither is given")
    parser.add_argument("--atrous", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--scratch", type=Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.threads < 1 or options.rounds < 1:
        fail("threads and rounds are 1 or more")
    return options


main()
