"""What `spec.toml` forbids: whole modules, which the worker then lacks, and operators that torch's dispatcher sees.

Which operators a call comes down to is torch's affair: `aten::conv2d` is carried out as `aten::convolution`, and only that
is dispatched where it can be seen. So a name that is never seen is refused here, and what to write instead is said.
"""

import difflib
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

from autograder.distributions import installed, left_out
from autograder.errors import SpecError
from autograder.model import Forbidden
from question_bank.registry import unknown

INSTEAD = {
    "conv1d": ("convolution",),
    "conv2d": ("convolution",),
    "conv3d": ("convolution",),
    "conv_transpose2d": ("convolution",),
    "max_pool1d": ("max_pool2d_with_indices",),
    "max_pool2d": ("max_pool2d_with_indices",),
    "max_pool3d": ("max_pool3d_with_indices",),
    "adaptive_max_pool1d": ("adaptive_max_pool2d",),
    "avg_pool1d": ("avg_pool2d",),
    "adaptive_avg_pool2d": ("_adaptive_avg_pool2d", "mean"),
    "linear": ("mm", "addmm"),
    "matmul": ("mm", "bmm", "mv", "dot"),
    "einsum": ("bmm",),
    "tensordot": ("mm",),
    "softmax": ("_softmax",),
    "log_softmax": ("_log_softmax",),
    "nll_loss": ("nll_loss_forward",),
    "cross_entropy_loss": ("_log_softmax", "nll_loss_forward"),
    "batch_norm": ("native_batch_norm",),
    "layer_norm": ("native_layer_norm",),
    "pad": ("constant_pad_nd",),
}
"""What functions that torch carries out as others come down to; a test runs each of them."""
ALSO = {
    "aten::convolution": re.compile(r"conv(?!er)"),
    "aten::max_pool2d_with_indices": re.compile(r"::(mkldnn_|quantized_)?max_pool2d"),
    "aten::max_pool3d_with_indices": re.compile(r"::(mkldnn_|quantized_)?max_pool3d"),
}
"""What goes with a name: operators for single machines and number formats that compute the same."""
OURS = frozenset(f"aten::{name}" for name in ("_to_copy", "copy_", "detach", "lift_fresh", "zeros"))
"""What the worker itself calls when it takes arguments, gives results, or asks about a model."""
LIKE = 0.8
"""How near a name must be to an installed module's to be taken for a slip."""


def read_forbidden(path: Path, table: object, libraries: tuple[str, ...]) -> Forbidden:
    """Read the table `[forbidden]` of a `spec.toml`.

    torch is imported only where operators are listed.

    Raises:
        SpecError: file, field, got, expected.
    """
    if not isinstance(table, dict):
        raise SpecError(f"{path}: forbidden={table!r}: expected a table")
    known = ("modules", "operators")
    for key in table.keys() - set(known):
        raise SpecError(f"{path}: forbidden: {unknown('field', key, known)}")
    modules, operators = (_names(path, key, table) for key in known)
    try:
        _check_modules(libraries, modules)
    except SpecError as error:
        raise SpecError(f"{path}: forbidden.modules: {error}") from None
    if operators and "torch" not in libraries:
        raise SpecError(f"{path}: forbidden.operators: expected none where libraries do not name torch")
    try:
        return Forbidden(modules, _with_variants(operators))
    except SpecError as error:
        raise SpecError(f"{path}: forbidden.operators: {error}") from None


def _names(path: Path, key: str, table: dict[str, Any]) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise SpecError(f"{path}: forbidden.{key}={value!r}: expected a list of names")
    return tuple(value)


def _check_modules(libraries: tuple[str, ...], modules: tuple[str, ...]) -> None:
    """Refuse a module that would be there all the same; one that is not installed is absent already."""
    for name in modules:
        if name.count(".") and all(part.isidentifier() for part in name.split(".")):
            raise SpecError(
                f"got {name!r}: a part of a library cannot be left out; expected a whole one such as 'scipy', or in "
                "forbidden.operators what the part's functions call, such as 'aten::convolution'"
            )
        if not name.isidentifier():
            raise SpecError(f"got {name!r}: expected a name as `import` takes it")
    if modules:
        there = {module for one in installed(libraries).values() for module in one.modules}
        for name in modules:
            if name not in there and difflib.get_close_matches(name, sorted(there), cutoff=LIKE):
                raise SpecError(str(unknown("module", name, there)))
        left_out(libraries, modules)


def _with_variants(operators: tuple[str, ...]) -> tuple[str, ...]:
    """Add to each operator what computes the same: itself in place, and what `ALSO` names."""
    every: dict[str, None] = {}
    for name in operators:
        known = _dispatched()
        _check_operator(name, known)
        also = ALSO.get(name)
        every[name] = None
        every.update((other, None) for other in known if other == f"{name}_" or (also and also.search(other)))
    return tuple(every)


def _check_operator(name: str, known: Collection[str]) -> None:
    """Refuse a name that torch does not have, that is never seen, or that the worker needs."""
    if name not in known:
        raise SpecError(str(unknown("operator", name, known)))
    if name in OURS:
        raise SpecError(f"got {name!r}: the worker itself calls it; expected another operator")
    if _is_composite(name):
        instead = [f"aten::{other}" for other in INSTEAD.get(name.partition("::")[2], ())]
        hint = " and ".join(map(repr, instead)) or "those"
        raise SpecError(f"got {name!r}: torch carries it out as other operators; expected {hint}")


@cache
def _dispatched() -> dict[str, tuple[str, ...]]:
    """List torch's operators, such as `aten::convolution`, each with its overloads."""
    import torch

    overloads: dict[str, list[str]] = {}
    for full in sorted(torch._C._dispatch_get_all_op_names()):  # noqa: SLF001 -- the only list there is
        overloads.setdefault(full.partition(".")[0], []).append(full)
    return {name: tuple(fulls) for name, fulls in overloads.items()}


def _is_composite(name: str) -> bool:
    """Whether torch takes every overload apart before it dispatches; those with `out` are the same, written elsewhere."""
    import torch

    def taken_apart(overload: str) -> bool:
        return torch._C._dispatch_has_kernel_for_dispatch_key(overload, "CompositeImplicitAutograd")  # noqa: SLF001

    fulls = [full for full in _dispatched()[name] if not full.endswith("out")]
    return bool(fulls) and all(map(taken_apart, fulls))
