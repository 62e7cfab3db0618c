"""From a SAM3 checkpoint to a model pack: four ONNX graphs, the tokenizer and pack.json.

usage: export.py (--checkpoint FOLDER|FILE.pt | --hub OWNER/NAME | --tiny | --random) --out PACK
                 [--size 1008] [--dtype fp32|fp16] [--fused halves|bytes] [--pictures FOLDER] [--seed 0]
                 [--no-tracker] [--converter FILE] [--box-slots 8]
No GPU is needed; plan for 16 GB of memory with the full model. README.md says the rest.
"""

import argparse
import os
import pathlib
import sys

# Before transformers is imported: a folder or a seed needs no network, and asks none.
if "--hub" not in sys.argv:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch

import graphs
from checkpoint import add_source_arguments, load_checkpoint
from fused_decoder import fuse_decoder
from fused_layers import fuse, hidden_ranges, read_pictures
from onnx_file import GraphFile, write_graph
from pack_file import write_pack
from tiny_tokenizer import save_tokenizer
from vision_encoder import VisionEncoder

DTYPES = {"fp32": torch.float32, "fp16": torch.float16}


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_source_arguments(parser)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder of the pack")
    parser.add_argument("--dtype", choices=DTYPES, default="fp32")
    parser.add_argument("--no-tracker", action="store_true", help="leave out points and boxes to masks")
    parser.add_argument("--box-slots", type=int, default=graphs.Limits.box_slots, help="0: prompts of words alone")
    parser.add_argument(
        "--fused", choices=["halves", "bytes"], help="layers for trt-native's own kernels (Hopper), with --dtype fp16"
    )
    parser.add_argument("--pictures", type=pathlib.Path, help="what --fused bytes takes its ranges from")
    arguments = parser.parse_args()
    if arguments.fused is not None and arguments.dtype != "fp16":
        parser.error("--fused needs --dtype fp16")
    if arguments.fused == "bytes" and arguments.pictures is None:
        parser.error("--fused bytes needs --pictures")
    return arguments


def main() -> None:
    arguments = read_arguments()
    dtype = DTYPES[arguments.dtype]
    limits = graphs.Limits(box_slots=arguments.box_slots)
    arguments.out.mkdir(parents=True, exist_ok=True)
    checkpoint = load_checkpoint(arguments)
    detector = checkpoint.detector
    tracker = None if arguments.no_tracker else checkpoint.tracker
    files: list[str] = []

    def write(graph: GraphFile) -> None:
        written = write_graph(graph, arguments.out, halves=arguments.tiny)
        size = sum((arguments.out / name).stat().st_size for name in written)
        print(f"{graph.name}: {size / 1e6:.1f} MB", flush=True)
        files.extend(written)

    sizes = graphs.Sizes.of(detector)
    backbone = detector.vision_encoder.backbone
    ranges = None
    if arguments.fused == "bytes":
        ranges = hidden_ranges(backbone, read_pictures(arguments.pictures, sizes.side))
    # The vision encoder last: making it float16 changes the modules that it shares with the models.
    write(graphs.text_encoder(detector, dtype))
    decoder = graphs.prompt_decoder(detector, limits, dtype)
    if arguments.fused is not None:
        fuse_decoder(decoder.module)
    write(decoder)
    if tracker is not None:
        write(graphs.tracker_decoder(tracker, limits, dtype))
    vision = VisionEncoder(detector, tracker).eval()
    if arguments.fused is not None:
        fuse(vision, backbone, ranges)
    write(graphs.vision_encoder(vision, sizes, dtype))
    pad_token = checkpoint.tokenizer.pad_token_id
    files.extend(save_tokenizer(checkpoint.tokenizer, arguments.out))
    name = {"fp32": "float32", "fp16": "float16"}[arguments.dtype]
    write_pack(arguments.out, sorted(files), checkpoint.origin, sizes, limits, name, pad_token)
    print(f"{arguments.out / 'pack.json'}: {len(files)} files")


if __name__ == "__main__":
    main()
