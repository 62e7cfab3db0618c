"""Where a SAM3 comes from: a folder or a repository in transformers' form, Meta's own file, or a seed."""

import argparse
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import numpy as np
import torch
from transformers import AutoConfig, CLIPTokenizer, Sam3Config, Sam3Model, Sam3TrackerConfig, Sam3TrackerModel

from pack_file import Origin
from tiny_model import TOKENS, fill, tiny_models
from tiny_tokenizer import tiny_tokenizer

# The module of transformers that turns Meta's file into its own form. It stands in transformers' repository and not in
# every release, so its file can be given instead.
CONVERTER = "transformers.models.sam3_video.convert_sam3_video_to_hf"
# What decoders read of the tracker's neck. Configurations name a fourth level, which transformers' image model takes for
# the last one and adds the no-memory embedding to; its video model and Meta's own add it to the third, as here.
TRACKER_SCALES = [4.0, 2.0, 1.0]
# The tracker's names in the published checkpoint, and in one that transformers' video model saved, which has the prefix twice.
TRACKER_NAMES = {
    r"^(?:tracker_model\.)+": "",
    r"^tracker_neck\.": "vision_encoder.neck.",
    r"^detector_model\.vision_encoder\.backbone\.": "vision_encoder.backbone.",
}
RECIPE = "tools/sam3-export/export.py of sam3-fleet"
META_LICENCE = "SAM License (Meta), see the licence beside the checkpoint"


@dataclass
class Checkpoint:
    """Everything that a pack is made of."""

    detector: Sam3Model
    tracker: Sam3TrackerModel | None
    tokenizer: CLIPTokenizer
    origin: Origin


def add_source_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say where a SAM3 comes from."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=pathlib.Path, help="a folder in transformers' form, or Meta's .pt file")
    source.add_argument("--hub", help="a repository of the hub; HF_TOKEN in the environment opens gated ones")
    source.add_argument("--tiny", action="store_true", help="the tiny model of the tests, with random weights")
    source.add_argument("--random", action="store_true", help="the full architecture with random weights")
    parser.add_argument("--size", type=int, help="side of the input in pixels: a multiple of window x patch (336)")
    parser.add_argument("--seed", type=int, default=0, help="of --tiny and --random")
    parser.add_argument("--converter", type=pathlib.Path, help="transformers' converter of Meta's file")


def load_checkpoint(arguments: argparse.Namespace) -> Checkpoint:
    """The SAM3 that the options name."""
    if arguments.tiny or arguments.random:
        return from_seed(arguments.seed, full=arguments.random, side=arguments.size)
    if arguments.hub:
        return from_pretrained(arguments.hub, arguments.hub, arguments.size)
    if arguments.checkpoint.is_dir():
        return from_pretrained(arguments.checkpoint, arguments.checkpoint.name, arguments.size)
    return from_meta_file(arguments.checkpoint, arguments.converter, arguments.size)


def from_seed(seed: int, full: bool, side: int | None = None) -> Checkpoint:
    """Weights that know nothing: the tiny model of the tests, or the full architecture to measure time with."""
    tokenizer = tiny_tokenizer(TOKENS)
    kind = "full" if full else "tiny"
    if full:
        config, tracker_config = Sam3Config(), _tracker_config()
        if side is not None:
            config.image_size = side
            _resize_tracker(tracker_config, side)
        detector, tracker = Sam3Model(config).eval(), Sam3TrackerModel(tracker_config).eval()
        fill(detector, np.random.RandomState(seed))
        fill(tracker, np.random.RandomState(seed + 1))
        _share_backbone(detector, tracker)
    else:
        detector, tracker = tiny_models(len(tokenizer), seed)
    origin = Origin(
        pack=f"sam3-{kind}-random",
        version="1.0.0",
        title=f"SAM3's {kind} architecture with random weights: it finds nothing real",
        source=f"drawn from the seed {seed}",
        licence="MIT",
        tokenizer_licence="MIT",
        recipe=f"{RECIPE} {'--random' if full else '--tiny'} --seed {seed}",
    )
    return Checkpoint(detector, tracker, tokenizer, origin)


def _tracker_config(source: str | pathlib.Path | None = None) -> Sam3TrackerConfig:
    if source is None:
        config = Sam3TrackerConfig()
    else:
        whole = AutoConfig.from_pretrained(source)
        part = getattr(whole, "tracker_config", None)
        if part is None:
            raise LookupError("no tracker in the configuration")
        config = Sam3TrackerConfig(
            vision_config=part.vision_config.to_dict(),
            prompt_encoder_config=_common(part, "prompt_encoder_config"),
            mask_decoder_config=_common(part, "mask_decoder_config"),
        )
    config.vision_config.scale_factors = TRACKER_SCALES
    # The detector's backbone takes its place; one layer is the least that may be built until then.
    config.vision_config.backbone_config.num_hidden_layers = 1
    return config


def _share_backbone(detector: Sam3Model, tracker: Sam3TrackerModel) -> None:
    """One backbone in memory: both have the same weights."""
    tracker.vision_encoder.backbone = detector.vision_encoder.backbone
    tracker.config.vision_config.backbone_config = detector.config.vision_config.backbone_config


def _common(part: object, name: str) -> dict:
    """A part of the video tracker's configuration in the words of the image tracker's, whose parts are named alike."""
    values = getattr(part, name).to_dict()
    values.pop("model_type", None)
    return values


def from_pretrained(source: str | pathlib.Path, name: str, side: int | None) -> Checkpoint:
    """A folder or repository in transformers' form. A token for the hub is read from HF_TOKEN by huggingface_hub itself."""
    config = AutoConfig.from_pretrained(source)
    if side is not None:
        config.image_size = side
    detector = _load(Sam3Model, source, config, None)
    try:
        tracker_config = _tracker_config(source)
    except LookupError:
        tracker = None
    else:
        if side is not None:
            _resize_tracker(tracker_config, side)
        tracker = _load(Sam3TrackerModel, source, tracker_config, TRACKER_NAMES)
        _share_backbone(detector, tracker)
    origin = Origin(
        pack="sam3",
        version="1.0.0",
        title="SAM3 (Segment Anything with Concepts)",
        source=name,
        licence=META_LICENCE,
        tokenizer_licence="MIT (CLIP's vocabulary)",
        recipe=RECIPE,
    )
    return Checkpoint(detector, tracker, CLIPTokenizer.from_pretrained(source), origin)


def _load(
    kind: type, source: str | pathlib.Path, config: object, names: dict[str, str] | None
) -> Sam3Model | Sam3TrackerModel:
    """The model with its weights; transformers itself only warns of weights that it had to invent."""
    model, report = kind.from_pretrained(
        source, config=config, dtype=torch.float32, output_loading_info=True, key_mapping=names
    )
    if report["missing_keys"] or report["mismatched_keys"]:
        lost = sorted(report["missing_keys"]) or sorted(map(str, report["mismatched_keys"]))
        raise ValueError(f"the checkpoint lacks {len(lost)} weights of {kind.__name__}, the first is {lost[0]}")
    return model.eval()


def _resize_tracker(config: Sam3TrackerConfig, side: int) -> None:
    grid = side // config.vision_config.backbone_config.patch_size
    config.vision_config.image_size = side
    config.vision_config.backbone_feature_sizes = [[scale * grid, scale * grid] for scale in (4, 2, 1)]
    config.prompt_encoder_config.image_size = side


def from_meta_file(path: pathlib.Path, converter: pathlib.Path | None, side: int | None) -> Checkpoint:
    """Meta's .pt file, through transformers' own converter."""
    with tempfile.TemporaryDirectory() as folder:
        if converter is not None:
            command = [sys.executable, str(converter)]
        elif importlib.util.find_spec(CONVERTER) is not None:
            command = [sys.executable, "-m", CONVERTER]
        else:
            raise SystemExit(
                "this release of transformers has no converter for Meta's file: give the path of its "
                "src/transformers/models/sam3_video/convert_sam3_video_to_hf.py with --converter, or export from "
                "the converted repository with --hub"
            )
        subprocess.run([*command, "--checkpoint_path", str(path), "--output_path", folder], check=True, env=os.environ)
        return from_pretrained(folder, path.name, side)
