"""Data sets: digits are always the same, IDX files are read exactly or refused with the file's name and the reason."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from autograder import cifar
from autograder.datasets import DATA_DIR, FAST_TEST, FAST_TRAIN, load, names, read_idx
from autograder.errors import SpecError, UnknownNameError

DIGITS = "ba06aebc826c1b542d33a1f16148ad6e7941a35fef2d94f7442d83602fc791ff"
STEMS = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array):
    """Write an array of bytes as an IDX file."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def images(count, seed=0):
    """Make images and labels that are all different."""
    rng = np.random.default_rng(seed)
    x = rng.integers(256, size=(count, 28, 28), dtype=np.uint8)
    return x, rng.integers(10, size=count, dtype=np.uint8)


def write(folder, train, test, pack=lambda data: data, suffix=""):
    """Write the four files of a data set."""
    folder.mkdir(parents=True, exist_ok=True)
    for stem, array in zip(STEMS, (*train, *test), strict=True):
        (folder / (stem + suffix)).write_bytes(pack(idx(array)))


# Digits


def test_the_digits_are_always_the_same():
    """Images, labels, split and order follow from the pixels alone, so a library's upgrade that changed one would be noticed."""
    digits = load("digits")
    assert digits.identity == DIGITS
    assert (digits.x_train.shape, digits.x_test.shape) == ((1400, 1, 28, 28), (397, 1, 28, 28))
    assert (digits.x_train.dtype, digits.y_train.dtype) == (np.float32, np.int64)
    assert digits.x_train.min() == 0
    assert digits.x_train.max() == 1
    again = load("digits")
    np.testing.assert_array_equal(digits.x_test, again.x_test)


def test_the_digits_are_enlarged_and_padded():
    """Each of the 8x8 grey values becomes 3x3 equal pixels, with two black pixels around the image."""
    digits = load("digits")
    inner = digits.x_train[:, 0, 2:-2, 2:-2].reshape(-1, 8, 3, 8, 3)
    assert (inner == inner[:, :, :1, :, :1]).all()
    assert digits.x_train.sum() == pytest.approx(inner.sum())
    assert set(np.unique(digits.x_train * 16)) == set(range(17))


def test_both_parts_of_the_digits_hold_every_class():
    """A split by hash is as good as a random one: no class is rare in either part."""
    digits = load("digits")
    assert np.bincount(digits.y_train, minlength=10).min() > 110
    assert np.bincount(digits.y_test, minlength=10).min() > 20


# IDX files


@given(st.integers(0, 4), st.integers(0, 5), st.integers(0, 5), st.booleans())
@settings(deadline=None)
def test_an_idx_file_comes_back_as_it_was_written(tmp_path_factory, count, height, width, packed):
    """Any shape, empty ones too, plain or compressed."""
    array = np.arange(count * height * width, dtype=np.uint8).reshape(count, height, width)
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(gzip.compress(idx(array)) if packed else idx(array))
    np.testing.assert_array_equal(read_idx(path, rank=3), array)


GOOD = idx(np.arange(6, dtype=np.uint8))
BROKEN = {
    "empty": (b"", "starts with , expected 00000801"),
    "another format": (b"\x89PNG\r\n\x1a\n", "starts with 89504e47, expected 00000801 (bytes, 1 axes)"),
    "floats": (b"\0\0\x0d\x01" + GOOD[4:], "starts with 00000d01, expected 00000801"),
    "images for labels": (idx(np.zeros((1, 2, 2), np.uint8)), "starts with 00000803, expected 00000801"),
    "header cut off": (GOOD[:6], "header of 6 bytes, expected 8; the file is cut off"),
    "body cut off": (GOOD[:-1], "5 bytes after the header, expected 6 for (6,)"),
    "too long": (GOOD + b"x", "more than 6 bytes after the header, expected 6"),
    "announces too much": (
        GOOD[:4] + b"\xff" * 4,
        "announces (4294967295,), expected at most 1000000 entries",
    ),
    "gzip cut off": (gzip.compress(GOOD)[:-9], "cannot be read as an IDX file: EOFError"),
    "gzip broken": (gzip.compress(GOOD)[:10] + b"\xff" * 30, "cannot be read as an IDX file"),
    "gzip too long": (gzip.compress(GOOD + b"x"), "more than 6 bytes after the header"),
    "gzip bomb": (gzip.compress(GOOD + bytes(1 << 26)), "more than 6 bytes after the header"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_idx_file_is_refused_by_name_and_reason(tmp_path, kind):
    """The message names the file, what was got and what was expected."""
    data, reason = BROKEN[kind]
    path = tmp_path / "labels"
    path.write_bytes(data)
    with pytest.raises(SpecError) as caught:
        read_idx(path, rank=1)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


@given(
    st.binary(max_size=64),
    st.sampled_from([b"", GOOD[:4], GOOD[:7], b"\x1f\x8b\x08\0", gzip.compress(GOOD)[:15]]),
)
@example(b"", gzip.compress(GOOD))
@settings(deadline=None)
def test_any_bytes_are_an_array_or_a_refusal(tmp_path_factory, data, start):
    """No file makes the reader raise anything but its own error."""
    path = tmp_path_factory.mktemp("fuzz") / "file"
    path.write_bytes(start + data)
    try:
        rank = read_idx(path, rank=1).ndim
    except SpecError:
        return
    assert rank == 1


def test_a_missing_file_is_named(tmp_path):
    """A folder that lacks one of the four files is not half a data set."""
    write(tmp_path / "mnist", images(3), images(2))
    (tmp_path / "mnist" / STEMS[3]).unlink()
    with pytest.raises(SpecError, match=rf"{STEMS[3]}: no such file, neither plain nor with \.gz"):
        load("mnist", tmp_path)


# Data sets of IDX files


def test_the_order_of_the_files_decides_nothing(tmp_path):
    """The same images in another order, compressed or not, are the same data set in the same order."""
    (x, y), test = images(30), images(9, seed=1)
    order = np.random.default_rng(2).permutation(30)
    write(tmp_path / "one" / "mnist", (x, y), test)
    write(tmp_path / "two" / "mnist", (x[order], y[order]), test, gzip.compress, ".gz")
    one, two = load("mnist", tmp_path / "one"), load("mnist", tmp_path / "two")
    assert one.identity == two.identity
    np.testing.assert_array_equal(one.x_train, two.x_train)
    np.testing.assert_array_equal(one.y_train, two.y_train)


def test_other_images_or_labels_are_another_data_set(tmp_path):
    """The identity changes with one pixel, with one label, and when an image moves to the other part."""
    (x, y), (u, v) = images(5), images(5, seed=1)
    changed, relabelled = x.copy(), y.copy()
    changed[0, 0, 0] ^= 1
    relabelled[0] = (relabelled[0] + 1) % 10
    kinds = [((x, y), (u, v)), ((changed, y), (u, v)), ((x, relabelled), (u, v)), ((u, v), (x, y))]
    for number, (train, test) in enumerate(kinds):
        write(tmp_path / str(number) / "mnist", train, test)
    assert len({load("mnist", tmp_path / str(number)).identity for number in range(4)}) == 4


WRONG = {
    "labels for other images": (
        (np.zeros((3, 28, 28)), np.zeros(2)),
        "2 labels for 3 images, expected one for each",
    ),
    "no images": ((np.zeros((0, 28, 28)), np.zeros(0)), "0 labels for 0 images"),
    "another size": ((np.zeros((3, 32, 32)), np.zeros(3)), r"images of \(32, 32\), expected \(28, 28\)"),
    "eleven classes": ((np.zeros((3, 28, 28)), np.array([0, 10, 1])), "label 10, expected 0..9"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_files_that_do_not_fit_together_are_refused(tmp_path, kind):
    """Well-formed files of the wrong content are no data set."""
    (x, y), reason = WRONG[kind]
    write(tmp_path / "mnist", (x.astype(np.uint8), y.astype(np.uint8)), images(2))
    with pytest.raises(SpecError, match=reason):
        load("mnist", tmp_path)


def test_an_unknown_data_set_is_answered_with_the_nearest():
    """A typing error costs one look at the message."""
    with pytest.raises(UnknownNameError, match="'fashion-mnist': unknown; did you mean fashion_mnist"):
        load("fashion-mnist")
    with pytest.raises(UnknownNameError, match=f"did you mean {' or '.join(names())}"):
        load("?")


def test_the_folder_is_found_by_the_environment_or_named_as_missing(tmp_path, monkeypatch):
    """Without a folder the message says how to give one; with a wrong one it says what was expected in it."""
    monkeypatch.delenv(DATA_DIR, raising=False)
    with pytest.raises(SpecError, match="set LEGRADE_DATA_DIR or pass --data-dir"):
        load("mnist")
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    with pytest.raises(SpecError, match=r"mnist: no such folder, expected the four IDX files of mnist"):
        load("mnist")
    write(tmp_path / "mnist", images(3), images(2))
    assert len(load("mnist").y_test) == 2


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_the_published_files_are_read(data_dir, name):
    """The fast track is a sample of the right size, with every class about equally often."""
    found = load(name, data_dir)
    assert (len(found.y_train), len(found.y_test)) == (FAST_TRAIN, FAST_TEST)
    assert np.bincount(found.y_train).min() > 400
    assert 0 <= found.x_train.min() <= found.x_train.max() == 1


def test_all_published_images_are_read_when_asked(data_dir):
    """Outside the fast track nothing is left out; the mean grey value is the published 72.94."""
    found = load("fashion_mnist_full", data_dir)
    assert (len(found.y_train), len(found.y_test)) == (60_000, 10_000)
    assert found.x_train.mean(dtype=np.float64) * 255 == pytest.approx(72.94, abs=0.005)


# CIFAR-10's binary files


def records(count, seed=0):
    """Make coloured images and labels as CIFAR-10's binary version has them: images, labels, bytes."""
    rng = np.random.default_rng(seed)
    x = rng.integers(256, size=(count, 3, 32, 32), dtype=np.uint8)
    y = rng.integers(10, size=count, dtype=np.uint8)
    return x, y, b"".join(bytes([label]) + image.tobytes() for image, label in zip(x, y, strict=True))


@given(st.integers(1, 4), st.integers(0, 9), st.booleans())
@settings(deadline=None)
def test_a_cifar_file_comes_back_as_it_was_written(tmp_path_factory, count, seed, packed):
    """Label first, then the red, the green and the blue plane, row by row; plain or compressed."""
    x, y, data = records(count, seed)
    path = tmp_path_factory.mktemp("cifar") / "data_batch_1.bin"
    path.write_bytes(gzip.compress(data) if packed else data)
    images, labels = cifar.read_records(path)
    np.testing.assert_array_equal(images, x)
    np.testing.assert_array_equal(labels, y)


RECORD = records(1)[2]
BROKEN_CIFAR = {
    "empty": (b"", "0 bytes, expected a multiple of 3073"),
    "cut off": (RECORD[:-1], "3072 bytes, expected a multiple of 3073"),
    "too long": (RECORD + b"x", "3074 bytes, expected a multiple of 3073"),
    "the pickled version": (b"\x80\x02}q\x01(U\x0bbatch_labelq\x02", "take CIFAR-10's binary version"),
    "gzip cut off": (gzip.compress(RECORD)[:-9], "cannot be read as a CIFAR-10 file: EOFError"),
    "gzip broken": (gzip.compress(RECORD)[:10] + b"\xff" * 30, "cannot be read as a CIFAR-10 file"),
    "gzip bomb": (gzip.compress(bytes((1 << 20) * 3)), "more than 100 records"),
    "a folder": (None, "cannot be read as a CIFAR-10 file: IsADirectoryError"),
}


@pytest.mark.parametrize("kind", BROKEN_CIFAR)
def test_a_broken_cifar_file_is_refused_by_name_and_reason(tmp_path, monkeypatch, kind):
    """The message names the file, what was got and what was expected; the cap is small here, for speed."""
    monkeypatch.setattr(cifar, "MOST", 100)
    data, reason = BROKEN_CIFAR[kind]
    path = tmp_path / "data_batch_1.bin"
    path.mkdir() if data is None else path.write_bytes(data)
    with pytest.raises(SpecError) as caught:
        cifar.read_records(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert reason in str(caught.value)


@given(st.binary(max_size=64), st.sampled_from([b"", RECORD, b"\x1f\x8b\x08\0", gzip.compress(RECORD)[:600]]))
@example(b"", gzip.compress(RECORD))
@settings(deadline=None)
def test_any_bytes_are_cifar_records_or_a_refusal(tmp_path_factory, data, start):
    """No file makes the reader raise anything but its own error."""
    path = tmp_path_factory.mktemp("fuzz") / "file"
    path.write_bytes(start + data)
    try:
        images, labels = cifar.read_records(path)
    except SpecError:
        return
    assert images.shape == (len(labels), 3, 32, 32)


def test_cifar_is_found_under_the_name_that_its_archive_unpacks_to(tmp_path):
    """All training files count, plain and compressed; colours stay apart; the order of files decides nothing."""
    (one, _, a), (two, _, b), (_, _, test) = records(3, 1), records(4, 2), records(2, 3)
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "data_batch_1.bin").write_bytes(a)
    (folder / "data_batch_2.bin.gz").write_bytes(gzip.compress(b))
    (folder / "test_batch.bin").write_bytes(test)
    found = load("cifar10", tmp_path)
    assert found.x_train.shape == (7, 3, 32, 32)
    assert found.x_test.shape == (2, 3, 32, 32)
    both = np.concatenate([one, two])
    sums = np.sort((found.x_train.astype(np.float64) * 255).sum(axis=(2, 3)), axis=0)
    np.testing.assert_allclose(sums, np.sort(both.sum(axis=(2, 3)), axis=0), rtol=1e-5)
    swapped = tmp_path / "other" / "cifar10"
    swapped.mkdir(parents=True)
    (swapped / "data_batch_1.bin").write_bytes(b + a)
    (swapped / "test_batch.bin").write_bytes(test)
    assert load("cifar10", tmp_path / "other").identity == found.identity


def test_a_cifar_folder_that_is_not_there_or_not_whole_is_named(tmp_path):
    """The message says where it may lie, and which version is read."""
    with pytest.raises(
        SpecError, match=r"cifar10: no such folder, nor cifar-10-batches-bin or cifar10_subset"
    ):
        load("cifar10", tmp_path)
    (tmp_path / "cifar10").mkdir()
    (tmp_path / "cifar10" / "data_batch_1.bin").write_bytes(RECORD)
    with pytest.raises(SpecError, match=r"test_batch\.bin: no such file.*its Python version is a pickle"):
        load("cifar10", tmp_path)
    (tmp_path / "cifar10" / "test_batch.bin").write_bytes(b"\x0b" + RECORD[1:])
    with pytest.raises(SpecError, match=r"test_batch\.bin: label 11, expected 0\.\.9"):
        load("cifar10", tmp_path)


def test_the_part_of_cifar_that_is_here_is_read(data_dir):
    """Ten thousand coloured images, a thousand of each class, and two thousand to test on."""
    found = load("cifar10", data_dir)
    assert (found.x_train.shape, found.x_test.shape) == ((10_000, 3, 32, 32), (2000, 3, 32, 32))
    assert np.bincount(found.y_train).min() > 900
