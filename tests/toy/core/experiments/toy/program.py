"""Toy: a line through the origin"""

import torch
import torch.nn.functional as F
from core.experiments.toy.config import ToyConfig
from torch import nn

from core.program import record
from core.program.optimizer import make_optimizer

config = ToyConfig()

# Seed: the model begins at random.
torch.manual_seed(config.seed)
torch.set_num_threads(1)
device = torch.device("cpu")

# Data: {config.rows} points on a line.
x = torch.linspace(-1.0, 1.0, config.rows)[:, None].to(device)
y = config.slope * x

# Model: one weight.
model = nn.Linear(1, 1, bias=False)
model.to(device)

# Optimizer: it is given the parameters.
optimizer = make_optimizer(config, model.parameters())

# Training: {config.epochs} passes.
for epoch in range(1, config.epochs + 1):
    prediction = model(x)  # forward
    loss = F.mse_loss(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    record(f"epoch {epoch:4d}  loss {loss:.6f}")
    if config.shrink:
        nn.utils.clip_grad_norm_(model.parameters(), config.shrink)
    optimizer.step()

# Result: with all digits.
print("loss:", loss.item())
