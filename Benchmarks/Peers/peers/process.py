"""The parent's side of a worker: starts it, asks it, outlives its death."""
import json
import os
import select
import subprocess
import sys

from . import entrants

START_SECONDS = 120


class Died(Exception):
    """The process ended, or did not answer in time; the text says which."""


class Process:
    def __init__(self, name, threads, cores, options, log):
        self.name = name
        variables = dict(os.environ, PYTHONUNBUFFERED="1", OMP_PROC_BIND="false", **allocator())
        variables.update(entrants.environment(threads))
        self.child = subprocess.Popen(
            [sys.executable, "-m", "peers.worker", name, str(threads), json.dumps(cores), json.dumps(options)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=variables)
        self.pending = b""
        self.greeting = self._answer(START_SECONDS)

    def ask(self, command, seconds):
        """The answer to a command; Died after `seconds` or at its death."""
        try:
            self.child.stdin.write((json.dumps(command) + "\n").encode())
            self.child.stdin.flush()
        except BrokenPipeError:
            raise Died(self._ending()) from None
        return self._answer(seconds)

    def _answer(self, seconds):
        output = self.child.stdout.fileno()
        while b"\n" not in self.pending:
            if not select.select([output], [], [], seconds)[0]:
                self.stop()
                raise Died(f"no answer within {seconds:.0f} s")
            read = os.read(output, 1 << 16)
            if not read:
                raise Died(self._ending())
            self.pending += read
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line)

    def _ending(self):
        code = self.child.wait()
        return f"died of signal {-code}" if code < 0 else f"ended with {code}"

    def stop(self):
        self.child.kill()
        self.child.wait()


def allocator():
    """glibc: outputs allocated call by call come from memory that stays mapped: no library pays for page faults."""
    return {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 36), "MALLOC_TOP_PAD_": str(1 << 26)}
