// Types and shapes as they stand in an engine, and the sizes that follow from them, checked against overflow.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "NvInferRuntime.h"

namespace sam3 {

using Dims = std::vector<std::int64_t>;

/// The name that TypeScript knows a type by; empty for types that no engine of ours may have at its edges.
std::string typeName(nvinfer1::DataType type);
std::optional<nvinfer1::DataType> typeNamed(const std::string& name);
std::size_t bytesPerElement(nvinfer1::DataType type);

/// Bytes of a tensor of this shape; empty when a dimension is negative or the product does not fit.
std::optional<std::size_t> tensorBytes(nvinfer1::DataType type, const Dims& dims);

Dims fromTrt(const nvinfer1::Dims& dims);
/// Empty when there are more dimensions than TensorRT takes, or one is not a positive 32-bit number.
std::optional<nvinfer1::Dims> toTrt(const Dims& dims);
std::string describe(const Dims& dims);

struct TensorInfo {
  std::string name;
  nvinfer1::DataType type;
  bool isInput;
  /// -1 where the size is given with each run.
  Dims dims;
  /// Inputs with free sizes: the range of the engine's profile; else equal to dims.
  Dims min;
  Dims opt;
  Dims max;
};

}  // namespace sam3
