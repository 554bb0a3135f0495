"""The images that LeNet is trained on: digits that come with scikit-learn, IDX files (MNIST, Fashion-MNIST), CIFAR-10.

Every data set becomes the same thing: float32 images (N, C, H, W) in [0, 1] and int64 labels 0..9. Which images
are taken, and in which order, follows from the SHA-256 of the pixels alone, so neither a library's upgrade nor a
publisher's order of files changes a grade. A name says how much is taken, too: `mnist` is a sample that one core trains
on in seconds, `mnist_full` all of it.

Sources: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998;
Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database, section "File formats for the MNIST database";
H. Xiao, K. Rasul and R. Vollgraf, Fashion-MNIST, arXiv:1708.07747, section 2.
"""

import difflib
import gzip
import hashlib
import math
import os
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from autograder import cifar
from autograder.errors import SpecError, UnknownNameError

SIZE = 28
CLASSES = 10
DIGITS_TRAIN = 1400
"""Of the 1,797 digits; the other 397 are for testing."""
FAST_TRAIN, FAST_TEST = 5000, 2000
"""Images of an IDX data set that the fast track takes."""
CIFAR_TRAIN, CIFAR_TEST = 10_000, 2000
"""Images of CIFAR-10 that are taken, the whole or a part of it being there."""
MAX_IMAGES = 1_000_000
DATA_DIR = "LEGRADE_DATA_DIR"

_IDX_NAMES = ("fashion_mnist", "mnist")
_FULL = "_full"
_CIFAR_FOLDERS = ("cifar10", "cifar-10-batches-bin", "cifar10_subset")
"""Where CIFAR-10 may lie; the second is what its archive unpacks to. The first that is there is taken."""
_CIFAR_FILES = {"train": "data_batch_*.bin", "test": "test_batch.bin"}
_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Images and labels, split for training and testing."""

    name: str
    x_train: NDArray[np.float32]
    """(N, C, H, W), in [0, 1]."""
    y_train: NDArray[np.int64]
    """(N,), 0..9."""
    x_test: NDArray[np.float32]
    """(M, C, H, W), in [0, 1]."""
    y_test: NDArray[np.int64]
    """(M,), 0..9."""
    identity: str
    """SHA-256, in hex, over the sorted hashes of all images and labels of either part."""


def names() -> tuple[str, ...]:
    """Name every data set that `load` knows.

    >>> names()
    ('cifar10', 'digits', 'fashion_mnist', 'fashion_mnist_full', 'mnist', 'mnist_full')
    """
    return tuple(sorted(("cifar10", "digits", *_IDX_NAMES, *(name + _FULL for name in _IDX_NAMES))))


def load(name: str, data_dir: Path | None = None) -> Dataset:
    """Load a data set.

    Args:
        name: one of `names()`.
        data_dir: the folder that holds a folder `mnist` or `fashion_mnist` with the four IDX files, plain or gzip, or
            `cifar10` with the files of its binary version; the environment variable LEGRADE_DATA_DIR when it is None.
            The digits need no files.

    Raises:
        UnknownNameError: no such data set; the message lists the nearest names.
        SpecError: a file is missing or is not what it should be: file, got, expected.

    >>> digits = load("digits")
    >>> digits.x_train.shape, digits.x_test.shape
    ((1400, 1, 28, 28), (397, 1, 28, 28))
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.3) or list(names())
        raise UnknownNameError(f"data set {name!r}: unknown; did you mean {' or '.join(near)}?")
    if name == "digits":
        return _digits()
    root = _root(name, data_dir)
    counts: tuple[int | None, int | None] = (FAST_TRAIN, FAST_TEST)
    if name == "cifar10":
        folder, read, counts = _cifar_folder(root), _read_cifar, (CIFAR_TRAIN, CIFAR_TEST)
    else:
        folder, read = _idx_folder(root, name.removesuffix(_FULL)), _read_part
        counts = (None, None) if name.endswith(_FULL) else counts
    train, test = (
        _ranked(*read(folder, part), count) for part, count in zip(("train", "test"), counts, strict=True)
    )
    return _dataset(name, train, test, white=255)


def _root(name: str, data_dir: Path | None) -> Path:
    """Find the folder that holds one folder for each data set."""
    root = data_dir or (Path(os.environ[DATA_DIR]) if os.environ.get(DATA_DIR) else None)
    if root is None:
        raise SpecError(f"data set {name!r}: no folder given; set {DATA_DIR} or pass --data-dir")
    return root


def _idx_folder(root: Path, stem: str) -> Path:
    """Find the folder with the four files."""
    if not (root / stem).is_dir():
        raise SpecError(f"{root / stem}: no such folder, expected the four IDX files of {stem} in it")
    return root / stem


def _cifar_folder(root: Path) -> Path:
    """Find CIFAR-10's folder, under any of its names."""
    for folder in _CIFAR_FOLDERS:
        if (root / folder).is_dir():
            return root / folder
    raise SpecError(
        f"{root / _CIFAR_FOLDERS[0]}: no such folder, nor {' or '.join(_CIFAR_FOLDERS[1:])}; expected the files of "
        "CIFAR-10's binary version in it"
    )


Images = NDArray[np.uint8]
"""Raw pixels (N, H, W) or (N, C, H, W)."""
Labels = NDArray[np.uint8]
"""(N,)."""


def _digits() -> Dataset:
    """Enlarge scikit-learn's 8x8 digits (0..16) 3x and pad them to 28x28."""
    from sklearn.datasets import load_digits

    small, labels = load_digits(return_X_y=True)
    pixels = small.reshape(-1, 8, 8).astype(np.uint8).repeat(3, axis=1).repeat(3, axis=2)
    x, y = _ranked(np.pad(pixels, ((0, 0), (2, 2), (2, 2))), labels.astype(np.uint8), None)
    n = DIGITS_TRAIN
    return _dataset("digits", (x[:n], y[:n]), (x[n:], y[n:]), white=16)


def _hashes(x: Images, y: Labels) -> list[bytes]:
    """Hash each image with its label."""
    return [
        hashlib.sha256(image.tobytes() + bytes([label])).digest() for image, label in zip(x, y, strict=True)
    ]


def _ranked(x: Images, y: Labels, count: int | None) -> tuple[Images, Labels]:
    """Order the images by their hashes and keep the first `count`."""
    digests = _hashes(x, y)
    order = sorted(range(len(x)), key=digests.__getitem__)[:count]
    return x[order], y[order]


def _dataset(name: str, train: tuple[Images, Labels], test: tuple[Images, Labels], *, white: int) -> Dataset:
    """Scale the pixels so that `white` becomes 1, and name what the data set is."""
    digest = hashlib.sha256(b"".join(sorted(_hashes(*train))) + b"|" + b"".join(sorted(_hashes(*test))))
    (x_train, y_train), (x_test, y_test) = (
        (_with_channels(x).astype(np.float32) / np.float32(white), y.astype(np.int64))
        for x, y in (train, test)
    )
    return Dataset(name, x_train, y_train, x_test, y_test, digest.hexdigest())


def _with_channels(x: Images) -> Images:
    """Give grey images their one channel."""
    return x[:, np.newaxis] if x.ndim == 3 else x


def _read_cifar(folder: Path, part: str) -> tuple[Images, Labels]:
    """Read all of CIFAR-10's files of `train` or `test` that are there."""
    pattern = _CIFAR_FILES[part]
    paths = sorted([*folder.glob(pattern), *folder.glob(f"{pattern}.gz")])
    if not paths:
        raise SpecError(
            f"{folder / pattern}: no such file, neither plain nor with .gz; expected CIFAR-10's binary version (its Python version "
            "is a pickle and is not read)"
        )
    read = [cifar.read_records(path) for path in paths]
    for path, (_, labels) in zip(paths, read, strict=True):
        _check_labels(path, labels)
    return np.concatenate([x for x, _ in read]), np.concatenate([y for _, y in read])


def _check_labels(path: Path, labels: Labels) -> None:
    """Refuse a class that is none of the ten."""
    if int(labels.max()) >= CLASSES:
        raise SpecError(f"{path}: label {int(labels.max())}, expected 0..{CLASSES - 1}")


def _read_part(folder: Path, part: str) -> tuple[Images, Labels]:
    """Read the images and labels of `train` or `test` and check that they belong together."""
    image_path, label_path = (_existing(folder, stem) for stem in _FILES[part])
    x, y = read_idx(image_path, rank=3), read_idx(label_path, rank=1)
    if x.shape[1:] != (SIZE, SIZE):
        raise SpecError(f"{image_path}: images of {x.shape[1:]}, expected {(SIZE, SIZE)}")
    if len(x) == 0 or len(x) != len(y):
        raise SpecError(
            f"{label_path}: {len(y)} labels for {len(x)} images, expected one for each of at least one"
        )
    _check_labels(label_path, y)
    return x, y


def _existing(folder: Path, stem: str) -> Path:
    """Find a file plain or compressed."""
    for path in (folder / stem, folder / f"{stem}.gz"):
        if path.is_file():
            return path
    raise SpecError(f"{folder / stem}: no such file, neither plain nor with .gz; expected an IDX file")


def read_idx(path: Path, *, rank: int) -> NDArray[np.uint8]:
    """Read one IDX file of bytes, plain or gzip (told by its first bytes, not by its name).

    No more is ever decompressed than the header announces, so a bomb costs nothing.

    Args:
        path: the file.
        rank: number of axes it must have: 3 for images (N, H, W), 1 for labels (N,).

    Raises:
        SpecError: the file cannot be read, is cut off, too long, or no IDX file of bytes with `rank` axes.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return _parse(path, gzip.GzipFile(fileobj=file) if packed else file, rank)
    except (OSError, EOFError, zlib.error) as error:
        raise SpecError(f"{path}: cannot be read as an IDX file: {type(error).__name__}: {error}") from None


class _Stream(Protocol):
    """What can be read, compressed or not."""

    def read(self, size: int, /) -> bytes:
        """Read at most `size` bytes."""
        ...


def _parse(path: Path, stream: _Stream, rank: int) -> NDArray[np.uint8]:
    """Check the header and take exactly the bytes it announces."""
    header = stream.read(4 + 4 * rank)
    expected = bytes([0, 0, 8, rank])
    if header[:4] != expected:
        raise SpecError(
            f"{path}: starts with {header[:4].hex()}, expected {expected.hex()} (bytes, {rank} axes)"
        )
    if len(header) != 4 + 4 * rank:
        raise SpecError(
            f"{path}: header of {len(header)} bytes, expected {4 + 4 * rank}; the file is cut off"
        )
    shape = tuple(int(n) for n in np.frombuffer(header, dtype=">u4", offset=4))
    size = math.prod(shape)
    if size > MAX_IMAGES * (SIZE * SIZE if rank == 3 else 1):
        raise SpecError(f"{path}: announces {shape}, expected at most {MAX_IMAGES} entries of {SIZE}x{SIZE}")
    body = stream.read(size + 1)
    if len(body) != size:
        found = f"more than {size}" if len(body) > size else str(len(body))
        raise SpecError(f"{path}: {found} bytes after the header, expected {size} for {shape}")
    return np.frombuffer(body, dtype=np.uint8).reshape(shape)
