"""One shape: every entrant prepares, is checked, and then runs in alternating rounds."""
import math
import random
import tempfile
import time

import numpy

from . import entrants, peak, reference
from .process import Died, Process

ERROR_LIMIT = 1e-4
SLOW_FACTOR = 4
BATCH_SECONDS = 0.015
PREPARE_SECONDS = 600
HEAVY_BYTES = 128 << 20   # of weights, over which only one entrant holds its packed copy at a time
PAUSE_SECONDS = 0.005     # with several threads: pools that spin a while after a call have gone to sleep


class Session:
    """The processes of all entrants, started when first needed and again after a death."""

    def __init__(self, names, threads, cores, options, log):
        self.names, self.threads, self.cores, self.options, self.log = names, threads, cores, options, log
        self.processes, self.versions, self.settings, self.failures = {}, {}, {}, {}
        for name in names:
            self.start(name)

    def start(self, name):
        """Whether the entrant runs; a failure is kept as its reason."""
        if name in self.processes:
            return True
        try:
            process = Process(name, self.threads, self.cores, self.options, self.log)
        except Died as reason:
            self.failures[name] = f"does not start: {reason}"
            return False
        self.processes[name] = process
        self.versions[name], self.settings[name] = process.greeting["version"], process.greeting["settings"]
        return True

    def ask(self, name, command, seconds):
        try:
            return self.processes[name].ask(command, seconds)
        except Died as reason:
            del self.processes[name]
            raise reason

    def release(self):
        for name in list(self.processes):
            try:
                self.ask(name, {"release": True}, 60)
            except Died:
                pass

    def stop(self):
        for process in self.processes.values():
            process.stop()


def measure(session, shape, seed, rounds, seconds, scratch):
    """The record of a shape: the peak GFLOP/s a round; by entrant samples (seconds a call), error, form; or why not."""
    begin = time.monotonic()
    peers, peaks = {}, []
    dice = random.Random(f"{seed} {shape.text}")
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        prepare(session, shape, seed, folder, peers)
        for round in range(rounds):
            order = [name for name in session.names if running(peers[name], seconds)]
            if not order:
                break
            dice.shuffle(order)
            peaks.append(peak.gflops(session.threads, session.cores))
            for name in order:
                again = {**command(shape, folder), "form": peers[name]["form"]} if heavy(shape) else None
                sample(session, name, peers[name], round, again)
            if round == 0:
                stop_slow(peers)
    session.release()
    return {
        "problem": shape.text, "nominal_flops": shape.nominal_flops, "useful_flops": shape.useful_flops,
        "output": shape.output_shape, "peak_gflops": peaks, "peers": peers, "took_seconds": time.monotonic() - begin}


def heavy(shape):
    return 4 * math.prod(shape.weights_shape) > HEAVY_BYTES


def command(shape, folder):
    return {"prepare": shape.numbers(), "one_dimensional": shape.one_dimensional, "text": shape.text, "folder": folder}


def prepare(session, shape, seed, folder, peers):
    """Writes the data, has every entrant pack its weights and warm up, and compares what it computes."""
    x, w = reference.data(shape, seed)
    where = reference.positions(shape, seed)
    expected = reference.convolve(shape, x, w, where)
    for name, array in (("x", x), ("w", w), ("where", where)):
        numpy.save(f"{folder}/{name}.npy", array)
    del x, w
    for name in session.names:
        if not session.start(name):
            peers[name] = {"refused": session.failures[name]}
            continue
        try:
            answer = session.ask(name, command(shape, folder), PREPARE_SECONDS)
            if heavy(shape) and "refused" not in answer:
                session.ask(name, {"release": True}, 60)
        except Died as reason:
            peers[name] = {"refused": f"while preparing: {reason}"}
            continue
        if "refused" in answer:
            peers[name] = answer
            continue
        error = reference.error(numpy.load(f"{folder}/{name}.npy"), expected)
        peers[name] = {
            "form": answer["form"], "detail": answer["detail"], "refused_forms": answer["refused_forms"],
            "warm_seconds": answer["seconds"], "max_error": error if math.isfinite(error) else 1e300,
            "compared_positions": len(where),
            "counts": error <= ERROR_LIMIT, "samples": [], "rounds": [], "calls": [], "spent_seconds": 0}


def running(peer, seconds):
    return "samples" in peer and "stopped" not in peer and peer["spent_seconds"] < seconds


def sample(session, name, peer, round, again=None):
    """A batch that is long enough for the clock; its seconds a call. `again` prepares anew, to release afterwards."""
    estimate = min([peer["warm_seconds"], *peer["samples"]])
    calls = max(1, math.ceil(BATCH_SECONDS / estimate))
    try:
        if again:
            session.ask(name, again, PREPARE_SECONDS)
        if session.threads > 1:
            time.sleep(PAUSE_SECONDS)
            trip = peak.round_trip(session.threads, session.cores)
        taken = session.ask(name, {"run": calls}, 60 + 20 * calls * estimate)["seconds"]
        if again:
            session.ask(name, {"release": True}, 60)
    except (Died, KeyError) as reason:
        peer["stopped"] = f"while running: {reason}"
        return
    peer["samples"].append(taken / calls)
    peer["rounds"].append(round)
    peer["calls"].append(calls)
    if session.threads > 1:
        peer.setdefault("round_trips", []).append(trip)
    peer["spent_seconds"] += taken


def stop_slow(peers):
    """After one round: nobody goes on at over SLOW_FACTOR times the fastest, but for the better one of ours."""
    first = {name: peer["samples"][0] for name, peer in peers.items() if peer.get("samples") and peer["counts"]}
    if not first:
        return
    leader = min(first, key=first.get)
    ours = min((name for name in first if entrants.is_ours(name)), key=first.get, default=None)
    for name, peer in peers.items():
        if name != ours and peer.get("samples") and peer["samples"][0] > SLOW_FACTOR * first[leader]:
            peer["stopped"] = f"over {SLOW_FACTOR}× the time of {leader} after one round"
