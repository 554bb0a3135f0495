"""The question bank: families of questions whose every key is proved, papers made of them, and their marking.

The public face; importing it imports neither torch nor SymPy, and no family.

>>> import question_bank
>>> "generate" in question_bank.__all__
True
"""

from question_bank.answers import Array, Choice, Integer, Mark, Number, Raises, Shape
from question_bank.authoring import Draft, family, live
from question_bank.bank import generate, issue, names, prove, redact
from question_bank.draw import Draw
from question_bank.errors import QuestionBankError
from question_bank.keys import CourseKey
from question_bank.message import Message
from question_bank.model import Part, PublicPart, PublicQuestion, Question, Step, Table, Wrong
from question_bank.paper import Item, Paper
from question_bank.readings import Reading
from question_bank.registry import Registry
from question_bank.space import Space
from question_bank.values import RAISED, Field, Grid

__all__ = [
    "RAISED",
    "Array",
    "Choice",
    "CourseKey",
    "Draft",
    "Draw",
    "Field",
    "Grid",
    "Integer",
    "Item",
    "Mark",
    "Message",
    "Number",
    "Paper",
    "Part",
    "PublicPart",
    "PublicQuestion",
    "Question",
    "QuestionBankError",
    "Raises",
    "Reading",
    "Registry",
    "Shape",
    "Space",
    "Step",
    "Table",
    "Wrong",
    "family",
    "generate",
    "issue",
    "live",
    "names",
    "prove",
    "redact",
]
