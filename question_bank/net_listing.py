"""Small networks as listings with `__init__` and `forward`: what one looks like, what shapes it passes on, where it stops."""

from dataclasses import dataclass

from question_bank import cnn
from question_bank.formulas import layer_text

BATCH, CLASSES = 8, 10
HEADER = ("class Net(nn.Module):", "    def __init__(self):", "        super().__init__()")


@dataclass(frozen=True, slots=True)
class Net:
    """Two convolutions with pooling and a dense layer on images (c, n, n).

    Attributes:
        c: channels of the images, `n` their height and width.
        f1: filters of the first convolution, `k1` its kernel, `p1` its padding.
        f2: filters of the second convolution, `k2` its kernel, `p2` its padding.
        m: the window of the pooling.
        fault: `` for none, else what does not fit: channels, features, flatten, name, size, batch.
    """

    c: int
    n: int
    f1: int
    k1: int
    p1: int
    f2: int
    k2: int
    p2: int
    m: int
    fault: str = ""

    def sides(self) -> tuple[int, ...]:
        """Return height (and width) before the first layer and after each convolution and pooling."""
        found = [self.n]
        for k, p in ((self.k1, self.p1), (self.k2, self.p2)):
            found.append(cnn.value(cnn.OUTPUT_SIZE, {"n": found[-1], "k": k, "s": 1, "p": p, "d": 1}))
            found.append(cnn.value(cnn.POOL_SIZE, {"n": found[-1], "k": self.m, "s": self.m}))
        return tuple(found)

    def features(self) -> int:
        """Return the number of values of an image before the dense layer."""
        return int(self.f2 * max(self.sides()[-1], 1) ** 2)

    def layers(self) -> tuple[str, ...]:
        """Return the lines of `__init__` that make layers."""
        expected = self.c if self.fault == "channels" else self.f1
        features = self.f2 * self.sides()[-2] ** 2 if self.fault == "features" else self.features()
        made = {
            "conv1": layer_text("Conv2d", self.c, self.f1, kernel_size=self.k1, padding=self.p1),
            "pool": f"nn.MaxPool2d({self.m})",
            "conv2": layer_text("Conv2d", expected, self.f2, kernel_size=self.k2, padding=self.p2),
            "fc": f"nn.Linear({features}, {CLASSES})",
        }
        return tuple(f"        self.{name} = {text}" for name, text in made.items())

    def steps(self) -> tuple[str, ...]:
        """Return the lines of `forward` that change x, in order; the dense layer stands last."""
        second = "pool2" if self.fault == "name" else "pool"
        start = ", start_dim=1" if self.fault != "batch" else ""
        flatten = () if self.fault == "flatten" else (f"x = torch.flatten(x{start})",)
        return (
            "x = torch.relu(self.conv1(x))",
            "x = self.pool(x)",
            "x = torch.relu(self.conv2(x))",
            f"x = self.{second}(x)",
            *flatten,
            "x = self.fc(x)",
        )

    def listing(self, printed_after: int | None = None) -> tuple[str, ...]:
        """Return the lines of the program; the shape is printed after that step, counted from 0, where one is given."""
        body = []
        for number, step in enumerate(self.steps()):
            body.append(step)
            body += ["print(tuple(x.shape))"] if number == printed_after else []
        return (
            *HEADER,
            *self.layers(),
            "",
            "    def forward(self, x):",
            *(f"        {line}" for line in body),
            "        return x",
            "",
            "model = Net()",
            f"y = model(torch.zeros({BATCH}, {self.c}, {self.n}, {self.n}))",
        )

    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Return the shape of x after each step of a network without a fault."""
        _, a, b, c, d = self.sides()
        flat, scores = (BATCH, self.features()), (BATCH, CLASSES)
        maps = ((self.f1, a), (self.f1, b), (self.f2, c), (self.f2, d))
        return (*((BATCH, f, side, side) for f, side in maps), flat, scores)
