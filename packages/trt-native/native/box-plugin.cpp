// The attention of the decoder's queries on the picture as TensorRT's plugin Sam3BoxAttention.
#include "box-attention.hpp"
#include "fused-plugin.hpp"

namespace sam3 {

namespace {

using nvinfer1::PluginField;
using nvinfer1::PluginFieldType;

/// Queries [n, q, c], keys and values [n or 1, grid * grid, c], and what each box adds for columns and rows of the grid,
/// [n or 1, q - 1, grid, heads]; all halves.
enum Input : int { kQuery, kKey, kValue, kAcross, kDown, kInputs };

struct Settings {
  static constexpr const char* kName = "Sam3BoxAttention";
  int32_t heads = 0;
  int32_t grid = 0;

  PluginFields fields() const {
    return {PluginField{"heads", &heads, PluginFieldType::kINT32, 1},
            PluginField{"grid", &grid, PluginFieldType::kINT32, 1}};
  }
};

class BoxPlugin final : public FusedPlugin<Settings> {
 public:
  explicit BoxPlugin(const Settings& settings) : FusedPlugin(settings) {}

  nvinfer1::IPluginV3* clone() noexcept override {
    auto* other = new BoxPlugin(settings_);
    other->plan_ = plan_;
    return other;
  }
  int32_t configurePlugin(const nvinfer1::DynamicPluginTensorDesc*, int32_t inputs,
                          const nvinfer1::DynamicPluginTensorDesc*, int32_t) noexcept override {
    return inputs == kInputs ? 0 : fail("it takes 5 inputs");
  }
  std::size_t getWorkspaceSize(const nvinfer1::DynamicPluginTensorDesc* inputs, int32_t,
                               const nvinfer1::DynamicPluginTensorDesc*, int32_t) const noexcept override {
    return boxWorkspaceBytes(planOf(inputs[kQuery].max, inputs[kKey].max, inputs[kAcross].max));
  }
  int32_t onShapeChange(const nvinfer1::PluginTensorDesc* inputs, int32_t, const nvinfer1::PluginTensorDesc*,
                        int32_t) noexcept override {
    plan_ = planOf(inputs[kQuery].dims, inputs[kKey].dims, inputs[kAcross].dims);
    const char* missing = boxShapeMissing(plan_, static_cast<int>(inputs[kQuery].dims.d[2]));
    if (!missing && inputs[kKey].dims.d[1] != static_cast<int64_t>(plan_.grid) * plan_.grid) missing = "tokens must fill the grid";
    return missing ? fail(missing) : 0;
  }
  int32_t enqueue(const nvinfer1::PluginTensorDesc*, const nvinfer1::PluginTensorDesc*, const void* const* inputs,
                  void* const* outputs, void* workspace, cudaStream_t stream) noexcept override {
    const auto kernels = BoxAttention::load(nativeFolder(), "");
    if (!kernels) return fail(kernels.failure().message + ": " + kernels.failure().hint);
    const auto halves = [&](Input input) { return static_cast<const unsigned short*>(inputs[input]); };
    BoxPlan plan = plan_;
    plan.query = halves(kQuery);
    plan.key = halves(kKey);
    plan.value = halves(kValue);
    plan.across = halves(kAcross);
    plan.down = halves(kDown);
    plan.out = static_cast<unsigned short*>(outputs[0]);
    const Status failed = kernels.value()->run(plan, workspace, reinterpret_cast<CUstream>(stream));
    return failed ? fail(failed->message) : 0;
  }

 protected:
  nvinfer1::DataType typeOf(int32_t, int32_t) const noexcept override { return nvinfer1::DataType::kHALF; }

 private:
  BoxPlan planOf(const nvinfer1::Dims& query, const nvinfer1::Dims& key, const nvinfer1::Dims& across) const {
    BoxPlan plan{};
    plan.prompts = static_cast<int>(query.d[0]);
    plan.queries = static_cast<int>(query.d[1]);
    plan.heads = settings_.heads;
    plan.grid = settings_.grid;
    plan.pictures = static_cast<int>(key.d[0]);
    plan.boxes = static_cast<int>(across.d[0]);
    plan.parts = boxParts(plan.grid);
    return plan;
  }

  BoxPlan plan_{};
};

}  // namespace

void registerBoxPlugin(nvinfer1::IPluginRegistry& registry) {
  // Never destroyed: TensorRT keeps it to the end of the process.
  static auto& creator = *new FusedPluginCreator<BoxPlugin, Settings>;
  registry.registerCreator(creator, "");
}

}  // namespace sam3
