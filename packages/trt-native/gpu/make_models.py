"""Writes small ONNX graphs with inputs and the outputs of onnxruntime on the CPU, for the GPU tests.

usage: make_models.py OUTDIR

For each case: NAME.onnx, NAME.json (tensors with type and dims) and one raw little-endian file per tensor.
All weights come from one fixed seed, so that two machines make the same graphs.
"""

import json
import os
import sys
import traceback

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

OPSET = 19
# Written by older onnx releases too, and read by TensorRT 10.3's parser.
IR_VERSION = 9
TYPES = {"float32": np.float32, "float16": np.float16, "int32": np.int32, "int64": np.int64, "uint8": np.uint8}
ONNX_TYPES = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "int32": TensorProto.INT32,
    "int64": TensorProto.INT64,
    "uint8": TensorProto.UINT8,
    "bool": TensorProto.BOOL,
}
rng = np.random.default_rng(20260101)


def weights(name, *shape, scale=None, dtype=np.float32):
    """Random weights, scaled so that values keep their size from layer to layer."""
    scale = scale or 1 / np.sqrt(np.prod(shape[1:]) if len(shape) > 2 else shape[0])
    return numpy_helper.from_array((rng.standard_normal(shape) * scale).astype(dtype), name)


def constant(name, value, dtype):
    return numpy_helper.from_array(np.array(value, dtype), name)


def graph(name, nodes, inputs, outputs, initializers):
    value = lambda tensors: [helper.make_tensor_value_info(n, ONNX_TYPES[t], d) for n, t, d in tensors]
    model = helper.make_model(
        helper.make_graph(nodes, name, value(inputs), value(outputs), initializers),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
    )
    onnx.checker.check_model(model)
    return model


def mlp():
    nodes = [
        helper.make_node("MatMul", ["x", "w1"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "w2"], ["y"]),
    ]
    model = graph("mlp", nodes, [("x", "float32", ["n", 16])], [("y", "float32", ["n", 4])],
                  [weights("w1", 16, 32), weights("w2", 32, 4)])
    return model, {"x": rng.standard_normal((8, 16)).astype(np.float32)}


def conv():
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["features"]),
        helper.make_node("GlobalAveragePool", ["features"], ["p"]),
        helper.make_node("Sigmoid", ["p"], ["score"]),
    ]
    model = graph("conv", nodes, [("x", "float32", [1, 3, 64, 64])],
                  [("features", "float32", [1, 8, 64, 64]), ("score", "float32", [1, 8, 1, 1])],
                  [weights("w", 8, 3, 3, 3)])
    return model, {"x": rng.standard_normal((1, 3, 64, 64)).astype(np.float32)}


def head():
    """Takes what conv leaves on the GPU."""
    nodes = [
        helper.make_node("Conv", ["features", "w"], ["c"], strides=[4, 4]),
        helper.make_node("Tanh", ["c"], ["mask"]),
    ]
    model = graph("head", nodes, [("features", "float32", [1, 8, 64, 64])], [("mask", "float32", [1, 2, 16, 16])],
                  [weights("w", 2, 8, 4, 4)])
    return model, {"features": rng.standard_normal((1, 8, 64, 64)).astype(np.float32)}


def types():
    """Integers, bytes and booleans at the edges."""
    nodes = [
        helper.make_node("Gather", ["table", "index"], ["rows"], axis=0),
        helper.make_node("Cast", ["pixels"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["rows", "f"], ["sum"]),
        helper.make_node("Greater", ["sum", "zero"], ["positive"]),
        helper.make_node("Cast", ["sum"], ["rounded"], to=TensorProto.INT32),
    ]
    model = graph("types", nodes, [("index", "int64", [5]), ("pixels", "uint8", [5, 8])],
                  [("sum", "float32", [5, 8]), ("positive", "bool", [5, 8]), ("rounded", "int32", [5, 8])],
                  [weights("table", 32, 8, scale=100.0), constant("zero", 0, np.float32)])
    return model, {"index": rng.integers(0, 32, 5), "pixels": rng.integers(0, 255, (5, 8)).astype(np.uint8)}


def attention(dtype="float32"):
    np_type = TYPES[dtype]
    nodes = [
        helper.make_node("MatMul", ["x", "wq"], ["q"]),
        helper.make_node("MatMul", ["x", "wk"], ["k"]),
        helper.make_node("MatMul", ["x", "wv"], ["v"]),
        helper.make_node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["q", "kt"], ["s"]),
        helper.make_node("Mul", ["s", "scale"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["a"], axis=-1),
        helper.make_node("MatMul", ["a", "v"], ["o"]),
        helper.make_node("Add", ["o", "x"], ["y"]),
    ]
    initializers = [weights(w, 64, 64, dtype=np_type) for w in ("wq", "wk", "wv")]
    model = graph("attention", nodes, [("x", dtype, [1, 256, 64])], [("y", dtype, [1, 256, 64])],
                  [*initializers, constant("scale", 0.125, np_type)])
    return model, {"x": rng.standard_normal((1, 256, 64)).astype(np_type)}


def attention_half():
    return attention("float16")


def quantized(zero):
    """A linear layer between quantization nodes, as a post-training quantizer writes it."""
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "sx", zero.name], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "sx", zero.name], ["xd"]),
        helper.make_node("QuantizeLinear", ["w", "sw", zero.name], ["wq"]),
        helper.make_node("DequantizeLinear", ["wq", "sw", zero.name], ["wd"]),
        helper.make_node("MatMul", ["xd", "wd"], ["y"]),
    ]
    largest = 448.0 if zero.data_type == TensorProto.FLOAT8E4M3FN else 127.0
    model = graph("quantized", nodes, [("x", "float32", [64, 256])], [("y", "float32", [64, 256])],
                  [weights("w", 256, 256), zero, constant("sx", 4 / largest, np.float32),
                   constant("sw", 0.3 / largest, np.float32)])
    return model, {"x": np.clip(rng.standard_normal((64, 256)), -4, 4).astype(np.float32)}


def quantized_int8():
    return quantized(helper.make_tensor("zero", TensorProto.INT8, [], [0]))


def quantized_fp8():
    return quantized(helper.make_tensor("zero", TensorProto.FLOAT8E4M3FN, [], [0.0]))


def stack():
    """Some milliseconds of matrix products over an input as large as a 1008 x 1008 image, for timings."""
    layers, matrices, tokens, width = int(os.environ.get("STACK_LAYERS", "192")), 8, 4032, 1024
    initializers = [weights("wi", 756, width), *(weights(f"w{i}", width, width) for i in range(matrices))]
    nodes, last = [helper.make_node("MatMul", ["x", "wi"], ["h0"])], "h0"
    for i in range(layers):
        nodes.append(helper.make_node("MatMul", [last, f"w{i % matrices}"], [f"m{i}"]))
        nodes.append(helper.make_node("Tanh", [f"m{i}"], [f"h{i + 1}"]))
        last = f"h{i + 1}"
    nodes.append(helper.make_node("ReduceMean", [last, "axes"], ["y"], keepdims=0))
    initializers.append(constant("axes", [1], np.int64))
    model = graph("stack", nodes, [("x", "float32", [1, tokens, 756])], [("y", "float32", [1, width])], initializers)
    return model, {"x": rng.standard_normal((1, tokens, 756)).astype(np.float32)}


def wide():
    """Takes as much memory as its input asks for."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("Softmax", ["c"], ["y"], axis=1),
    ]
    model = graph("wide", nodes, [("x", "float32", [1, 1, "h", "w"])], [("y", "float32", [1, 16, "h", "w"])],
                  [weights("w", 16, 1, 3, 3)])
    return model, {"x": rng.standard_normal((1, 1, 32, 32)).astype(np.float32)}


CASES = [mlp, conv, head, types, attention, attention_half, quantized_int8, quantized_fp8, stack, wide]


def save(folder, name, tensors):
    listed = []
    for tensor, array in tensors.items():
        array = np.ascontiguousarray(array)
        file = f"{name}.{tensor}.bin"
        array.tofile(os.path.join(folder, file))
        listed.append({"name": tensor, "type": str(array.dtype), "dims": list(array.shape), "file": file})
    return listed


def reference(path, feeds):
    """The graph as it stands: an optimised one fuses quantized layers into kernels that know int8 alone, not fp8."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    wanted = [output.name for output in session.get_outputs()]
    return dict(zip(wanted, session.run(wanted, feeds)))


def write_case(folder, make):
    name = make.__name__
    model, feeds = make()
    path = os.path.join(folder, f"{name}.onnx")
    onnx.save(model, path)
    results = reference(path, feeds)
    about = {"inputs": save(folder, name, feeds), "outputs": save(folder, name, results)}
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(about, file, indent=1)
    print(name, {tensor: list(array.shape) for tensor, array in results.items()}, flush=True)


def main(folder):
    """One case that fails does not keep the others from being written. Returns how many failed."""
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "broken.onnx"), "wb") as file:
        file.write(b"this is not a graph")
    failed = 0
    for make in CASES:
        try:
            write_case(folder, make)
        except Exception:
            failed += 1
            print(make.__name__, "could not be made:", flush=True)
            traceback.print_exc()
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
