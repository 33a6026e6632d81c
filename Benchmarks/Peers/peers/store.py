"""The JSON file: what was run, on what, and a record a shape; kept when a run goes on in it."""
import hashlib
import json
import os
import platform
import time

SCHEMA = 1


def facts(cores):
    """The machine: what a number stands with."""
    lines = open("/proc/cpuinfo").read().splitlines()
    field = lambda key: next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "?")
    memory = open("/proc/meminfo").readline().split()[1]
    return {
        "cpu": field("model name"), "family_model_stepping": ".".join(
            field(key) for key in ("cpu family", "model\t", "stepping")),
        "online_cpus": os.cpu_count(), "cores_used": cores, "memory_kib": int(memory), "kernel": platform.release(),
        "python": platform.python_version()}


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()[:16]


def moment():
    return {"date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "load_average": os.getloadavg()}


class Store:
    """Shapes measured by the same versions on the same machine with the same threads are kept, others go to FILE~."""

    def __init__(self, path, header):
        self.path = path
        self.content = {"schema": SCHEMA, **header, "shapes": []}
        if path and os.path.exists(path):
            self._adopt(json.load(open(path)))

    def _adopt(self, old):
        """Versions may cover different entrants: those in both files must be the same."""
        differing = [key for key in ("schema", "machine", "threads", "seed") if old.get(key) != self.content[key]]
        versions, before = self.content["versions"], old.get("versions", {})
        differing += [name for name in before if versions.get(name, before[name]) != before[name]]
        if not differing:
            self.content["shapes"] = old["shapes"]
            for key in ("versions", "settings"):
                self.content[key] = {**old[key], **self.content[key]}
            return
        os.replace(self.path, self.path + "~")
        print(f"{self.path} is of another {', '.join(differing)}: moved to {self.path}~, all shapes are measured anew")

    def find(self, text, rounds, names):
        """The record of a problem text with these entrants and at least so many rounds asked for, or None."""
        for record in self.content["shapes"]:
            if record["problem"] == text and record["rounds_asked"] >= rounds and set(names) <= set(record["peers"]):
                return record
        return None

    def add(self, record):
        """Written at once, whole or not at all."""
        shapes = [old for old in self.content["shapes"] if old["problem"] != record["problem"]]
        self.content["shapes"] = shapes + [record]
        if self.path:
            with open(self.path + ".part", "w") as file:
                json.dump(self.content, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(self.path + ".part", self.path)
