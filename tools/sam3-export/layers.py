"""The few layers that every graph is made of, in the form that runtimes fuse: plain products, sums and one softmax.

They take the weights of transformers' modules once and keep them as the graph wants them, so that nothing of a weight is
computed when the graph runs.
"""

import torch
from torch import Tensor, nn

# Added to the score of a token that nobody may attend to. exp() of it is exactly 0 in float32 and in float16, and the
# sum with any score stays finite in float16.
MASKED = -30000.0


def fixed(tensor: Tensor) -> nn.Parameter:
    """A weight of the graph; never trained."""
    return nn.Parameter(tensor.detach().clone(), requires_grad=False)


class Linear(nn.Module):
    """x @ weight + bias, the weight kept transposed: no Transpose node in the graph."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        """Takes `weight` as torch keeps it: [out, in]."""
        super().__init__()
        self.weight = fixed(weight.T.contiguous())
        self.bias = None if bias is None else fixed(bias)

    @classmethod
    def of(cls, linear: nn.Linear) -> "Linear":
        return cls(linear.weight, linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        product = x @ self.weight
        return product if self.bias is None else product + self.bias


class Perceptron(nn.Module):
    """Linear layers with an activation between them."""

    def __init__(self, linears: list[nn.Linear], activation: nn.Module) -> None:
        super().__init__()
        self.linears = nn.ModuleList(Linear.of(linear) for linear in linears)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        for linear in self.linears[:-1]:
            x = self.activation(linear(x))
        return self.linears[-1](x)


class Attention(nn.Module):
    """Attention over heads; the scale of the scores is part of the query's weights.

    Query and key may have different batch sizes as long as one of them is 1: the products broadcast, so what does not
    depend on a prompt is computed once for all of them.
    """

    def __init__(self, source: nn.Module, heads: int, output: nn.Linear | None = None) -> None:
        """Takes `q_proj`, `k_proj`, `v_proj` and `o_proj` (or `output`) of `source`."""
        super().__init__()
        self.heads = heads
        self.width = source.q_proj.weight.shape[0] // heads
        scale = self.width**-0.5
        self.query = Linear(source.q_proj.weight * scale, source.q_proj.bias * scale)
        self.key = Linear.of(source.k_proj)
        self.value = Linear.of(source.v_proj)
        self.output = Linear.of(source.o_proj if output is None else output)

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(-1, int(x.shape[1]), self.heads, self.width).transpose(1, 2)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
        """[a, q, c], [b, k, c], [b, k, c] to [max(a, b), q, c]; `bias` is added to the scores [., heads, q, k]."""
        length = int(query.shape[1])
        scores = self._split(self.query(query)) @ self._split(self.key(key)).transpose(2, 3)
        if bias is not None:
            scores = scores + bias
        mixed = torch.softmax(scores, dim=-1) @ self._split(self.value(value))
        return self.output(mixed.transpose(1, 2).reshape(-1, length, self.heads * self.width))


def key_bias(valid: Tensor, dtype: torch.dtype) -> Tensor:
    """[n, k] of 1 and 0 to what is added to scores [n, heads, q, k] so that keys with 0 get no attention."""
    return ((1 - valid.to(dtype)) * MASKED)[:, None, None, :]
