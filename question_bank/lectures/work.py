"""How much arithmetic one run of the check may do, so that no file of examples takes unbounded time."""

from question_bank.errors import FormatError

MOST_PRODUCTS = 20_000
"""Products of one example: a lecture's largest drawn table takes a few hundred."""

_MOST_IN_ALL = 500_000


class BudgetError(FormatError):
    """One example, or the file, asks for more arithmetic than worked examples do."""


class Work:
    """A budget of multiplications; every kind that computes cell by cell spends from it before it starts."""

    def __init__(self) -> None:
        self._left = _MOST_IN_ALL

    def spend(self, products: int) -> None:
        """Take from the budget.

        Raises:
            BudgetError: one example, or the file, asks for more than worked examples do.
        """
        if products > MOST_PRODUCTS:
            raise BudgetError(f"{products} products; expected at most {MOST_PRODUCTS} in a worked example")
        if products > self._left:
            raise BudgetError(f"the file asks for more than {_MOST_IN_ALL} products in all; split it")
        self._left -= products
