"""Models that the grader makes inside a worker: what they note of the program that uses them, and what is believed of it."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course import load_spec
from autograder.errors import BadReply
from autograder.evidence import believe
from autograder.loading import Loading
from autograder.proxy import StudentProxy
from autograder.submission import Submission
from autograder.testing import Handle, Tensor

ROWS = [["Watch"], ["Flatten"], ["Linear", 4, 3]]


def images(names):
    """Make images of 2x2 pixels whose first pixel is a name."""
    import torch

    x = torch.zeros(len(names), 1, 2, 2)
    x[:, 0, 0, 0] = torch.tensor(names, dtype=torch.float32)
    return x


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.lists(st.integers(0, 99), min_size=1, max_size=5)))
)
def test_every_batch_is_noted_with_its_mode_once(batches):
    """Mode, whether gradients are recorded, and the first pixels, in the order of the calls; what was told is forgotten."""
    import torch

    from autograder.worker_probes import seen, sequential

    model = sequential(ROWS, training=True)
    for training, recorded, names in batches:
        with torch.set_grad_enabled(recorded):
            model.train(training)(images(names))
    found = [(training, recorded, names.tolist()) for training, recorded, names in seen(model)]
    assert found == [(training, recorded, [float(n) for n in names]) for training, recorded, names in batches]
    assert seen(model) == []


def test_a_copy_notes_in_the_same_place():
    """A program that keeps a copy of its best model, or trains one, is seen all the same."""
    from autograder.worker_probes import seen, sequential

    model = sequential(ROWS, training=False)
    copy.deepcopy(model).train()(images([7]))
    assert [names.tolist() for _, _, names in seen(model)] == [[7.0]]


def test_notes_are_bounded():
    """Endless batches fill neither the worker's memory nor the wire."""
    from autograder.worker_probes import MAX_BATCHES, MAX_NAMES, Watch, seen

    watch = Watch()
    for _ in range(MAX_BATCHES + 5):
        watch(images([1]))
    assert len(seen(watch)) == MAX_BATCHES
    for _ in range(4):
        watch(images([0]).expand(MAX_NAMES // 3, 1, 2, 2))
    assert len(seen(watch)) == 3


def test_a_model_is_made_of_listed_layers_only():
    """A row is a name and numbers; nothing else can be built over the wire."""
    from autograder.worker_probes import LAYERS, seen, sequential

    with pytest.raises(KeyError, match="Dropout3d"):
        sequential([["Dropout3d"]], training=True)
    assert [type(layer).__name__ for layer in sequential(ROWS, training=True)] == [
        "Watch",
        "Flatten",
        "Linear",
    ]
    assert sorted(LAYERS) == ["BatchNorm1d", "Flatten", "Linear", "ReLU", "Watch"]
    for other in (sequential(ROWS[1:], training=True), [1]):
        with pytest.raises(
            TypeError, match=r"a (Sequential|list) without a Watch, expected a model that `sequential` made"
        ):
            seen(other)


def test_what_was_seen_crosses_to_the_grader(tier_c, course):
    """A student's function that uses the model in a worker is seen by the suite, batch by batch."""
    source = "def predict(model, x, *, batch_size, device):\n    return model.eval()(x)\n"
    spec = load_spec(course / "solutions" / "lenet")
    student = StudentProxy(Submission("one", "python", (source,)), spec, tier_c, Loading([source]))
    try:
        model = student.ask("sequential", ROWS, True)
        assert isinstance(model, Handle)
        assert student.ask("seen", model) == []
        student.predict(model, Tensor(images([3, 5]).numpy()), batch_size=2, device="cpu")
        [(training, recorded, names)] = student.ask("seen", model)
    finally:
        student.close()
    assert (training, recorded, names.tolist()) == (False, True, [3.0, 5.0])


@pytest.mark.parametrize(
    ("operation", "forged"),
    [
        ("sequential", None),
        ("sequential", [1]),
        ("seen", None),
        ("seen", [[True, True]]),
        ("seen", [[1, True, np.zeros(2, np.float32)]]),
        ("seen", [[True, True, np.zeros((2, 2), np.float32)]]),
        ("seen", [[True, True, np.zeros(2)]]),
        ("seen", ({"a": 1},)),
    ],
)
def test_an_answer_of_another_form_is_refused(operation, forged):
    """What no operation of ours says was forged, and is the student's fault."""
    with pytest.raises(BadReply, match="what came back about the model is no answer"):
        believe(operation, forged)
