"""Overfitting: a curve through a few points"""

import torch
from torch import nn

from core.experiments.overfitting.config import OverfittingConfig
from core.program import ever, record
from core.program.optimizer import make_optimizer

config = OverfittingConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")


# Data: a law, and points that noise moves off it. The first ones train, 500 others test.
def law(x):
    return 0.8 * torch.sin(2 * torch.pi * x) + 0.3 * x


x = 2 * torch.rand(500) - 1  # on [-1, 1]
y = (law(x) + config.noise * torch.randn(500)).to(device)
x_test = 2 * torch.rand(500) - 1
y_test = (law(x_test) + config.noise * torch.randn(500)).to(device)


if config.basis == "network":
    X, X_test = x[:, None].to(device), x_test[:, None].to(device)  # (500, 1): the network is given x itself
else:
    # Features: functions of x, scaled so that the mean of their squares over [-1, 1] is 1.
    def features(x):
        columns = [torch.ones_like(x), x]
        for k in range(1, 40):
            if config.basis == "legendre":
                columns.append(((2 * k + 1) * x * columns[k] - k * columns[k - 1]) / (k + 1))  # Bonnet's recursion
            else:
                columns.append(x * columns[k])  # the next power of x
        return torch.stack(columns, dim=1) * torch.sqrt(2 * torch.arange(41) + 1)  # (n, 41)

    X = features(x).to(device)
    X_test = features(x_test).to(device)

if config.basis == "network":
    # Model: a small network, whose hidden units each bend once. The curve is their weighted sum.
    model = nn.Sequential(nn.Linear(1, config.units), nn.Tanh(), nn.Linear(config.units, 1))
    model.to(device)
else:
    # Model: a weight for each feature. The curve is their weighted sum; only the features up to the degree take part.
    w = torch.zeros(41, device=device, requires_grad=True)


def parameters():
    return model.parameters() if config.basis == "network" else [w]


# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
optimizer = make_optimizer(config, parameters())


def curve(X):
    return model(X)[:, 0] if config.basis == "network" else X[:, :used] @ w[:used]


if config.basis == "network":
    # Best weights: a copy of the weights as they are.
    def weights_now():
        return {name: value.clone() for name, value in model.state_dict().items()}


# Training: {config.epochs} epochs. What is printed was found before the epoch's own update.
if config.basis == "network":
    lowest, best = float("inf"), weights_now()
else:
    lowest, best = float("inf"), torch.empty(0)
if ever("patience"):
    stops = False
for epoch in range(1, config.epochs + 1):
    if config.basis != "network":
        used = config.degree + 1
    with torch.no_grad():
        test_loss = ((curve(X_test) - y_test) ** 2).mean()
    if config.basis == "network":
        if test_loss < lowest:
            lowest, lowest_at, best = test_loss, epoch, weights_now()
    elif used != len(best) or test_loss < lowest:
        lowest, lowest_at, best = test_loss, epoch, w[:used].detach().clone()  # the best weights so far, of this degree
    if config.patience:
        stops = epoch - lowest_at >= config.patience  # early stopping: so long without a new lowest test loss
    prediction = curve(X[: config.points])  # forward: what the model says now
    loss = ((prediction - y[: config.points]) ** 2).mean()  # how wrong that is, as one number
    optimizer.zero_grad()  # gradients add up: forget those of the update before
    loss.backward()  # fills .grad of every parameter
    record(f"epoch {epoch:4d}  loss {loss:.6f}  test loss {test_loss:.6f}")
    optimizer.step()  # reads .grad and moves the parameters
    if config.patience:
        if stops:
            if config.basis == "network":
                model.load_state_dict(best)  # as they were where the test loss was lowest
            else:
                with torch.no_grad():
                    w[:used] = best  # as they were where the test loss was lowest
            break

# Result: with all digits, to be compared.
print("lowest test loss:", lowest.item(), "at epoch", lowest_at)
print("test loss:", test_loss.item())
print("loss:", loss.item())
