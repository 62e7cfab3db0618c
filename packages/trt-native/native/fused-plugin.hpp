// What every plugin of ours has in common: one output of halves, settings of 32-bit numbers, linear formats. A plugin says
// the rest. Also how its name becomes known to TensorRT.
#pragma once

#include <array>
#include <cstring>
#include <string>

#include "NvInferRuntime.h"
#include "failure.hpp"

namespace sam3 {

/// The folder with build/ and the kernels' sources: that above the library this code is in.
const std::string& nativeFolder();
/// To TensorRT's log, where the caller of a run finds it.
void sayOfPlugin(const char* plugin, const std::string& message);

using PluginFields = std::array<nvinfer1::PluginField, 2>;

/// Settings has `static constexpr const char* kName` and `PluginFields fields() const`, two 32-bit numbers.
template <typename Settings>
class FusedPlugin : public nvinfer1::IPluginV3,
                    public nvinfer1::IPluginV3OneCore,
                    public nvinfer1::v_1_0::IPluginV3OneBuild,
                    public nvinfer1::IPluginV3OneRuntime {
 public:
  FusedPlugin(const FusedPlugin&) = delete;
  FusedPlugin& operator=(const FusedPlugin&) = delete;

  nvinfer1::IPluginCapability* getCapabilityInterface(nvinfer1::PluginCapabilityType type) noexcept override {
    switch (type) {
      case nvinfer1::PluginCapabilityType::kCORE: return static_cast<nvinfer1::IPluginV3OneCore*>(this);
      case nvinfer1::PluginCapabilityType::kBUILD: return static_cast<nvinfer1::v_1_0::IPluginV3OneBuild*>(this);
      case nvinfer1::PluginCapabilityType::kRUNTIME: return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
    }
    return nullptr;
  }
  nvinfer1::IPluginV3* attachToContext(nvinfer1::IPluginResourceContext*) noexcept override { return clone(); }
  const char* getPluginName() const noexcept override { return Settings::kName; }
  const char* getPluginVersion() const noexcept override { return "1"; }
  const char* getPluginNamespace() const noexcept override { return ""; }
  const nvinfer1::PluginFieldCollection* getFieldsToSerialize() noexcept override { return &collection_; }

  int32_t getNbOutputs() const noexcept override { return 1; }
  int32_t getOutputDataTypes(nvinfer1::DataType* outputs, int32_t, const nvinfer1::DataType*,
                             int32_t) const noexcept override {
    outputs[0] = nvinfer1::DataType::kHALF;
    return 0;
  }
  int32_t getOutputShapes(const nvinfer1::DimsExprs* inputs, int32_t, const nvinfer1::DimsExprs*, int32_t,
                          nvinfer1::DimsExprs* outputs, int32_t, nvinfer1::IExprBuilder&) noexcept override {
    outputs[0] = inputs[0];
    return 0;
  }
  bool supportsFormatCombination(int32_t place, const nvinfer1::DynamicPluginTensorDesc* all, int32_t inputs,
                                 int32_t) noexcept override {
    const nvinfer1::DataType type = place == inputs ? nvinfer1::DataType::kHALF : typeOf(place, inputs);
    return all[place].desc.type == type && all[place].desc.format == nvinfer1::TensorFormat::kLINEAR;
  }

 protected:
  explicit FusedPlugin(const Settings& settings)
      : settings_(settings), fields_(settings_.fields()), collection_{static_cast<int32_t>(fields_.size()), fields_.data()} {}
  virtual nvinfer1::DataType typeOf(int32_t place, int32_t inputs) const noexcept = 0;
  /// 0, or 1 with the reason in the log.
  int32_t fail(const std::string& reason) const {
    sayOfPlugin(Settings::kName, reason);
    return 1;
  }

  const Settings settings_;

 private:
  PluginFields fields_;
  nvinfer1::PluginFieldCollection collection_;
};

/// Makes plugins out of what a graph or a plan says of them.
template <typename Plugin, typename Settings>
class FusedPluginCreator final : public nvinfer1::IPluginCreatorV3One {
 public:
  nvinfer1::IPluginV3* createPlugin(const char*, const nvinfer1::PluginFieldCollection* given,
                                    nvinfer1::TensorRTPhase) noexcept override {
    Settings settings;
    for (const nvinfer1::PluginField& known : settings.fields()) {
      for (int32_t i = 0; i < given->nbFields; ++i) {
        const nvinfer1::PluginField& field = given->fields[i];
        if (field.data && field.length == 1 && std::strcmp(field.name, known.name) == 0)
          std::memcpy(const_cast<void*>(known.data), field.data, sizeof(int32_t));
      }
    }
    return new Plugin(settings);
  }
  const nvinfer1::PluginFieldCollection* getFieldNames() noexcept override { return &collection_; }
  const char* getPluginName() const noexcept override { return Settings::kName; }
  const char* getPluginVersion() const noexcept override { return "1"; }
  const char* getPluginNamespace() const noexcept override { return ""; }

 private:
  Settings none_;
  PluginFields fields_ = none_.fields();
  nvinfer1::PluginFieldCollection collection_{static_cast<int32_t>(fields_.size()), fields_.data()};
};

void registerLayerPlugin(nvinfer1::IPluginRegistry& registry);
void registerBoxPlugin(nvinfer1::IPluginRegistry& registry);
/// Makes our plugins known to this process's TensorRT; before a graph is parsed or a plan loaded that has one.
void registerPlugins(nvinfer1::IPluginRegistry& registry);

}  // namespace sam3
