"""The loops that a person would write: plain PyTorch, one thread, nothing recorded. Each returns its last loss.

Model, data and optimizer are made before the clock runs. They draw from `torch.manual_seed(0)`, in the order in which
a script would, so their losses are those of our runs to the last bit.
"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits, load_iris, make_moons
from sklearn.model_selection import train_test_split
from torch import Tensor, nn

Loop = Callable[[int], float]  # so many passes; the loss of the last one, before its update
WORDS = "the quick brown fox jumps over the lazy dog while it rains in the hills and nobody minds. "


def regression() -> Loop:
    """S1: W and b by hand on three points, SGD lr 0.01. The row of step N is what pass N + 1 finds."""
    x, y = torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[1.0], [2.0], [3.0]])
    W, b = torch.zeros(1, 1, requires_grad=True), torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.SGD([W, b], lr=0.01)

    def loop(steps: int) -> float:
        cost = torch.tensor(0.0)
        for _ in range(steps + 1):
            cost = ((x @ W + b - y) ** 2).mean()
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
        return cost.item()

    return loop


def iris(*between: nn.Module, batch: int = 0) -> Loop:
    """S4: 4 → 10 → 3 with ReLU, or what else is between the layers, over all 150 flowers, Adam lr 0.01.

    Args:
        batch: so many flowers an update, after a pass over all of them whose loss counts.
    """
    flowers = load_iris()
    x, y = torch.tensor(flowers.data, dtype=torch.float32), torch.tensor(flowers.target, dtype=torch.int64)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 10), *(between or [nn.ReLU()]), nn.Linear(10, 3))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def update(x: Tensor, y: Tensor) -> Tensor:
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def loop(steps: int) -> float:
        loss = torch.tensor(0.0)
        for _ in range(steps):
            if not batch:
                loss = update(x, y)
                continue
            with torch.no_grad():
                loss = F.cross_entropy(model(x), y)
            for rows in torch.randperm(len(x)).split(batch):
                update(x[rows], y[rows])
        return loss.item()

    return loop


def plane() -> Loop:
    """Two moons, 2 → 8 → 8 → 2 with tanh, Adam lr 0.03, all 200 points at once."""
    points, labels = make_moons(n_samples=200, noise=0.1, random_state=0)
    x, y = torch.tensor(points, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 2))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)

    def loop(steps: int) -> float:
        loss = torch.tensor(0.0)
        for _ in range(steps):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    return loop


def digits() -> Loop:
    """S9: two convolutions, Adam lr 0.01, 64 digits an update; train and test are measured once an epoch. A pass is an update."""
    ink, kinds = load_digits(return_X_y=True)
    images, labels = torch.tensor(ink.reshape(-1, 1, 8, 8) / 16, dtype=torch.float32), torch.tensor(kinds)
    x, x_test, y, y_test = train_test_split(images, labels, test_size=0.25, stratify=kinds, random_state=0)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

    def loop(steps: int) -> float:
        loss, batches = torch.tensor(0.0), list[Tensor]()
        for _ in range(steps):
            if not batches:
                batches = list(torch.randperm(len(x)).split(64))[: len(x) // 64]
                with torch.no_grad():
                    for images, told in ((x, y), (x_test, y_test)):
                        logits = model(images)
                        F.cross_entropy(logits, told).item(), (logits.argmax(1) == told).float().mean().item()
            rows = batches.pop(0)
            loss = F.cross_entropy(model(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    return loop


def overfitting() -> Loop:
    """20 points and Legendre polynomials up to degree 9, SGD lr 0.1; the test loss at 500 other points before each update."""
    torch.manual_seed(0)
    (X, y), (tested, y_test) = _on_the_wave(), _on_the_wave()
    w = torch.zeros(41, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)

    def loop(steps: int) -> float:
        loss = torch.tensor(0.0)
        for _ in range(steps):
            with torch.no_grad():
                ((tested[:, :10] @ w[:10] - y_test) ** 2).mean()
            loss = ((X[:20, :10] @ w[:10] - y[:20]) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    return loop


def overfitting_network() -> Loop:
    """20 points of their own and 20 units with tanh, SGD lr 0.1."""
    torch.manual_seed(0)
    x = 2 * torch.rand(20, 1) - 1
    y = 0.8 * torch.sin(2 * torch.pi * x)
    model = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def loop(steps: int) -> float:
        loss = torch.tensor(0.0)
        for _ in range(steps):
            loss = F.mse_loss(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    return loop


def _on_the_wave() -> tuple[Tensor, Tensor]:
    x = 2 * torch.rand(500) - 1
    y = 0.8 * torch.sin(2 * torch.pi * x) + 0.3 * x + 0.3 * torch.randn(500)
    columns = [torch.ones_like(x), x]
    for k in range(1, 40):
        columns.append(((2 * k + 1) * x * columns[k] - k * columns[k - 1]) / (k + 1))
    return torch.stack(columns, dim=1) * torch.sqrt(2 * torch.arange(41) + 1), y


def char_rnn(text: str, cell: str, hidden: int, layers: int, batch: int, length: int, device: str = "cpu") -> Loop:
    """S14 and its larger kin: one-hot characters in, the next character's logits out, Adam lr 0.1.

    `hidden` 0 takes the RNN's outputs as logits; else a Linear stands on top. The state is carried on through the text.
    """
    alphabet = sorted(set(text))
    ids = torch.tensor([alphabet.index(character) for character in text])
    columns, size = (len(ids) - 1) // batch, len(alphabet)
    x = F.one_hot(ids[:-1][: batch * columns], size).float().view(batch, columns, size)
    y = ids[1:][: batch * columns].view(batch, columns)
    x, y = x.to(device), y.to(device)
    pieces = [(x[:, at : at + length], y[:, at : at + length].reshape(-1)) for at in range(0, columns, length)]
    torch.manual_seed(0)
    rnn = getattr(nn, cell)(size, hidden or size, layers, batch_first=True)
    head = nn.Linear(hidden, size) if hidden else nn.Identity()
    rnn, head = rnn.to(device), head.to(device)
    optimizer = torch.optim.Adam([*rnn.parameters(), *head.parameters()], lr=0.1)

    def loop(steps: int) -> float:
        loss, state = torch.tensor(0.0), None
        for step in range(steps):
            piece, target = pieces[step % len(pieces)]
            state = _cut_off(state) if step % len(pieces) else None
            outputs, state = rnn(piece, state)
            loss = F.cross_entropy(head(outputs).reshape(-1, size), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return loss.item()

    return loop


def _cut_off(state: Any) -> Any:
    return state.detach() if isinstance(state, Tensor) else tuple(part.detach() for part in state)
