"""What is wrong in a training loop: torch.optim.Optimizer, torch.nn.Module.train and eval, torch.nn.CrossEntropyLoss."""

from question_bank.answers import Choice
from question_bank.authoring import Draft, family, lettered
from question_bank.draw import Draw
from question_bank.message import Message
from question_bank.model import Given, Part, Question, Wrong
from question_bank.space import Space
from question_bank.training_faults import GROUPS, NOTHING, TEXTS
from question_bank.training_listing import AXES, at, written
from question_bank.values import Value

_STEM = (
    "This program should train a network and print its accuracy on the test images after each epoch. `Net` is a network with dropout "
    "that gives a logit for each of ten classes; `train_loader` and `test_loader` give batches of images and class numbers from "
    "`train_data` and `test_data`. What is wrong with it?"
)


def _fault(given: Given) -> str:
    """Return the fault of a point; empty where there is none."""
    group = GROUPS[given["group"]]
    return group[given["fault"]] if given["fault"] < len(group) else ""


def _possible(given: Given) -> bool:
    """Leave out a step before the backward pass with gradients that are there: torch may stop such a program with an error."""
    return _fault(given) != "step-first" or bool(given["early"])


@family("training-loop-bug", topic="code", version=1)
class TrainingLoopBug:
    """What is wrong with a training loop, if anything is."""

    space = Space(
        group=range(len(GROUPS)),
        fault=range(6),
        **AXES,
        radicals=("group", "totals"),
    ).where(_possible)
    rules = tuple(sorted(fault.misreading for fault in (NOTHING, *TEXTS.values())))
    drawn = False

    def build(self, given: Given, draw: Draw) -> Draft:
        """Offer the faults of one kind in an order that is drawn; that nothing is wrong stands last."""
        fault = _fault(given)
        lines = written(at(given, fault))
        order = (*draw.shuffle(GROUPS[given["group"]]), "")
        texts = [TEXTS[name] if name else NOTHING for name in order]
        letters = lettered(order)
        answer = Choice(tuple(text.says for text in texts), letters[fault])
        wrong = tuple(
            Wrong(text.misreading, 0, letters[name])
            for name, text in zip(order, texts, strict=True)
            if name != fault
        )
        remedy = (TEXTS[fault] if fault else NOTHING).remedy
        part = Part(answer, Message("What is wrong"))
        return Draft(Message(_STEM), (part,), code="\n".join(lines), wrong=wrong, remarks=(Message(remedy),))

    def oracle(self, question: Question) -> tuple[Value, ...]:
        """The listing is carried out with a tiny network and watched: what it does tells which option is right."""
        from question_bank.training_watch import faults

        seen = {TEXTS[name].says if name in TEXTS else name for name, _ in faults(question.code)} or {
            NOTHING.says
        }
        return (question.parts[0].field.letters_of(lambda option: option in seen),)
