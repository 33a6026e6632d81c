"""One entrant in a process of its own, pinned: python -m peers.worker NAME THREADS CORES OPTIONS.

Reads a JSON object a line, writes one a line; blocked in between, so that only one entrant is ever at work. Commands:
    {"prepare": numbers, "one_dimensional": b, "text": t, "folder": f, "form": only this, if given}
        x.npy, w.npy, where.npy of the folder → {form, detail, seconds a call} and outputs NAME.npy;
        or {refused: reason}
    {"run": calls} → {seconds} of all of them
    {"release": true} → {}
"""
import ctypes
import gc
import json
import os
import sys
import time

WARM_SECONDS = 0.02


def main():
    name, threads, cores, options = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3]), json.loads(sys.argv[4])
    os.sched_setaffinity(0, cores)
    # Whatever a library prints goes to standard error; answers keep the pipe.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    from . import entrants
    module = entrants.load(name)
    answers.write(json.dumps({"version": module.version(), "settings": module.SETTINGS}) + "\n")
    worker = Worker(module, name, threads, options)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = worker.answer(command)
        except entrants.Refusal as reason:
            worker.release()
            answer = {"refused": str(reason)}
        except Exception as error:
            worker.release()
            answer = {"refused": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        answers.write(json.dumps(answer) + "\n")


class Worker:
    def __init__(self, module, name, threads, options):
        self.module, self.name, self.threads, self.options = module, name, threads, options
        self.convolution = None

    def answer(self, command):
        if "prepare" in command:
            return self.prepare(command)
        if "run" in command:
            # Others have had the caches since: where a batch is many calls, the first is outside the clock.
            if command["run"] > 1:
                self.convolution.run(1)
            begin = time.perf_counter()
            self.convolution.run(command["run"])
            return {"seconds": time.perf_counter() - begin}
        self.release()
        return {}

    def prepare(self, command):
        """The fastest form of those that run; ties go to the first."""
        import numpy
        from . import entrants
        from .shape import Shape
        shape = Shape.from_numbers(command["prepare"], command["one_dimensional"], command["text"])
        x, w, where = (numpy.load(f"{command['folder']}/{part}.npy") for part in ("x", "w", "where"))
        best, refusals = None, []
        for form in [command["form"]] if "form" in command else self.module.forms(self.name, shape):
            try:
                convolution = self.module.Convolution(self.name, form, shape, x, w, self.threads, self.options)
                seconds = warm(convolution)
            except Exception as reason:
                refusals.append(f"{form}: {' '.join(str(reason).split())[:300]}" if form else str(reason)[:300])
                convolution = None
                continue
            if best is None or seconds < best[0]:
                best = (seconds, form, convolution)
            convolution = None
            gc.collect()
        if best is None:
            raise entrants.Refusal("; ".join(refusals))
        del x, w
        seconds, form, self.convolution = best
        y = self.convolution.read()
        numpy.save(f"{command['folder']}/{self.name}.npy", y[where[:, 0], :, where[:, 1], where[:, 2]])
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        detail = getattr(self.convolution, "detail", "")
        return {"form": form, "detail": detail, "seconds": seconds, "refused_forms": refusals}

    def release(self):
        """Gives the memory back, also the allocator's."""
        self.convolution = None
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)


def warm(convolution):
    """Seconds a call: the least of at least two batches after the first call."""
    begin = time.perf_counter()
    convolution.run(1)
    least = first = time.perf_counter() - begin
    if first > 1:
        return first
    calls, spent = 1, 0
    for _ in range(5):
        begin = time.perf_counter()
        convolution.run(calls)
        taken = time.perf_counter() - begin
        least, spent = min(least, taken / calls), spent + taken
        if spent > WARM_SECONDS * 2:
            break
        calls = max(1, int(WARM_SECONDS / 4 / max(least, 1e-7)))
    return least


if __name__ == "__main__":
    main()
