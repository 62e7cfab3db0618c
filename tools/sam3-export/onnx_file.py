"""Writes a graph to an ONNX file, its weights one by one: the model is never in memory a second time.

torch traces the module with its weights as inputs; they become the file's initialisers afterwards. What would differ from
one run or machine to the next (versions, paths, names of authors) is left out, so equal weights give equal bytes.
"""

import io
import pathlib
import warnings
from dataclasses import dataclass, field

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

# The newest opset that TensorRT 10.3 to 10.6 and onnxruntime-node read alike and that has LayerNormalization.
OPSET = 17
# Larger weights than this lie in a file beside the graph: protobuf ends at 2 GiB, and readers map such a file.
INLINE_BYTES_MAX = 32 * 1024 * 1024
# Where a tensor may begin in that file: at a page, so that it can be mapped.
ALIGNMENT_BYTES = 4096

NUMPY_TYPES = {torch.float32: np.float32, torch.float16: np.float16, torch.int32: np.int32, torch.int64: np.int64}


@dataclass
class GraphFile:
    """What becomes of a module: the names of its inputs and outputs and an example for each input."""

    name: str
    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: list[str]
    # The inputs and outputs whose first axis is the number of prompts.
    per_prompt: list[str] = field(default_factory=list)


def trace(graph: GraphFile) -> onnx.ModelProto:
    """The graph without its weights, which are inputs of it under their names in the module."""
    buffer = io.BytesIO()
    shapes: list[list[int]] = []

    def remember(_module: nn.Module, _inputs: object, outputs: object) -> None:
        each = outputs if isinstance(outputs, tuple) else (outputs,)
        shapes[:] = [[int(size) for size in output.shape] for output in each]

    hook = graph.module.register_forward_hook(remember)
    with torch.no_grad(), warnings.catch_warnings():
        # Every size but the number of prompts is meant to be a constant, which is what the tracer warns of.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.module,
            tuple(graph.inputs.values()),
            buffer,
            input_names=list(graph.inputs),
            output_names=graph.outputs,
            dynamic_axes={name: {0: "prompts"} for name in graph.per_prompt},
            opset_version=OPSET,
            dynamo=False,
            export_params=False,
            do_constant_folding=False,
        )
    hook.remove()
    model = onnx.load_from_string(buffer.getvalue())
    _name_shapes(model, graph, shapes)
    return model


def _stored(value: np.ndarray, name: str, nodes: list, halves: bool) -> TensorProto:
    """An initialiser; with `halves` as float16 and a cast before all nodes, where that loses nothing."""
    if halves and value.dtype == np.float32 and value.size > 64:
        half = value.astype(np.float16)
        if np.array_equal(half.astype(np.float32), value):
            nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT, name=f"{name}.cast"))
            name, value = f"{name}.half", half
    return TensorProto(
        name=name, dims=value.shape, data_type=helper.np_dtype_to_tensor_dtype(value.dtype), raw_data=value.tobytes()
    )


def _move_out(tensor: TensorProto, file: io.BufferedWriter, location: str) -> None:
    """Puts the tensor's bytes into the file beside the graph."""
    file.write(b"\0" * (-file.tell() % ALIGNMENT_BYTES))
    entries = {"location": location, "offset": str(file.tell()), "length": str(len(tensor.raw_data))}
    file.write(tensor.raw_data)
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)


def _name_shapes(model: onnx.ModelProto, graph: GraphFile, shapes: list[list[int]]) -> None:
    """Outputs with the sizes that they had in the trace; the tracer loses some of them on the way."""
    for output, shape in zip(model.graph.output, shapes, strict=True):
        for place, (size, axis) in enumerate(zip(shape, output.type.tensor_type.shape.dim, strict=True)):
            if place > 0 or output.name not in graph.per_prompt:
                axis.dim_value = size


def write_graph(graph: GraphFile, folder: pathlib.Path, halves: bool = False) -> list[str]:
    """Writes `<name>.onnx` and, for large weights, `<name>.onnx.data`. Returns the names of the files.

    With `halves`, float32 weights that float16 holds exactly are stored as such.
    """
    model = trace(graph)
    weights = graph.module.state_dict()
    names = [value.name for value in model.graph.input if value.name not in graph.inputs]
    size = sum(weights[name].nbytes for name in names)
    location = f"{graph.name}.onnx.data"
    casts: list = []
    kept = [value for value in model.graph.input if value.name in graph.inputs]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    data = (folder / location).open("wb") if size > INLINE_BYTES_MAX else None
    for name in names:
        value = weights[name].detach().cpu().contiguous().numpy().astype(NUMPY_TYPES[weights[name].dtype], copy=False)
        if not np.isfinite(value).all():
            raise ValueError(f"{graph.name}: {name} holds a value that {value.dtype} cannot")
        tensor = _stored(value, name, casts, halves)
        if data is not None:
            _move_out(tensor, data, location)
        model.graph.initializer.append(tensor)
    if data is not None:
        data.close()
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    for node in model.graph.node:
        node.ClearField("doc_string")
        node.ClearField("metadata_props")
    model.graph.name = graph.name
    model.producer_name, model.producer_version = "sam3-fleet", ""
    path = folder / f"{graph.name}.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    onnx.checker.check_model(str(path))
    return [path.name] if data is None else [path.name, location]
