"""CIFAR-10's binary files: records of one label byte and 3,072 bytes of pixels, plain or gzip.

Source: A. Krizhevsky, The CIFAR-10 dataset, https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version". The Python version is a
pickle and is never read.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder.errors import SpecError

SIDE, CHANNELS = 32, 3
RECORD = 1 + CHANNELS * SIDE * SIDE
MOST = 100_000
"""Records of one file; the published ones have 10,000."""


def read_records(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Read one file, gzip or not (told by its first bytes, not by its name).

    Never holds more than the largest file that is allowed, so a bomb costs no more than that.

    Returns:
        Images (N, 3, 32, 32): red, green, blue; and labels (N,).

    Raises:
        SpecError: the file cannot be read, or is no whole number of records.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            stream = gzip.GzipFile(fileobj=file) if packed else file
            data = stream.read(MOST * RECORD + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise SpecError(
            f"{path}: cannot be read as a CIFAR-10 file: {type(error).__name__}: {error}; download it again"
        ) from None
    if len(data) > MOST * RECORD:
        raise SpecError(f"{path}: more than {MOST} records of {RECORD} bytes; expected at most so many")
    if not data or len(data) % RECORD:
        raise SpecError(
            f"{path}: {len(data)} bytes, expected a multiple of {RECORD} (a label and {CHANNELS}x{SIDE}x{SIDE} pixels); "
            "take CIFAR-10's binary version"
        )
    records = np.frombuffer(data, dtype=np.uint8).reshape(-1, RECORD)
    return records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE), records[:, 0]
