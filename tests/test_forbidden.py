"""What an exercise forbids is not there, or is refused at torch's dispatcher under whatever name it is called."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from autograder.course import load_spec, plan_functions
from autograder.distributions import installed, left_out
from autograder.errors import BadReply, ForbiddenCall, SpecError, StudentFault, StudentRaised
from autograder.forbidden import ALSO, INSTEAD, OURS, _is_composite, read_forbidden
from autograder.grade import development_seed, grade
from autograder.model import Forbidden, Limits, Outcome
from autograder.submission import Submission
from autograder.wire import Tensor

ROOT = Path(__file__).resolve().parent.parent
BOTH = ("numpy", "torch")
SPEC = Path("spec.toml")
IMAGE, KERNELS = Tensor(np.ones((1, 2, 5, 5), np.float32)), Tensor(np.ones((3, 2, 3, 3), np.float32))
HEAD = """
import warnings
warnings.simplefilter("ignore")
import numpy as np, torch, torch.nn.functional as F
from torch import nn
from torch.nn.functional import conv2d as an_innocent_name
"""


@pytest.fixture(scope="module")
def no_convolution():
    """What a spec says that forbids convolutions."""
    return read_forbidden(SPEC, {"operators": ["aten::convolution"]}, BOTH)


def start(sandbox, source, forbidden, libraries=BOTH, *, notebook=False):
    """Start a worker that has run one cell."""
    worker = sandbox.worker(libraries, Limits(), notebook=notebook, forbidden=forbidden)
    error = worker.run_cell(HEAD * ("torch" in libraries) + textwrap.dedent(source))
    assert error is None, error
    return worker


def call(sandbox, source, forbidden, *args):
    """Define `f` by `source`, call it, and return what it returned."""
    worker = start(sandbox, source, forbidden)
    try:
        return worker.call("f", args, {}, seconds=30.0).value
    finally:
        worker.close()


# Operators

CONVOLUTIONS = {
    "the function": "def f(x, w): return F.conv2d(x, w)",
    "the function under another name": "def f(x, w): return an_innocent_name(x, w)",
    "torch's own": "def f(x, w): return torch.conv2d(x, w)",
    "the layer": "layer = nn.Conv2d(2, 3, 3)\ndef f(x, w): return layer(x)",
    "a lazy layer": "def f(x, w): return nn.LazyConv2d(3, 3)(x)",
    "along one axis": "def f(x, w): return F.conv1d(x[:, :, 0], w[:, :, 0])",
    "transposed": "def f(x, w): return F.conv_transpose2d(x, w.transpose(0, 1).flip(2, 3), padding=2)",
    "any convolution": "def f(x, w): return torch.convolution(x, w, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
    "the operator": "def f(x, w): return torch.ops.aten.conv2d.default(x, w)",
    "of one library": "def f(x, w): return torch.mkldnn_convolution(x, w, None, [0, 0], [1, 1], [1, 1], 1)",
    "the slow one": "def f(x, w): return torch.ops.aten._slow_conv2d_forward(x, w, [3, 3], None, [1, 1], [0, 0])",
    "dilated": "def f(x, w): return torch._C._nn.slow_conv_dilated2d(x, w, [3, 3])",
    "of another namespace": (
        "def f(x, w):\n    own = torch.ops.mkldnn._convolution_pointwise\n"
        "    return own(x, w, None, [0, 0], [1, 1], [1, 1], 1, 'none', [], '')"
    ),
    "for inference": "def f(x, w):\n    with torch.inference_mode(): return F.conv2d(x, w)",
    "without gradients": "def f(x, w):\n    with torch.no_grad(): return F.conv2d(x, w)",
    "mapped": "def f(x, w): return torch.func.vmap(lambda one: F.conv2d(one[None], w)[0])(x)",
    "scripted": "layer = torch.jit.script(nn.Conv2d(2, 3, 3))\ndef f(x, w): return layer(x)",
    "traced": "layer = torch.jit.trace(nn.Conv2d(2, 3, 3), torch.ones(1, 2, 5, 5))\ndef f(x, w): return layer(x)",
    "backward, forward in a cell": (
        "k = torch.ones(3, 2, 3, 3, requires_grad=True)\nmade = F.conv2d(torch.ones(1, 2, 5, 5), k).sum()\n"
        "def f(x, w):\n    made.backward()\n    return k.grad"
    ),
    "backward alone": "def f(x, w): return nn.grad.conv2d_input((1, 2, 5, 5), w, torch.ones(1, 3, 3, 3))",
    "in a backward of one's own": """
class Own(torch.autograd.Function):
    @staticmethod
    def forward(context, x): return x * 2
    @staticmethod
    def backward(context, gradient): return F.conv2d(gradient, torch.ones(2, 2, 1, 1))
def f(x, w):
    x.requires_grad_()
    Own.apply(x).sum().backward()
    return x.grad
""",
    "caught": "def f(x, w):\n    try: return F.conv2d(x, w)\n    except BaseException: return x",
    "caught and told as another": (
        "def f(x, w):\n    try: return F.conv2d(x, w)\n    except RuntimeError: raise ValueError('I did nothing') from None"
    ),
    "when the result is taken": """
class Late(torch.Tensor):
    def detach(self): return F.conv2d(torch.ones(1, 2, 5, 5), torch.ones(3, 2, 3, 3))
def f(x, w): return torch.ones(1).as_subclass(Late)
""",
    "in a mode of one's own": """
from torch.utils._python_dispatch import TorchDispatchMode
class Mine(TorchDispatchMode):
    def __torch_dispatch__(self, func, types, args=(), kwargs=None): return func(*args, **(kwargs or {}))
def f(x, w):
    with Mine(): return F.conv2d(x, w)
""",
}


@pytest.fixture(scope="module")
def guarded(tier_a, no_convolution):
    """A worker whose calls may not convolve."""
    worker = start(tier_a, "", no_convolution)
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def free(tier_a):
    """A worker whose calls may do anything."""
    worker = start(tier_a, "", Forbidden())
    yield worker
    worker.close()


@pytest.mark.parametrize("spelling", CONVOLUTIONS)
def test_a_convolution_is_refused_however_it_is_spelled(guarded, free, spelling):
    """The reason names an operator of our list; the worker goes on; where nothing is forbidden the program gives a result."""
    for worker in (guarded, free):
        assert worker.run_cell(f"{CONVOLUTIONS[spelling]}\ndef g(x): return x.sum()") is None
    assert isinstance(free.call("f", (IMAGE, KERNELS), {}, seconds=30.0).value, np.ndarray)
    with pytest.raises(
        ForbiddenCall, match=r"^your code called [a-z]+::\w*conv\w+, which this exercise forbids$"
    ):
        guarded.call("f", (IMAGE, KERNELS), {}, seconds=30.0)
    assert guarded.call("g", (IMAGE,), {}, seconds=5.0).value == 50


RELU = (
    "torch.relu(x)", "x.relu()", "x.clone().relu_()", "F.relu(x)", "F.relu(x, inplace=True)", "nn.ReLU()(x)",
    "torch.ops.aten.relu(x)", "getattr(x, 're' + 'lu')()",
)  # fmt: skip


def test_a_method_of_a_tensor_is_refused_in_place_too(isolated):
    """In both tiers; another operator that computes the same is another operator."""
    forbidden = read_forbidden(SPEC, {"operators": ["aten::relu"]}, BOTH)
    worker = start(isolated, "def g(x): return x.clamp(min=0).sum()", forbidden)
    for spelling in RELU:
        worker.run_cell(f"def f(x): return {spelling}")
        with pytest.raises(ForbiddenCall, match=r"aten::relu_?, which"):
            worker.call("f", (IMAGE,), {}, seconds=5.0)
    assert worker.call("g", (IMAGE,), {}, seconds=5.0).value == 50
    worker.close()


@pytest.mark.parametrize("mode", ["inference_mode", "no_grad", "enable_grad"])
def test_what_torch_takes_apart_is_refused_by_its_parts(tier_a, mode):
    """In inference mode, too, where the dispatcher is asked about the whole."""
    worker = start(tier_a, "", read_forbidden(SPEC, {"operators": ["aten::mm", "aten::bmm"]}, BOTH))
    for product in ("x @ x", "torch.einsum('ij,jk->ik', x, x)", "F.linear(x, x)", "x.matmul(x)"):
        worker.run_cell(f"def f(x):\n    x = x[0, 0]\n    with torch.{mode}(): return {product}")
        with pytest.raises(ForbiddenCall, match=r"aten::b?mm, which"):
            worker.call("f", (IMAGE,), {}, seconds=5.0)
    worker.close()


def test_a_model_is_asked_behind_the_guard(tier_a, no_convolution):
    """What a model does when the suite asks for its layers is a call like others."""
    source = "class Net(nn.Module):\n    def forward(self, x): return F.conv2d(x, torch.ones(3, 2, 3, 3))\ndef f(): return Net()"
    worker = start(tier_a, source, no_convolution)
    model = worker.call("f", (), {}, seconds=5.0).value
    with pytest.raises(ForbiddenCall, match="aten::convolution"):
        worker.ask("layers", (model, [1, 2, 5, 5]), seconds=5.0)
    worker.close()


def test_a_cell_may_compare_with_the_library(tier_a, no_convolution):
    """Checking an own function against torch's in the notebook is what students should do: cells are not guarded."""
    source = """
    def f(x, w): return sum((x[:, None, :, i:i + 3, j:j + 3] * w[:, :, i, j][:, :, None, None]).sum(2) for i in range(3) for j in range(3))
    x, w = torch.rand(1, 2, 5, 5), torch.rand(3, 2, 3, 3)
    assert torch.allclose(f(x, w), F.conv2d(x, w), atol=1e-5)
    """
    assert call(tier_a, source, no_convolution, IMAGE, KERNELS).shape == (1, 3, 3, 3)


def test_training_comes_out_the_same_behind_the_guard(tier_a, no_convolution):
    """The guard changes no number of what is allowed, forward, backward and in optimisers."""
    source = """
    def f(x):
        torch.manual_seed(1)
        model = nn.Sequential(nn.Flatten(), nn.Linear(50, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.1), nn.Linear(8, 3))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        data = torch.utils.data.TensorDataset(torch.rand(16, 2, 5, 5), torch.arange(16) % 3)
        for images, labels in torch.utils.data.DataLoader(data, batch_size=4, shuffle=True):
            optimizer.zero_grad()
            F.cross_entropy(model(images), labels).backward()
            optimizer.step()
        with torch.inference_mode(): return model.eval()(x)
    """
    guarded, free = (call(tier_a, source, forbidden, IMAGE) for forbidden in (no_convolution, Forbidden()))
    assert np.array_equal(guarded, free)


def test_what_the_worker_itself_calls_is_never_forbidden(tier_a):
    """With every other operator forbidden it still takes arguments, gives results and asks about a model."""
    import torch

    every = {full.partition(".")[0] for full in torch._C._dispatch_get_all_op_names()}
    every = {name for name in every if name.startswith("aten::") and not _is_composite(name)}
    operators = tuple(sorted(every - OURS))
    source = """
    class Net(nn.Module):
        def __init__(self): super().__init__(); self.inner = nn.Identity(); self.w = nn.Parameter(torch.ones(3))
        def forward(self, x): return self.inner(x)
    net, half = Net(), torch.ones(2, dtype=torch.bfloat16)
    with torch.inference_mode(): kept = torch.ones(2)
    def f(x): return [x, net.w, half, kept, net]
    """
    worker = start(tier_a, source, Forbidden(operators=operators))
    *tensors, model = worker.call("f", (IMAGE,), {}, seconds=5.0).value
    assert [tensor.size for tensor in tensors] == [50, 3, 2, 2]
    assert len(worker.ask("layers", (model, [1, 2]), seconds=5.0).value) == 1
    worker.ask("set_weights", (model, [np.zeros(3, np.float32)]), seconds=5.0)
    assert worker.ask("weights", (model,), seconds=5.0).value[0].tolist() == [0, 0, 0]
    assert worker.ask("parameters", (model,), seconds=5.0).value == 3
    worker.close()


def test_a_guard_that_is_taken_away_is_the_students_doing(isolated, no_convolution):
    """Nothing of it becomes an error of ours, and the next call is guarded again."""
    source = """
    from torch.utils import _python_dispatch
    def f(x, w):
        _python_dispatch._pop_mode()
        return x
    def g(x, w): return F.conv2d(x, w)
    """
    worker = start(isolated, source, no_convolution)
    with pytest.raises(StudentRaised):
        worker.call("f", (IMAGE, KERNELS), {}, seconds=5.0)
    with pytest.raises(ForbiddenCall):
        worker.call("g", (IMAGE, KERNELS), {}, seconds=5.0)
    worker.close()


FORGE = """
import json, os, struct, time
def f():
    header = json.dumps({"d": %s}).encode()
    os.write(200, struct.pack(">IQ", len(header), 0) + header)
    time.sleep(5)
"""


@pytest.mark.parametrize(
    "told",
    ["aten::the grader is wrong", "9999", "-1", "true", "1.0", "null", "10**400", "[0]"],
)
def test_a_forged_refusal_says_nothing_of_its_own(tier_a, no_convolution, told):
    """A place that is not in our list, or any words, are no reply; so no student reads what a worker wrote."""
    value = {"true": "True", "null": "None", "10**400": str(10**400)}.get(
        told, told if told[0] != "a" else repr(told)
    )
    with pytest.raises(BadReply, match="what came back is no result"):
        call(tier_a, FORGE % f"[['forbidden', {value}]]", no_convolution)


def test_a_forged_refusal_where_nothing_is_forbidden_is_no_reply(isolated):
    """The grader knows what it has asked for."""
    with pytest.raises(BadReply):
        call(isolated, FORGE % "[['forbidden', 0]]", Forbidden())


# Modules


def test_a_numpy_spec_that_forbids_scipy_and_pillow_has_neither(isolated):
    """What comes along for plots may hold a filter of its own; nothing that a student does to `sys.modules` brings it back."""
    source = """
    import numpy as np
    def f(name, tampered):
        import importlib, sys
        if tampered:
            for known in [known for known, module in sys.modules.items() if module is None]: del sys.modules[known]
            importlib.invalidate_caches()
        try: importlib.import_module(name)
        except (ImportError, OSError) as error: return type(error).__name__
        return "there"
    """
    for modules, found in (((), "there"), (("scipy", "PIL", "matplotlib"), "ModuleNotFoundError")):
        forbidden = read_forbidden(SPEC, {"modules": list(modules)}, ("numpy",))
        worker = start(isolated, source, forbidden, ("numpy",), notebook=True)
        assert worker.call("f", ("scipy", False), {}, seconds=20.0).value != "there"
        assert worker.call("f", ("PIL.ImageFilter", False), {}, seconds=20.0).value == found
        if modules:
            assert worker.call("f", ("PIL.ImageFilter", True), {}, seconds=20.0).value != "there"
        worker.close()


def test_torch_works_without_what_comes_beside_it(tier_a):
    """scikit-learn brings SciPy along; both can be left out, and torch trains."""
    forbidden = read_forbidden(SPEC, {"modules": ["sklearn", "scipy"]}, BOTH)
    source = """
    def f(x):
        for name in ("sklearn", "scipy"):
            try: __import__(name)
            except ModuleNotFoundError: continue
            return name
        return x.sum()
    """
    assert call(tier_a, source, forbidden, IMAGE) == 50
    assert call(tier_a, source, Forbidden(), IMAGE) == "sklearn"


def test_what_is_left_out_is_needed_by_nothing_that_stays():
    """The libraries of a worker stay whole without it."""
    gone = left_out(BOTH, ("sklearn", "scipy"))
    assert gone == {"scikit-learn", "scipy"}
    for name, one in installed(BOTH).items():
        assert name in gone or not one.requires & gone


# spec.toml

REFUSED = {
    "no table": ('forbidden = ["scipy"]', r"forbidden=\['scipy'\]: expected a table"),
    "another field": ("[forbidden]\nmodule = []", r"forbidden: unknown field 'module': did you mean modules\?"),
    "no list": ('[forbidden]\nmodules = "scipy"', r"forbidden.modules='scipy': expected a list of names"),
    "no texts": ("[forbidden]\noperators = [1]", r"forbidden.operators=\[1\]: expected a list of names"),
    "a part of a library": (
        '[forbidden]\nmodules = ["torch.nn.functional"]',
        r"forbidden.modules: got 'torch.nn.functional': a part of a library cannot be left out; .*aten::convolution",
    ),
    "no name": ('[forbidden]\nmodules = ["sci py"]', r"got 'sci py': expected a name as `import` takes it"),
    "a slip": ('[forbidden]\nmodules = ["skleran"]', r"unknown module 'skleran': did you mean sklearn"),
    "a part of Python": ('[forbidden]\nmodules = ["ctypes"]', r"got 'ctypes': it is a part of Python"),
    "the library itself": ('[forbidden]\nmodules = ["numpy"]', r"'numpy': a worker for numpy, torch cannot be without"),
    "needed": ('[forbidden]\nmodules = ["scipy"]', r"got 'scipy': scikit-learn needs it; expected 'sklearn', too"),
    "no operator": (
        '[forbidden]\noperators = ["aten::convolutoin"]',
        r"forbidden.operators: unknown operator 'aten::convolutoin': did you mean aten::convolution",
    ),
    "a function": ('[forbidden]\noperators = ["conv2d"]', r"unknown operator 'conv2d'"),
    "with its overload": ('[forbidden]\noperators = ["aten::mm.out"]', r"unknown operator 'aten::mm.out'"),
    "never seen": (
        '[forbidden]\noperators = ["aten::conv2d"]',
        r"got 'aten::conv2d': torch carries it out as other operators; expected 'aten::convolution'",
    ),
    "the worker's own": ('[forbidden]\noperators = ["aten::zeros"]', r"'aten::zeros': the worker itself calls it"),
}  # fmt: skip


def write(folder, text, libraries='["numpy", "torch"]'):
    """Write a spec.toml."""
    folder.mkdir(parents=True)
    lines = f'signature = "{folder.name}(x)"\nsummary = "A function."\nlibraries = {libraries}\n'
    (folder / "spec.toml").write_text(lines + text)
    return folder


@pytest.mark.parametrize("name", REFUSED)
def test_a_spec_that_cannot_be_kept_is_refused(tmp_path, name):
    """File, field, what it got, what it expected, the nearest name."""
    text, told = REFUSED[name]
    with pytest.raises(SpecError, match=rf"spec\.toml: .*{told}"):
        load_spec(write(tmp_path / "wrong", text))


def test_operators_need_torch(tmp_path):
    """A worker for numpy alone has no dispatcher."""
    folder = write(tmp_path / "wrong", '[forbidden]\noperators = ["aten::mm"]', '["numpy"]')
    with pytest.raises(SpecError, match="operators: expected none where libraries do not name torch"):
        load_spec(folder)


def test_a_spec_without_operators_does_not_load_torch(tmp_path):
    """Starting stays quick for courses in numpy."""
    folder = write(tmp_path / "right", '[forbidden]\nmodules = ["scipy", "cv2"]', '["numpy"]')
    code = (
        "import sys, pathlib; from autograder.course import load_spec; "
        f"print(load_spec(pathlib.Path({str(folder)!r})).forbidden.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60, cwd=ROOT
    )
    assert done.stdout.strip() == "('scipy', 'cv2') False"


def functions():
    """Call every function of `INSTEAD` once."""
    import torch
    import torch.nn.functional as F  # noqa: N812 -- its usual name

    x, cube, table, labels = (
        torch.rand(1, 2, 8, 8),
        torch.rand(1, 1, 4, 4, 4),
        torch.rand(3, 4),
        torch.arange(3),
    )
    vector, stack = torch.rand(4), torch.rand(2, 4, 3)
    return {
        "conv1d": [lambda: F.conv1d(x[0], torch.rand(3, 8, 3))],
        "conv2d": [lambda: F.conv2d(x, torch.rand(3, 2, 3, 3))],
        "conv3d": [lambda: F.conv3d(cube, torch.rand(1, 1, 2, 2, 2))],
        "conv_transpose2d": [lambda: F.conv_transpose2d(x, torch.rand(2, 3, 3, 3))],
        "max_pool1d": [lambda: F.max_pool1d(x[0], 2)],
        "max_pool2d": [lambda: F.max_pool2d(x, 2)],
        "max_pool3d": [lambda: F.max_pool3d(cube, 2)],
        "adaptive_max_pool1d": [lambda: F.adaptive_max_pool1d(x[0], 2)],
        "avg_pool1d": [lambda: F.avg_pool1d(x[0], 2)],
        "adaptive_avg_pool2d": [lambda: F.adaptive_avg_pool2d(x, 2), lambda: F.adaptive_avg_pool2d(x, 1)],
        "linear": [lambda: F.linear(table, table), lambda: F.linear(table, table, torch.rand(3))],
        "matmul": [lambda: table @ table.T, lambda: stack @ stack.mT, lambda: table @ vector, lambda: vector @ vector],
        "einsum": [lambda: torch.einsum("ij,kj->ik", table, table)],
        "tensordot": [lambda: torch.tensordot(table, table.T, 1)],
        "softmax": [lambda: F.softmax(table, 1)],
        "log_softmax": [lambda: F.log_softmax(table, 1)],
        "nll_loss": [lambda: F.nll_loss(table, labels)],
        "cross_entropy_loss": [lambda: F.cross_entropy(table, labels)],
        "batch_norm": [lambda: F.batch_norm(table, torch.zeros(4), torch.ones(4))],
        "layer_norm": [lambda: F.layer_norm(table, (4,))],
        "pad": [lambda: F.pad(x, (1, 1))],
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(INSTEAD))
def test_what_to_write_instead_is_what_torch_calls(name):
    """Each operator that the message names is called by the function, and each call of it meets one of them."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Listener(TorchDispatchMode):
        def __init__(self):
            super().__init__()
            self.heard = set()

        def __torch_dispatch__(self, func, types, args=(), kwargs=None):
            self.heard.add(func._schema.name)
            return func(*args, **(kwargs or {}))

    wanted = {f"aten::{other}" for other in INSTEAD[name]}
    met = []
    for function in functions()[name]:
        with Listener() as listener:
            function()
        met.append(listener.heard & wanted)
    assert all(met)
    assert set.union(*met) == wanted
    with pytest.raises(SpecError, match=f"expected .*'{min(wanted)}'"):
        read_forbidden(SPEC, {"operators": [f"aten::{name}"]}, BOTH)
    assert read_forbidden(SPEC, {"operators": sorted(wanted)}, BOTH).operators


def test_what_goes_with_an_operator_is_of_its_kind():
    """Variants are added for single machines, number formats and in place; other operators are not."""
    for name in ALSO:
        first, *others = read_forbidden(SPEC, {"operators": [name]}, BOTH).operators
        assert first == name
        assert others
        assert not [
            other for other in others if "adaptive" in other or "fractional" in other or "convert" in other
        ]
    assert read_forbidden(SPEC, {"operators": ["aten::relu"]}, BOTH).operators == (
        "aten::relu",
        "aten::relu_",
    )


# Grading

SUITE = '''"""Hidden suite."""
import pytest
from autograder.testing import Tensor, assert_same
@pytest.mark.weight(3)
@pytest.mark.parametrize("size", [4, 6])
def test_values(student, reference, rng, size):
    """Every value is right."""
    x = rng.standard_normal((1, 2, size, size)).astype("float32")
    assert_same(student(Tensor(x)), reference(x), rtol=1e-5)
'''
REFERENCE = '''"""Halve an image by the largest of four."""
def {name}(x):
    """Keep the largest of each window of two by two."""
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))
'''
LOOPS = """
import torch
def {name}(x):
    n, c, h, w = x.shape
    out = torch.empty(n, c, h // 2, w // 2)
    for i in range(h // 2):
        for j in range(w // 2):
            out[:, :, i, j] = x[:, :, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].amax((2, 3))
    return out
"""
LIBRARY = "from torch.nn.functional import max_pool2d as largest\ndef {name}(x): return largest(x, 2)\n"


@pytest.fixture
def two_functions(tmp_path):
    """A course with a function that must be written by hand, and one that need not be."""
    for name, text in (
        ("by_hand", '[forbidden]\noperators = ["aten::max_pool2d_with_indices"]'),
        ("free", ""),
    ):
        folder = write(tmp_path / "solutions" / name, "diagnose = false\n" + text)
        (folder / "test_hidden.py").write_text(SUITE)
        (folder / "reference.py").write_text(REFERENCE.format(name=name))
    return tmp_path


def test_a_forbidden_call_costs_its_function_only_and_is_named(tier_a, two_functions):
    """Loops earn all points where the library's function is forbidden; that function earns them where it is not."""
    submissions = [
        Submission(name, "python", (by_hand.format(name="by_hand") + free.format(name="free"),))
        for name, by_hand, free in (("ana", LOOPS, LIBRARY), ("bo", LIBRARY, LIBRARY), ("cy", LOOPS, LOOPS))
    ]
    plan = plan_functions(two_functions, ["by_hand", "free"])
    ana, bo, cy = grade(submissions, plan, sandbox=tier_a, seed=development_seed(1))
    assert [one.points for one in (ana, bo, cy)] == [6, 3, 6]
    assert not bo.needs_person
    assert [test.outcome for test in bo.tests] == [Outcome.FAILED, Outcome.PASSED]
    assert bo.tests[0].reason == "your code called aten::max_pool2d_with_indices, which this exercise forbids"
    assert isinstance(ForbiddenCall("x"), StudentFault)
