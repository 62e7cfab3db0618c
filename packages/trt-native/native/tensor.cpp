#include "tensor.hpp"

#include <limits>

namespace sam3 {

namespace {

struct TypeRow {
  nvinfer1::DataType type;
  const char* name;
  std::size_t bytes;
};

constexpr TypeRow kTypes[] = {
    {nvinfer1::DataType::kFLOAT, "float32", 4}, {nvinfer1::DataType::kHALF, "float16", 2},
    {nvinfer1::DataType::kBF16, "bfloat16", 2}, {nvinfer1::DataType::kINT8, "int8", 1},
    {nvinfer1::DataType::kUINT8, "uint8", 1},   {nvinfer1::DataType::kFP8, "float8", 1},
    {nvinfer1::DataType::kBOOL, "bool", 1},     {nvinfer1::DataType::kINT32, "int32", 4},
    {nvinfer1::DataType::kINT64, "int64", 8},
};

}  // namespace

std::string typeName(nvinfer1::DataType type) {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row.name;
  }
  return "";
}

std::optional<nvinfer1::DataType> typeNamed(const std::string& name) {
  for (const TypeRow& row : kTypes) {
    if (name == row.name) return row.type;
  }
  return std::nullopt;
}

std::size_t bytesPerElement(nvinfer1::DataType type) {
  for (const TypeRow& row : kTypes) {
    if (row.type == type) return row.bytes;
  }
  return 0;
}

std::optional<std::size_t> tensorBytes(nvinfer1::DataType type, const Dims& dims) {
  std::size_t bytes = bytesPerElement(type);
  if (bytes == 0) return std::nullopt;
  for (const std::int64_t dim : dims) {
    if (dim < 0) return std::nullopt;
    const auto size = static_cast<std::size_t>(dim);
    if (size != 0 && bytes > std::numeric_limits<std::size_t>::max() / 2 / size) return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

Dims fromTrt(const nvinfer1::Dims& dims) {
  Dims result;
  for (int32_t i = 0; i < dims.nbDims; ++i) result.push_back(dims.d[i]);
  return result;
}

std::optional<nvinfer1::Dims> toTrt(const Dims& dims) {
  if (dims.size() > nvinfer1::Dims::MAX_DIMS) return std::nullopt;
  nvinfer1::Dims result{};
  result.nbDims = static_cast<int32_t>(dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] < 1 || dims[i] > std::numeric_limits<int32_t>::max()) return std::nullopt;
    result.d[i] = dims[i];
  }
  return result;
}

std::string describe(const Dims& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) text += (i ? ", " : "") + std::to_string(dims[i]);
  return text + "]";
}

}  // namespace sam3
