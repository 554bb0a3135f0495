"""Whose doing an exception of CUDA is: the student's, or the machine's.

The text comes from the worker, so it may move a result towards "a person is needed" and nowhere else: a program that makes such a
text up has its points left open, and a person who reads why. It is asked only where a GPU was assigned.
Source: NVIDIA, CUDA Runtime API, "cudaError", and the texts that PyTorch puts around them.
"""

_OURS = (
    # the device, or the way to it
    "uncorrectable ecc error",
    "uncorrectable nvlink error",
    "hardware stack error",
    "devices are busy or unavailable",
    "device(s) is/are busy or unavailable",
    "no cuda-capable device is detected",
    "no cuda gpus are available",
    "gpu is lost",
    "fallen off the bus",
    "unspecified launch failure",
    "cuda unknown error",
    "cuda error: unknown error",
    "error 999: unknown error",
    # the driver
    "driver shutting down",
    "found no nvidia driver",
    "nvidia driver on your system is too old",
    "driver version is insufficient",
    "unsupported display driver / cuda driver combination",
    "forward compatibility was attempted on non supported hw",
    "system not yet initialized",
    "cuda driver initialization failed",
    "cuda error: initialization error",
    "unexpected error from cudagetdevicecount",
    "cannot re-initialize cuda in forked subprocess",
    # what we installed, or keep from it
    "no kernel image is available for execution on the device",
    "not compiled with cuda enabled",
    "cuda error: operation not permitted",
    "cudnn_status_not_initialized",
    "cublas_status_not_initialized",
    "libcuda.so",
)
_KINDS = ("RuntimeError", "AssertionError", "OSError", "ImportError")
_MEMORY = "out of memory"


def ours(kind: str, detail: str) -> str:
    """Say which trouble of the machine an exception tells of; empty where it tells of none.

    Out of memory is the student's: a GPU has one worker at a time, and nobody else takes its memory.

    >>> ours("RuntimeError", "RuntimeError: CUDA error: uncorrectable ECC error encountered")
    'uncorrectable ecc error'
    >>> ours("RuntimeError", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")
    ''
    """
    if kind not in _KINDS:
        return ""
    text = _message(detail).lower()
    if _MEMORY in text:
        return ""
    return next((sign for sign in _OURS if sign in text), "")


def _message(detail: str) -> str:
    """Take the exception's own words, with all their lines: the last ones of a traceback that are not indented."""
    lines = detail.strip().splitlines()
    inside = [place for place, line in enumerate(lines) if line.startswith((" ", "\t"))]
    return "\n".join(lines[inside[-1] + 1 :] if inside else lines)
