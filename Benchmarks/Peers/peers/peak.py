"""The FMA peak of the pinned cores, and round trips between them, by native/peak.c."""
import ctypes
import os

_STEPS = 300_000     # about 2 ms of AVX2 at 3.5 GHz
_REPEATS = 3


def _load():
    library = ctypes.CDLL(os.environ["PEERS_LIBRARIES"] + "/peak.so")
    library.fma_peak.restype = ctypes.c_double
    library.fma_peak.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
    library.round_trip.restype = ctypes.c_double
    library.round_trip.argtypes = (ctypes.c_int, ctypes.c_int)
    return library


_library = None


def round_trip(threads, cores):
    """Nanoseconds of a cache line from the first core to another and back, the longest of all others; None where threads
    cannot be had."""
    global _library
    _library = _library or _load()
    trips = [_library.round_trip(cores[0], core) for core in cores[1:threads]]
    return round(max(trips), 1) if min(trips) > 0 else None


def gflops(threads, cores):
    """GFLOP/s of `threads` threads, one a core: the best of a few."""
    global _library
    _library = _library or _load()
    places = (ctypes.c_int * threads)(*cores[:threads])
    return max(_library.fma_peak(threads, places, _STEPS) for _ in range(_REPEATS))
