"""Every error that the question bank raises; all are `QuestionBankError`."""


class QuestionBankError(Exception):
    """Something in the bank, a blueprint, a roster, a paper or a key is wrong."""


class UnknownNameError(QuestionBankError):
    """A name that nothing is registered under; the message lists the nearest names."""


class DuplicateNameError(QuestionBankError):
    """Two things want the same name in one registry."""


class SpaceError(QuestionBankError):
    """A space of parameters is malformed, empty, or asked for a point that it does not hold."""


class FormulaError(QuestionBankError):
    """A text that is no formula of the small language of `maths`, or one that has no value."""


class StepError(QuestionBankError):
    """A step of a worked solution whose two sides differ."""


class AnswerError(QuestionBankError):
    """An answer that contradicts itself, such as a choice whose key is no option."""


class OracleMismatchError(QuestionBankError):
    """The key and the oracle differ, so the question cannot be issued."""


class FormatError(QuestionBankError):
    """Frozen JSON (a paper, a key, a question) that cannot be read: field, got, expected."""


class BlueprintError(QuestionBankError):
    """A blueprint is broken: file, field, got, expected."""


class ExportError(QuestionBankError):
    """An item that a format cannot express: which item, why, next step."""


class RosterError(QuestionBankError):
    """A class list is broken: file, row, got, expected."""


class ResponseError(QuestionBankError):
    """A file of responses that cannot be marked, with the reason."""


class WrittenError(QuestionBankError):
    """The table of written answers cannot be used: file, line, got, expected."""


class MarksFallError(QuestionBankError):
    """A new marking would lower somebody's mark: whose, from what to what, next step."""


class KeyFileError(QuestionBankError):
    """The course key is missing, malformed, readable by others, or would be overwritten."""


class MissingTranslationError(QuestionBankError):
    """A text of a paper has no translation into the paper's language, or a broken one; such a paper is not issued."""
