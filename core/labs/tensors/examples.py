"""Programs to begin with, in the order in which a lesson on tensors goes."""

DEFAULT = "ranks"

_WRITTEN = {
    "ranks": """
s = torch.tensor(7.)
v = torch.tensor([1., 2., 3.])
m = torch.tensor([[1., 2., 3.], [4., 5., 6.]])
t = torch.arange(24).view(2, 3, 4)
""",
    "images": """
images = torch.arange(100).view(4, 1, 5, 5)
second = images[1, 0]
rows = images.view(4, -1)
""",
    "series": """
series = torch.arange(640).view(4, 10, 16)
last = series[:, -1]
steps = series.permute(1, 0, 2)
""",
    "types": """
x = torch.FloatTensor([5.1, 3.5, 1.4])
y = torch.LongTensor([0, 2, 1])
z = torch.arange(4)
m = z.mean()
""",
    "indexing": """
x = torch.arange(12).view(3, 4)
row = x[1]
column = x[:, 1]
block = x[1:, ::2]
picked = x[[2, 0]]
""",
    "broadcasting": """
x = torch.arange(6.).view(2, 3)
b = torch.tensor([10., 20., 30.])
y = x + b
c = torch.tensor([[100.], [200.]])
z = x + c
""",
    "reductions": """
x = torch.tensor([[1., 5., 3.], [4., 2., 6.]])
s = x.sum()
columns = x.mean(dim=0)
best = x.max(dim=1)
place = x.argmax(dim=1)
""",
    "joining": """
a = torch.arange(6).view(2, 3)
b = a + 10
long = torch.cat([a, b], dim=0)
wide = torch.cat([a, b], dim=1)
deep = torch.stack([a, b])
""",
    "numpy": """
n = np.array([1., 2., 3.])
t = torch.from_numpy(n)
n[0] = 100
x = torch.ones(3)
back = x.numpy()
x.add_(1)
""",
    "view": """
x = torch.arange(12).view(2, 2, 3)
y = x.view(4, 3)
z = x.view(-1)
y[0, 0] = 99
""",
    "squeezing": """
a = torch.arange(6).view(1, 2, 3)
b = a.squeeze()
c = torch.arange(6).view(2, 3, 1).squeeze()
d = torch.arange(3).view(3, 1).squeeze()
e = b.unsqueeze(0)
f = b.unsqueeze(1)
g = b.unsqueeze(-1)
""",
    "linear": """
X = torch.tensor([[1., 2.], [3., 4.], [5., 6.]])
W = torch.tensor([[1., 0., 2.], [0., 1., 3.]])
b = torch.tensor([10., 20., 30.])
Y = X @ W + b
e = X * X
""",
    "transposed": """
x = torch.arange(12).view(3, 4)
y = x.t()
z = y.view(-1)
""",
    "accuracy": """
pred = torch.tensor([[2, 0, 1], [1, 2, 0], [0, 1, 2], [1, 0, 2]])
target = torch.tensor([2, 0, 0, 1])
correct = pred.t().eq(target.view(1, -1))
top2 = correct[:2].view(-1).float().sum()
""",
    "loss": """
pred = torch.tensor([[1.1], [1.9], [3.2]])
y = torch.tensor([1., 2., 3.])
d = pred - y
loss = F.mse_loss(pred, y)
""",
    "order": """
x = torch.arange(6).view(2, 3)
y = x.view(3, 2)
z = x.permute(1, 0)
""",
    "batch": """
batch = torch.rand(1, 4, 1)
out = batch.squeeze()
scores = torch.rand(2, 3)
best = scores.max()
""",
}
EXAMPLES = {name: text.strip() for name, text in _WRITTEN.items()}
