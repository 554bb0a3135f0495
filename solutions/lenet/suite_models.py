# LEGRADE-CANARY solutions/lenet/suite_models.py
"""Models for the hidden suite: the student's, with weights that we set, and the reference's with the same."""

import numpy as np

from autograder.architectures import architecture_of
from autograder.beside import reference_beside
from autograder.testing import Handle, Mismatch, StudentFault
from autograder.training_evidence import filled

GAIN = {"relu": 1, "sigmoid": 6}  # small weights would hide in a sigmoid what pooling does


def image(options):
    return architecture_of(options).image


def build(student, options, batch=2):
    """Build a model and run zeros through it: the handle, and its leaf modules as (name, shape, parameters)."""
    model = student.build_model()
    if not isinstance(model, Handle):
        raise Mismatch("build_model returned no torch.nn.Module", type(model).__name__)
    try:
        rows = student.ask("layers", model, (batch, *image(options)))
    except StudentFault as fault:
        raise Mismatch(
            "build_model's result does not run on the images of the assignment", str(fault)
        ) from None
    return model, rows


def weights(student, model, before=None):
    """Fetch the weights as flat float64 arrays; training must leave as many of the same sizes as there were before."""
    found = [np.asarray(w, dtype=np.float64).ravel() for w in student.ask("weights", model)]
    if before is not None and [w.size for w in found] != [w.size for w in before]:
        raise Mismatch("fit gave the model other weights than it had", str([w.size for w in found]))
    return found


def set_weights(student, model, flat):
    """Give the model's parameters, which LeNet's sizes tell apart, the values that we chose; return the order."""
    own, sizes = student.ask("weights", model), [w.size for w in flat]
    if sorted(w.size for w in own) != sorted(sizes):
        raise Mismatch("the model's weights and biases are not those of LeNet", str([w.shape for w in own]))
    order = [sizes.index(w.size) for w in own]
    student.ask("set_weights", model, [flat[i].reshape(w.shape) for i, w in zip(order, own, strict=True)])
    return order


def draw_weights(rng, options, gain=1):
    lenet = architecture_of(options)
    bounds = [gain / np.sqrt(n) for n in lenet.fan_in]
    return [rng.uniform(-b, b, n).astype(np.float32) for b, n in zip(bounds, lenet.sizes, strict=True)]


def reference_model(flat, options):
    model = reference_beside(__file__).build_lenet(**architecture_of(options).arguments)
    return filled(model, flat)
