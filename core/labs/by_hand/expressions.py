"""Programs to begin with, each for something that can be seen in its graph."""

DEFAULT = "chain"
DEFAULT_X = "0, 1, 2"

EXPRESSIONS = {
    "chain": "a = x + 2\nb = a ** 2\nc = b + 3\ny = c.mean()",
    "two_paths": "a = x ** 2\nb = a * x\ny = b.sum()",
    "neuron": "z = 2 * x\np = sigmoid(z)\nh = log(p)\ny = h.mean()",
    "variance": "m = x.mean()\nd = x - m\ns = d ** 2\ny = s.mean()",
    "corner": "a = relu(x - 1)\nb = sqrt(a)\ny = b.sum()",
    "vector": "a = 3 * x\ny = a ** 2",
}
