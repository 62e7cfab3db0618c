"""A SAM3 of a few hundred thousand weights: the real architecture with every part small, and weights drawn from a seed.

It knows nothing of the world. Its weights are scaled so that it answers all the same: some queries are sure and some are
not, masks differ and neither fill the picture nor vanish. They are multiples that float16 holds, so that the
fixture is stored in half the bytes and still is exactly this model.
"""

import math
import re

import numpy as np
import torch
from torch import nn
from transformers import Sam3Config, Sam3Model, Sam3TrackerConfig, Sam3TrackerModel

SIDE = 168
TOKENS = 32
CHANNELS = 32
HEADS = 2

# Weights are drawn with a deviation of gain / sqrt(inputs); a gain of 1 keeps the size of values. Other gains where
# answers would otherwise be all alike, too weak or too sure; found by looking at the fixture's answers.
GAINS = {
    r"detr_decoder\.query_embed\.weight": 3.0,
    r"detr_decoder\.layers\..*\.o_proj\.weight": 0.3,
    r"detr_decoder\.layers\..*\.fc2\.weight": 0.5,
    r"detr_decoder\.box_head\.layer3\.weight": 0.6,
    r"detr_decoder\.presence_head\.layer3\.weight": 0.7,
    r"dot_product_scoring\.query_proj\.weight": 5.0,
    r"mask_decoder\.mask_embedder\.layers\.2\.weight": 4.0,
}
# Added to what is drawn, by the place in the last axis.
SHIFTS = {
    "detr_decoder.presence_head.layer3.bias": [2.0],
    # Boxes of a quarter of the picture instead of a half.
    "detr_decoder.reference_points.weight": [0.0, 0.0, -1.2, -1.2],
}


def _vision_config() -> dict:
    grid = SIDE // 14
    return {
        "backbone_config": {
            "model_type": "sam3_vit_model",
            "hidden_size": 64,
            "intermediate_size": 160,
            "num_hidden_layers": 4,
            "num_attention_heads": 4,
            "image_size": SIDE,
            "pretrain_image_size": 56,
            "patch_size": 14,
            "window_size": 4,
            "global_attn_indexes": [1, 3],
        },
        "fpn_hidden_size": CHANNELS,
        "backbone_feature_sizes": [[4 * grid, 4 * grid], [2 * grid, 2 * grid], [grid, grid]],
    }


def detector_config(vocabulary: int) -> Sam3Config:
    """The tiny detector for a tokenizer of `vocabulary` words, whose last two are start and end of text."""
    part = {"hidden_size": CHANNELS, "num_attention_heads": HEADS, "intermediate_size": 64, "num_layers": 2}
    return Sam3Config(
        vision_config=_vision_config(),
        text_config={
            "model_type": "clip_text_model",
            "vocab_size": vocabulary,
            "hidden_size": CHANNELS,
            "intermediate_size": 64,
            "projection_dim": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": HEADS,
            "max_position_embeddings": TOKENS,
            "hidden_act": "gelu",
            "bos_token_id": vocabulary - 2,
            "eos_token_id": vocabulary - 1,
            "pad_token_id": vocabulary - 1,
        },
        geometry_encoder_config=part,
        detr_encoder_config=part,
        detr_decoder_config={**part, "num_queries": 24},
        mask_decoder_config={"hidden_size": CHANNELS, "num_attention_heads": HEADS},
    )


def tracker_config() -> Sam3TrackerConfig:
    """The tiny tracker, for the same backbone."""
    return Sam3TrackerConfig(
        vision_config={"model_type": "sam3_vision_model", "scale_factors": [4.0, 2.0, 1.0], **_vision_config()},
        prompt_encoder_config={"hidden_size": CHANNELS, "image_size": SIDE, "patch_size": 14},
        mask_decoder_config={
            "hidden_size": CHANNELS,
            "num_attention_heads": HEADS,
            "mlp_dim": 64,
            "iou_head_hidden_dim": CHANNELS,
        },
    )


def _draw(name: str, shape: torch.Size, random: np.random.RandomState) -> np.ndarray:
    drawn = random.standard_normal(tuple(shape)) * _deviation(name, shape)
    if "norm" in name and name.endswith("weight"):
        drawn += 1.0
    return drawn + np.array(SHIFTS.get(name, [0.0]))


def _deviation(name: str, shape: torch.Size) -> float:
    gain = next((gain for pattern, gain in GAINS.items() if re.fullmatch(pattern, name)), 1.0)
    if name.endswith("bias") or "norm" in name:
        return 0.1 * gain
    if len(shape) < 2 or name.endswith(("_embed.weight", "embedding.weight", "embeddings", "points.weight")):
        return gain
    inputs = shape[0] if "scale_layers" in name or "upscale_conv" in name else int(np.prod(shape[1:]))
    return gain / math.sqrt(inputs)


def fill(model: nn.Module, random: np.random.RandomState) -> None:
    """Draws every weight of the model, in the order of their names; torch's own generator differs between versions."""
    weights = dict(model.named_parameters()) | {
        name: buffer for name, buffer in model.named_buffers() if name.endswith("positional_embedding")
    }
    with torch.no_grad():
        for name in sorted(weights):
            drawn = _draw(name, weights[name].shape, random).astype(np.float16)
            weights[name].copy_(torch.from_numpy(drawn.astype(np.float32)))


def tiny_models(vocabulary: int, seed: int) -> tuple[Sam3Model, Sam3TrackerModel]:
    """Detector and tracker on one backbone."""
    detector = Sam3Model(detector_config(vocabulary)).eval()
    tracker = Sam3TrackerModel(tracker_config()).eval()
    fill(detector, np.random.RandomState(seed))
    fill(tracker, np.random.RandomState(seed + 1))
    tracker.vision_encoder.backbone.load_state_dict(detector.vision_encoder.backbone.state_dict())
    # Checkpoints have one such table for both, by name alone.
    tracker.prompt_encoder.shared_embedding.load_state_dict(tracker.shared_image_embedding.state_dict())
    return detector, tracker
