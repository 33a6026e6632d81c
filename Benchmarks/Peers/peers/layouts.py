"""The layouts Atrous takes part in, and which shapes fit them."""
from pathlib import Path


def _blocked():
    """Blocks as wide as the vectors, as oneDNN's are."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="ignore")
    return "nchw16c" if " avx512f" in cpu else "nchw8c"


def layout_of(name):
    """Of one of Atrous's entrants."""
    kind = name.removeprefix("atrous-")
    return _blocked() if kind == "blocked" else kind


def takes(layout, shape):
    """Whether whole blocks hold at most a tenth more channels than there are; plain layouts take all."""
    block = {"nchw8c": 8, "nchw16c": 16}.get(layout, 1)
    return all(10 * (-channels % block) <= channels for channels in (shape.c, shape.k))
