"""Wrong entries of a layer table, by misconception."""

from collections.abc import Sequence
from typing import Final

from question_bank.layer_rows import Row
from question_bank.values import Value

RULES: Final = (
    "padding-ignored",
    "stride-ignored",
    "plus-one-forgotten",
    "ceil-instead-of-floor",
    "same-size-assumed",
    "channels-unchanged",
    "channels-last",
    "bias-forgotten",
    "input-channels-forgotten",
    "kernel-side-once",
    "bias-per-input-channel",
    "one-bias-per-layer",
    "table-last-layer-forgotten",
    "table-biases-forgotten",
)
DENSE_RULES: Final = (
    "flatten-forgets-channels",
    "flatten-one-side-only",
    "flatten-channels-alone",
    "dense-bias-forgotten",
    "bias-per-input",
    "dense-one-bias",
    "table-convolutions-forgotten",
)


def of_cell(row: Row, column: str) -> dict[str, Value | None]:
    """Return the wrong entries of one cell of a row, of its column `shape` or `parameters`."""
    layer, n_in = row.layer, row.before[0]
    out, k, weights = layer.out, layer.k, row.parameters - row.biases
    if column == "parameters" and layer.kind == "dense":
        return {
            "dense-bias-forgotten": weights,
            "bias-per-input": weights + n_in,
            "dense-one-bias": weights + 1,
        }
    if column == "parameters":
        return {
            "bias-forgotten": weights,
            "input-channels-forgotten": out * k * k + out,
            "kernel-side-once": out * n_in * k + out,
            "bias-per-input-channel": weights + n_in,
            "one-bias-per-layer": weights + 1,
        }
    if layer.kind == "flatten":
        channels, side, _ = row.before
        return {
            "flatten-forgets-channels": side * side,
            "flatten-one-side-only": channels * side,
            "flatten-channels-alone": channels,
        }
    return _mistaken_shapes(row)


def _mistaken_shapes(row: Row) -> dict[str, Value | None]:
    (n_in, n, _), (channels, side, _), layer = row.before, row.after, row.layer
    k, s, p = layer.k, layer.s, layer.p
    sides = {
        "padding-ignored": (n - k) // s + 1,
        "stride-ignored": n + 2 * p - k + 1,
        "plus-one-forgotten": side - 1,
        "ceil-instead-of-floor": -((k - n - 2 * p) // s) + 1,
        "same-size-assumed": n,
    }
    found: dict[str, Value | None] = {
        rule: (channels, length, length) if length > 0 else None for rule, length in sides.items()
    }
    return {**found, "channels-unchanged": (n_in, side, side), "channels-last": (side, side, channels)}


def of_total(table: Sequence[Row], total: int) -> dict[str, Value | None]:
    """Return the wrong totals of a table."""
    last = next(row.parameters for row in reversed(table) if row.parameters)
    found: dict[str, Value | None] = {
        "table-last-layer-forgotten": total - last,
        "table-biases-forgotten": total - sum(row.biases for row in table),
    }
    if any(row.layer.kind == "dense" for row in table):
        found["table-convolutions-forgotten"] = sum(
            row.parameters for row in table if row.layer.kind == "dense"
        )
    return found
