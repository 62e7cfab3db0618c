"""The graph from token ids to the text features that the prompt decoder reads: CLIP's text side and SAM3's projection."""

import torch
from torch import Tensor, nn
from transformers import Sam3Model

from layers import MASKED, Attention, Linear, fixed


class TextLayer(nn.Module):
    def __init__(self, layer: nn.Module, heads: int) -> None:
        super().__init__()
        self.norm1 = layer.layer_norm1
        self.attention = Attention(layer.self_attn, heads, layer.self_attn.out_proj)
        self.norm2 = layer.layer_norm2
        self.up = Linear.of(layer.mlp.fc1)
        self.activation = layer.mlp.activation_fn
        self.down = Linear.of(layer.mlp.fc2)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        normed = self.norm1(x)
        x = x + self.attention(normed, normed, normed, bias)
        return x + self.down(self.activation(self.up(self.norm2(x))))


class TextEncoder(nn.Module):
    """input_ids and attention_mask [n, t] int64 to text_features [n, t, d]."""

    def __init__(self, detector: Sam3Model) -> None:
        super().__init__()
        model = detector.text_encoder.text_model
        tokens = detector.config.text_config.max_position_embeddings
        self.words = fixed(model.embeddings.token_embedding.weight)
        self.places = fixed(model.embeddings.position_embedding.weight)
        self.later = fixed(torch.full((tokens, tokens), MASKED).triu(1))
        self.layers = nn.ModuleList(
            TextLayer(layer, detector.config.text_config.num_attention_heads) for layer in model.encoder.layers
        )
        self.norm = model.final_layer_norm
        self.projection = Linear.of(detector.text_projection)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        padding = (1 - attention_mask.to(self.words.dtype)) * MASKED
        # A later token that is padding too would otherwise leave the range of float16.
        bias = torch.minimum(padding[:, None, None, :], self.later)
        x = nn.functional.embedding(input_ids, self.words) + self.places
        for layer in self.layers:
            x = layer(x, bias)
        return self.projection(self.norm(x))
