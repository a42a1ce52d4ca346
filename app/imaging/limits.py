"""The seam to the operating system: what a worker process may use, and how it is started.

POSIX: resource limits, set by the worker itself before it reads anything. Windows: a job object, set in the
same place; written from Microsoft's documentation and not run by us so far.
"""

import os
import signal
import sys
from dataclasses import dataclass
from functools import cache
from multiprocessing.context import ForkServerContext, SpawnContext

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one worker may use."""

    memory: int = 1024 * MEGABYTE  # address space
    memory_for_many_frames: int = 2048 * MEGABYTE
    processor_seconds: int = 10  # for one job
    open_files: int = 64


@cache
def process_context(preload: tuple[str, ...]) -> ForkServerContext | SpawnContext:
    """Return how workers are started: from a small process that has the codecs loaded, or afresh on Windows."""
    # Cached because the standard library has one such process for all pools of a program.
    if sys.platform == "win32":
        return SpawnContext()
    from multiprocessing import forkserver

    context = ForkServerContext()
    context.set_forkserver_preload(list(preload))
    # The process finds our package only by what it is told here (Python 3.11 passes no path on), and numpy's
    # BLAS takes 32 MB of address space a processor when imported, for matrices that no worker multiplies.
    wanted = {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "OPENBLAS_NUM_THREADS": "1"}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    return context


def restrict(limits: Limits) -> None:
    """Hold this process to its limits from here on, and keep it silent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's business
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)  # codecs write warnings about the file; logs must not hold its content
    if sys.platform == "win32":
        _restrict_by_job_object(limits)
    else:
        import resource

        os.nice(5)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory_for_many_frames))


def start_job(limits: Limits) -> None:
    """Give this process the processor time and memory of one more job."""
    if sys.platform != "win32":
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        until = int(used.ru_utime + used.ru_stime) + limits.processor_seconds + 1
        resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory_for_many_frames))


def allow_many_frames(limits: Limits) -> None:
    """Give this process the memory that a large multi-frame file may take."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_for_many_frames, limits.memory_for_many_frames))


if sys.platform == "win32":

    def _restrict_by_job_object(limits: Limits) -> None:
        import ctypes
        from ctypes import wintypes

        class BasicLimits(ctypes.Structure):
            _fields_ = (
                ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
                ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
                ("LimitFlags", wintypes.DWORD),
                ("MinimumWorkingSetSize", ctypes.c_size_t),
                ("MaximumWorkingSetSize", ctypes.c_size_t),
                ("ActiveProcessLimit", wintypes.DWORD),
                ("Affinity", ctypes.c_size_t),
                ("PriorityClass", wintypes.DWORD),
                ("SchedulingClass", wintypes.DWORD),
            )

        class ExtendedLimits(ctypes.Structure):
            _fields_ = (
                ("Basic", BasicLimits),
                ("IoCounters", ctypes.c_ulonglong * 6),
                ("ProcessMemoryLimit", ctypes.c_size_t),
                ("JobMemoryLimit", ctypes.c_size_t),
                ("PeakProcessMemoryUsed", ctypes.c_size_t),
                ("PeakJobMemoryUsed", ctypes.c_size_t),
            )

        process_memory, die_on_exception, extended = 0x100, 0x400, 9
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = wintypes.HANDLE
        kernel.GetCurrentProcess.restype = wintypes.HANDLE
        wanted = ExtendedLimits()
        wanted.Basic.LimitFlags = process_memory | die_on_exception
        wanted.ProcessMemoryLimit = limits.memory_for_many_frames
        job = wintypes.HANDLE(kernel.CreateJobObjectW(None, None))
        ready = kernel.SetInformationJobObject(job, extended, ctypes.byref(wanted), ctypes.sizeof(wanted))
        if not ready or not kernel.AssignProcessToJobObject(job, wintypes.HANDLE(kernel.GetCurrentProcess())):
            raise OSError(ctypes.get_last_error(), "no job object")
