// A layer of SAM3's vision encoder as TensorRT's plugin Sam3VisionLayer.
#include "fused-plugin.hpp"
#include "vision-layer.hpp"

namespace sam3 {

namespace {

using nvinfer1::DataType;
using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

/// The tokens, then the fields of LayerWeights in their order; 8-bit weights come as 32-bit words of four.
constexpr int kTokens = 0;
constexpr int kQkvWeight = 3;
constexpr int kProjectionWeight = 6;
constexpr int kHiddenWeight = 10;
constexpr int kOutWeight = 12;
constexpr int kInputsOfHalves = 14;
constexpr int kInputsOfBytes = 19;
static_assert(sizeof(LayerWeights) == (kInputsOfBytes - 1) * sizeof(void*));

struct Settings {
  static constexpr const char* kName = "Sam3VisionLayer";
  int32_t windowRows = 0;
  float epsilon = 0;

  PluginFields fields() const {
    return {PluginField{"window_rows", &windowRows, PluginFieldType::kINT32, 1},
            PluginField{"epsilon", &epsilon, PluginFieldType::kFLOAT32, 1}};
  }
};

class LayerPlugin final : public FusedPlugin<Settings> {
 public:
  explicit LayerPlugin(const Settings& settings) : FusedPlugin(settings) {}

  nvinfer1::IPluginV3* clone() noexcept override {
    auto* other = new LayerPlugin(settings_);
    other->shape_ = shape_;
    return other;
  }
  int32_t configurePlugin(const nvinfer1::DynamicPluginTensorDesc*, int32_t inputs,
                          const nvinfer1::DynamicPluginTensorDesc*, int32_t) noexcept override {
    return inputs == kInputsOfHalves || inputs == kInputsOfBytes ? 0 : fail("it takes 14 or 19 inputs");
  }
  std::size_t getWorkspaceSize(const nvinfer1::DynamicPluginTensorDesc* inputs, int32_t count,
                               const nvinfer1::DynamicPluginTensorDesc*, int32_t) const noexcept override {
    return layerWorkspaceBytes(shapeOf(inputs[kTokens].max, inputs[kHiddenWeight].max, count));
  }
  int32_t onShapeChange(const nvinfer1::PluginTensorDesc* inputs, int32_t count, const nvinfer1::PluginTensorDesc*,
                        int32_t) noexcept override {
    const nvinfer1::Dims& tokens = inputs[kTokens].dims;
    shape_ = shapeOf(tokens, inputs[kHiddenWeight].dims, count);
    if (tokens.d[tokens.nbDims - 1] != kVisionWidth) return fail("tokens must be 1024 wide");
    const char* missing = layerShapeMissing(shape_);
    return missing ? fail(missing) : 0;
  }
  int32_t enqueue(const nvinfer1::PluginTensorDesc*, const nvinfer1::PluginTensorDesc*, const void* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override {
    const auto kernels = VisionKernels::load(nativeFolder(), "");
    if (!kernels) return fail(kernels.failure().message + ": " + kernels.failure().hint);
    LayerWeights weights{};
    std::memcpy(&weights, inputs + 1, (shape_.bytes ? kInputsOfBytes - 1 : kInputsOfHalves - 1) * sizeof(void*));
    const Status failed = runLayer(*kernels.value(), shape_, weights, inputs[kTokens], outputs[0], workspace,
                                   reinterpret_cast<CUstream>(stream));
    return failed ? fail(failed->message) : 0;
  }

 protected:
  DataType typeOf(int32_t place, int32_t inputs) const noexcept override {
    if (place == kTokens || place == kProjectionWeight) return DataType::kHALF;
    if (place == kQkvWeight || place == kHiddenWeight || place == kOutWeight)
      return inputs == kInputsOfBytes ? DataType::kINT32 : DataType::kHALF;
    return DataType::kFLOAT;
  }

 private:
  LayerShape shapeOf(const nvinfer1::Dims& tokens, const nvinfer1::Dims& hiddenWeight, int32_t inputs) const {
    LayerShape shape;
    shape.rows = 1;
    for (int32_t i = 0; i + 1 < tokens.nbDims; ++i) shape.rows *= static_cast<int>(tokens.d[i]);
    shape.windowRows = settings_.windowRows;
    shape.hidden = static_cast<int>(hiddenWeight.d[0]);
    shape.bytes = inputs == kInputsOfBytes;
    shape.epsilon = settings_.epsilon;
    return shape;
  }

  LayerShape shape_;
};

}  // namespace

void registerLayerPlugin(nvinfer1::IPluginRegistry& registry) {
  // Never destroyed: TensorRT keeps it to the end of the process.
  static auto& creator = *new FusedPluginCreator<LayerPlugin, Settings>;
  registry.registerCreator(creator, "");
}

}  // namespace sam3
