"""Travels with an assignment's notebook: compares what your function returns with what is expected, and shows where they differ.

Needs numpy; the picture needs matplotlib. It holds no solution: expected values stand in the notebook. Grading never runs it.
"""

from typing import Any

import numpy as np

__all__ = ["compare"]
TOLERANCE = 1e-6
"""Largest difference that counts as none."""
MAX_DRAWN = 24
"""Rows and columns beyond which numbers in a picture cannot be read."""


def compare(
    got: Any,
    expected: Any,
    *,
    say: str = "",
    image: Any = None,
    kernel: Any = None,
    kernel_size: Any = None,
    stride: Any = 1,
    padding: Any = 0,
) -> None:
    """Demand the expected shape and values; show the first cell that is wrong, and the window that it comes from.

    Args:
        got: what your function returned, an array, a tensor, a number or a list of them.
        expected: what it should return.
        say: what to think about, in one sentence.
        image: the input, shape (N, C, H, W), when there is one to draw.
        kernel: the filters, shape (F, C, KH, KW), when there are some to draw.
        kernel_size: height and width of the window where there is no kernel; an integer, or a pair.
        stride: pixels from one window to the next; an integer, or a pair.
        padding: pixels around the image; an integer, or a pair.

    Raises:
        AssertionError: they differ; the message says how.
    """
    hint = f" {say}" if say else ""
    if got is None:
        raise AssertionError(f"your function returns None: is there a return statement?{hint}")
    have, want = _array(got), _array(expected)
    if have.shape != want.shape:
        raise AssertionError(f"the shape is {have.shape}, expected {want.shape}.{hint}")
    wrong = ~np.isclose(have, want, rtol=0, atol=TOLERANCE)
    if not wrong.any():
        return
    cell = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = f"cell {cell}" if cell else "the value"
    told = f"{place} is {have[cell]:g}, expected {want[cell]:g} ({wrong.sum()} of {wrong.size} differ).{hint}"
    draw(
        have, want, cell, image=image, kernel=kernel, kernel_size=kernel_size, stride=stride, padding=padding
    )
    raise AssertionError(told)


def draw(
    have: Any,
    want: Any,
    cell: tuple[int, ...],
    *,
    image: Any,
    kernel: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
) -> Any:
    """Draw the input window, the kernel, what came and what was expected; None where there is nothing to draw with."""
    try:
        from matplotlib import pyplot as plt
    except ImportError:
        return None
    panels: list[tuple[str, Any, tuple[int, int, int, int] | None]] = []
    if image is not None:
        panels.append(_window(_array(image), cell, kernel, kernel_size, _pair(stride), _pair(padding)))
    if kernel is not None and len(cell) == 4:
        panels.append(("kernel", _plane(_array(kernel), (cell[1], 0)), None))
    row, column = (0, 0, *cell)[-2:]
    panels.append(("yours", _plane(have, cell), (row, column, 1, 1)))
    panels.append(("expected", _plane(want, cell), (row, column, 1, 1)))
    figure, places = plt.subplots(1, len(panels), figsize=(3.2 * len(panels), 3.4), squeeze=False)
    for axes, (title, plane, frame) in zip(places[0], panels, strict=True):
        # the same colour for the same number in what came and what was expected
        shown = [have, want] if title in ("yours", "expected") else [plane]
        known = [0.0, *np.concatenate([values[np.isfinite(values)].ravel() for values in shown])]
        _heat_map(axes, title, plane, frame, (min(known), max(known)))
    figure.suptitle(f"first wrong cell: {cell}")
    figure.tight_layout()
    plt.show()
    plt.close(figure)
    return figure


def _window(
    image: Any,
    cell: tuple[int, ...],
    kernel: Any,
    kernel_size: Any,
    stride: tuple[int, int],
    padding: tuple[int, int],
) -> tuple[str, Any, tuple[int, int, int, int] | None]:
    """Take the padded input plane, and the window that the wrong cell is worked out from."""
    plane = _plane(image, (cell[0] if cell else 0, 0))
    if (kernel is None and kernel_size is None) or len(cell) != 4:
        return "input", plane, None
    zero = 0.0 if kernel is not None else np.nan  # a max pooling pads with no number that could be drawn
    padded = np.pad(plane, [(padding[0],) * 2, (padding[1],) * 2], constant_values=zero)
    height, width = _array(kernel).shape[-2:] if kernel is not None else _pair(kernel_size)
    name = "input, channel 0" + (" (with padding)" if any(padding) else "")
    return name, padded, (cell[2] * stride[0], cell[3] * stride[1], int(height), int(width))


def _heat_map(
    axes: Any, title: str, plane: Any, frame: tuple[int, int, int, int] | None, span: tuple[float, float]
) -> None:
    from matplotlib.patches import Rectangle

    axes.imshow(plane, cmap="viridis", vmin=span[0], vmax=span[1])
    axes.set_title(title)
    axes.set_xticks([])
    axes.set_yticks([])
    if max(plane.shape) <= MAX_DRAWN:
        middle = sum(span) / 2
        for (i, j), value in np.ndenumerate(plane):
            told = "" if title.startswith("input") and np.isnan(value) else f"{value:.3g}"
            axes.text(j, i, told, ha="center", va="center", color="black" if value > middle else "white")
    if frame is not None:
        top, left, height, width = frame
        axes.add_patch(
            Rectangle((left - 0.5, top - 0.5), width, height, fill=False, edgecolor="red", linewidth=3)
        )


def _array(value: Any) -> Any:
    """Take an array, a tensor, a number or lists of them as an array of floats."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise AssertionError(f"expected numbers, got {type(value).__name__}") from None


def _plane(array: Any, cell: tuple[int, ...]) -> Any:
    """Take the two last axes of an array at a cell; a vector becomes a row."""
    while array.ndim > 2:
        array, cell = array[cell[0] if cell and cell[0] < len(array) else 0], cell[1:]
    return np.atleast_2d(array)


def _pair(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if np.ndim(value) == 0 else (int(value[0]), int(value[1]))
