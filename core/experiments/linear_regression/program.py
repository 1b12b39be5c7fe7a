"""Linear regression: a line through points"""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_diabetes
from torch import nn

from core.experiments.linear_regression.config import LinearRegressionConfig
from core.program import record
from core.program.optimizer import make_optimizer

config = LinearRegressionConfig()

# Seed: what is drawn at random follows from it.
torch.manual_seed(config.seed)  # the same random numbers every time
torch.set_num_threads(1)  # one thread adds in one order, down to the last digit
device = torch.device("cpu")

# Data: x goes in, y should come out; one row for each sample.
if config.data == "points":
    # Three points on a line.
    x = [1.0, 2.0, 3.0]
    y = [1.0, 2.0, 3.0]
elif config.data == "line":
    # Points scattered about a line that we know.
    rng = np.random.default_rng(config.data_seed)
    x = rng.uniform(-2.0, 2.0, config.points)
    y = config.slope * x + config.intercept
    if config.noise:
        y = y + rng.normal(0.0, config.noise, config.points)
elif config.data == "diabetes":
    # The body mass index of patients, and how far diabetes has come a year later.
    patients = load_diabetes()
    x = patients.data[:, 2]  # the body mass index
    y = patients.target
else:
    # Your own table, x and y.
    table = np.array(config.table)
    x, y = table[:, 0], table[:, 1]
if config.standardize:
    if config.x_has_variance:
        x_mean, x_std = np.mean(x), np.std(x)
        x = (x - x_mean) / x_std  # mean 0, and variance 1
    else:
        x_mean, x_std = 0.0, np.abs(x).max() or 1.0
        x = (x - x_mean) / x_std  # no variance that float64 can hold: divided by the largest
if config.standardize_y:
    if config.y_has_variance:
        y_mean, y_std = np.mean(y), np.std(y)
        y = (y - y_mean) / y_std  # mean 0, and variance 1
    else:
        y_mean, y_std = 0.0, np.abs(y).max() or 1.0
        y = (y - y_mean) / y_std  # no variance that float64 can hold: divided by the largest
if config.dtype == "float32":
    x = torch.tensor(x, dtype=torch.float32, device=device)[:, None]  # ({config.rows}, 1)
    y = torch.tensor(y, dtype=torch.float32, device=device)[:, None]
else:
    # x and y stay float64, as numpy hands them out, but the weights are float32. The first forward fails with
    #     {config.dtype_error}
    # Write dtype=torch.float32 in the two lines below, and it works.
    x = torch.tensor(x, dtype=torch.float64, device=device)[:, None]  # ({config.rows}, 1)
    y = torch.tensor(y, dtype=torch.float64, device=device)[:, None]

if config.formulation == "tensors":
    # Model: prediction = x @ W + b. PyTorch keeps account of all that is computed from W and b: they require gradients.
    if config.start == "zeros":
        W = torch.zeros(1, 1, device=device, requires_grad=True)
        b = torch.zeros(1, device=device, requires_grad=True)
    elif config.start == "typed":
        W = torch.tensor([[config.W0]], device=device, requires_grad=True)
        b = torch.tensor([config.b0], device=device, requires_grad=True)
    else:
        W = torch.empty(1, 1).uniform_(-1, 1).to(device).requires_grad_()  # the range that nn.Linear(1, 1) draws from
        b = torch.empty(1).uniform_(-1, 1).to(device).requires_grad_()
else:
    # Model: nn.Linear(1, 1) holds one weight and one bias, and computes x @ weight.T + bias.
    model = nn.Linear(1, 1)
    if config.start == "zeros":
        nn.init.constant_(model.weight, 0.0)
        nn.init.constant_(model.bias, 0.0)
    elif config.start == "typed":
        nn.init.constant_(model.weight, config.W0)
        nn.init.constant_(model.bias, config.b0)
    model.to(device)
    W, b = model.weight, model.bias

# Optimizer: it is given the parameters and no loss. It will read the gradient of each parameter from its .grad.
if config.formulation == "tensors":
    optimizer = make_optimizer(config, [W, b])
else:
    optimizer = make_optimizer(config, model.parameters())


def predicted(x):
    return x @ W + b if config.formulation == "tensors" else model(x)


def loss_of(prediction, y):
    if config.loss == "huber":
        return F.huber_loss(prediction, y)
    if config.loss == "l1":
        return (prediction - y).abs().mean() if config.formulation == "tensors" else F.l1_loss(prediction, y)
    return ((prediction - y) ** 2).mean() if config.formulation == "tensors" else F.mse_loss(prediction, y)


# Training: {config.epochs} updates. What is printed is of one moment, before the update.
for epoch in range(config.epochs + 1):
    if 0 < config.batch_size < config.rows:
        with torch.no_grad():
            loss = loss_of(predicted(x), y)  # over all rows, before the updates of this epoch
        record(f"epoch {epoch:4d}  W {W.item():.3f}  b {b.item():.3f}  loss {loss:.6f}")
        for rows in torch.randperm(len(x)).split(config.batch_size):
            prediction = predicted(x[rows])  # forward: what the model says now
            batch_loss = loss_of(prediction, y[rows])  # how wrong that is, as one number
            optimizer.zero_grad()  # gradients add up: forget those of the update before
            batch_loss.backward()  # fills .grad of every parameter
            optimizer.step()  # reads .grad and moves the parameters
    else:
        prediction = predicted(x)  # forward: what the model says now
        loss = loss_of(prediction, y)  # how wrong that is, as one number
        optimizer.zero_grad()  # gradients add up: forget those of the update before
        loss.backward()  # fills .grad of every parameter
        record(f"epoch {epoch:4d}  W {W.item():.3f}  b {b.item():.3f}  loss {loss:.6f}")
        optimizer.step()  # reads .grad and moves the parameters

# Result: with all digits, to be compared.
if config.standardize and config.standardize_y:
    W_data = W.item() * y_std / x_std  # the same line in the units of the data
    b_data = b.item() * y_std + y_mean - W_data * x_mean
elif config.standardize:
    W_data = W.item() / x_std  # the same line in the units of the data
    b_data = b.item() - W_data * x_mean
elif config.standardize_y:
    W_data = W.item() * y_std  # the same line in the units of the data
    b_data = b.item() * y_std + y_mean
if config.standardize or config.standardize_y:
    print("in the units of the data: W:", W_data, " b:", b_data)
print("W:", W.item(), " b:", b.item())
print("loss:", loss.item())
