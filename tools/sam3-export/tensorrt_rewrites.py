"""What makes the same values cheaper on a GPU: sums and products moved from the graph into its weights.

Every rewrite here is an identity of real arithmetic, so it changes a result by rounding alone; `test_rewrites.py` holds
each to that, on small layers and on one layer of the full size.

- A rotary embedding turns neighbouring channels (0, 1), (2, 3), ... of a head. With the channels of queries and keys put
  in the order (0, 2, ..., 1, 3, ...) it turns the first half against the second, which needs no strided access; the
  order goes into the weights, and scores do not see it since both sides have it.
- Attention does not care for the order of tokens. So tokens stay in the order of windows from the first layer to the last:
  a window is a reshape, and the layers that look at the whole picture take their angles in that order.
- A transposed convolution followed by a 1 x 1 convolution is one transposed convolution.
- The nearest neighbour twice as large, then a 3 x 3 convolution: a transposed convolution of 4 x 4 with stride 2, at 4/9
  of the products.
- The product of a query with a 1 x 1 convolution of pixels is the product of a projected query with the pixels.
"""

import torch
from torch import Tensor, nn

from layers import Linear, fixed


def halves_of_pairs(weight: Tensor, heads: int) -> Tensor:
    """Rows (or entries of a bias) of a query or key projection, the channels of each head put evens first, odds after."""
    width = weight.shape[0] // heads
    order = torch.cat([torch.arange(0, width, 2), torch.arange(1, width, 2)])
    rows = (torch.arange(heads)[:, None] * width + order[None, :]).flatten()
    return weight[rows]


def turn_halves(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The rotary embedding on [..., tokens, width] whose halves are the pairs; cos and sin are [tokens, width / 2]."""
    half = x.shape[-1] // 2
    first, second = x[..., :half], x[..., half:]
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def window_order(grid: int, window: int) -> Tensor:
    """Which token of the row-major grid stands at each place when tokens stand window by window."""
    index = torch.arange(grid * grid).reshape(grid // window, window, grid // window, window)
    return index.permute(0, 2, 1, 3).flatten()


def join_transposed_and_pointwise(transposed: nn.ConvTranspose2d, pointwise: nn.Conv2d) -> nn.ConvTranspose2d:
    """`pointwise(transposed(x))` as one transposed convolution."""
    joined = nn.ConvTranspose2d(
        transposed.in_channels, pointwise.out_channels, transposed.kernel_size, stride=transposed.stride
    )
    projection = pointwise.weight[:, :, 0, 0].double()
    joined.weight = fixed(torch.einsum("imhw,om->iohw", transposed.weight.double(), projection).float())
    joined.bias = fixed((projection @ transposed.bias.double() + pointwise.bias.double()).float())
    return joined


def upsample_into_convolution(convolution: nn.Conv2d) -> nn.ConvTranspose2d:
    """A 3 x 3 convolution (padding 1) of a picture blown up to twice its size, as a transposed one of the small picture."""
    out_channels, in_channels = convolution.weight.shape[:2]
    taps = convolution.weight.double()
    joined = nn.ConvTranspose2d(in_channels, out_channels, 4, stride=2, padding=1)
    weight = torch.zeros(in_channels, out_channels, 4, 4, dtype=torch.float64)
    # Pixel (2i + a) of the large picture is pixel i of the small one, and reaches the output at 2i + a - k + 1 through
    # tap k: in the transposed kernel that is place a - k + 2.
    for row in range(2):
        for column in range(2):
            for ky in range(3):
                for kx in range(3):
                    weight[:, :, row - ky + 2, column - kx + 2] += taps[:, :, ky, kx].T
    joined.weight = fixed(weight.float())
    joined.bias = fixed(torch.zeros(out_channels) if convolution.bias is None else convolution.bias)
    return joined


class ProjectedQueries(nn.Module):
    """Queries against pixels that went through a 1 x 1 convolution, without that convolution."""

    def __init__(self, pointwise: nn.Conv2d) -> None:
        super().__init__()
        weight = pointwise.weight[:, :, 0, 0]
        self.projection = Linear(weight.T, None)
        self.offset = fixed(pointwise.bias[:, None])

    def forward(self, queries: Tensor, pixels: Tensor) -> Tensor:
        """[n, q, c] and [n, c, pixels] to [n, q, pixels]."""
        return self.projection(queries) @ pixels + queries @ self.offset
