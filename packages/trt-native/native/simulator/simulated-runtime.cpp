// libnvinfer.so.10 for machines without a GPU, the half that runs plans: deserialises the text of simulated-graph.hpp and
// multiplies. Made against TensorRT's own headers, so the addon meets the tables that it meets in the real library.
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "simulated-bases.hpp"
#include "simulated-graph.hpp"
#include "simulated-library.hpp"

#define EXPORT extern "C" __attribute__((visibility("default")))

extern "C" void simulatedLaunch(void* stream, void (*kernel)(void*), void* argument, void (*release)(void*));
extern "C" void simulatedTouch(const void* begin, std::size_t bytes);
extern "C" int cuMemAlloc_v2(unsigned long long*, std::size_t);
extern "C" int cuMemFree_v2(unsigned long long);

namespace simulator {

namespace {

std::int64_t volume(const Dims& dims) {
  std::int64_t product = 1;
  for (int i = 0; i < dims.nbDims; ++i) product *= dims.d[i];
  return product;
}

struct Kernel {
  const float* input;
  float* output;
  std::int64_t inputCount;
  std::int64_t outputCount;
  double scale;
  int sleepMs;
};

void multiply(void* argument) {
  const Kernel& kernel = *static_cast<const Kernel*>(argument);
  std::this_thread::sleep_for(std::chrono::milliseconds(kernel.sleepMs));
  simulatedTouch(kernel.input, static_cast<std::size_t>(kernel.inputCount) * sizeof(float));
  simulatedTouch(kernel.output, static_cast<std::size_t>(kernel.outputCount) * sizeof(float));
  for (std::int64_t i = 0; i < kernel.outputCount; ++i) {
    kernel.output[i] = static_cast<float>(kernel.input[i % kernel.inputCount] * kernel.scale);
  }
}

class Context final : public IExecutionContext, private VExecutionContextBase {
 public:
  Context(const Graph& graph, unsigned long long memory) : graph_(graph), memory_(memory) {
    mImpl = this;
    for (const GraphTensor& tensor : graph.tensors) dims_[tensor.name] = tensor.dims;
    GlobalLogger::enter();
  }
  ~Context() noexcept override {
    const Destroying alone;
    if (memory_) cuMemFree_v2(memory_);
    GlobalLogger::leave();
  }
  IExecutionContext* getPImpl() noexcept override { return this; }

  bool setInputShape(const char* name, const Dims& dims) noexcept override {
    const GraphTensor* tensor = graph_.find(name);
    if (!tensor || !tensor->isInput || tensor->dims.nbDims != dims.nbDims) return false;
    dims_[name] = dims;
    return true;
  }
  Dims getTensorShape(const char* name) const noexcept override {
    const GraphTensor* tensor = graph_.find(name);
    if (tensor->isInput) return dims_.at(name);
    Dims dims = tensor->dims;
    for (const GraphTensor& input : graph_.tensors) {
      if (!input.isInput) continue;
      const Dims& given = dims_.at(input.name);
      for (int i = 0; i < dims.nbDims && i < given.nbDims; ++i) dims.d[i] = dims.d[i] < 0 ? given.d[i] : dims.d[i];
    }
    return dims;
  }
  bool setTensorAddress(const char* name, void* data) noexcept override {
    addresses_[name] = data;
    return graph_.find(name) != nullptr;
  }
  bool enqueueV3(cudaStream_t stream) noexcept override {
    checkKernels();
    if (inUse_.exchange(true)) breakRule("two threads use one execution context");
    const bool launched = launch(stream);
    inUse_ = false;
    return launched;
  }

 private:
  bool launch(cudaStream_t stream) {
    if (graph_.fail == "run") return false;
    const GraphTensor* first = nullptr;
    for (const GraphTensor& tensor : graph_.tensors) {
      if (tensor.isInput && !first) first = &tensor;
      if (tensor.isInput || tensor.type != DataType::kFLOAT) continue;
      auto* kernel = new Kernel{static_cast<const float*>(addresses_.at(first->name)),
                                static_cast<float*>(addresses_.at(tensor.name)),
                                volume(dims_.at(first->name)),
                                volume(getTensorShape(tensor.name.c_str())),
                                graph_.scale,
                                graph_.sleepMs};
      simulatedLaunch(stream, multiply, kernel, [](void* owned) { delete static_cast<Kernel*>(owned); });
    }
    return true;
  }

  const Graph graph_;
  std::atomic<bool> inUse_{false};
  unsigned long long memory_;
  std::map<std::string, Dims> dims_;
  std::map<std::string, void*> addresses_;
};

class Inspector final : public IEngineInspector, private VEngineInspectorBase {
 public:
  Inspector() { mImpl = this; }
  IEngineInspector* getPImpl() noexcept override { return this; }
  const char* getEngineInformation(LayerInformationFormat) const noexcept override { return "{\"Layers\": []}"; }
};

class Engine final : public ICudaEngine, private VCudaEngineBase {
 public:
  explicit Engine(Graph graph) : graph_(std::move(graph)) {
    mImpl = this;
    GlobalLogger::enter();
  }
  ~Engine() noexcept override {
    const Destroying alone;
    GlobalLogger::leave();
  }
  ICudaEngine* getPImpl() noexcept override { return this; }

  int32_t getNbIOTensors() const noexcept override { return static_cast<int32_t>(graph_.tensors.size()); }
  const char* getIOTensorName(int32_t index) const noexcept override {
    return graph_.tensors[static_cast<std::size_t>(index)].name.c_str();
  }
  DataType getTensorDataType(const char* name) const noexcept override { return graph_.find(name)->type; }
  TensorIOMode getTensorIOMode(const char* name) const noexcept override {
    return graph_.find(name)->isInput ? TensorIOMode::kINPUT : TensorIOMode::kOUTPUT;
  }
  Dims getTensorShape(const char* name) const noexcept override { return graph_.find(name)->dims; }
  Dims getProfileShape(const char* name, int32_t, OptProfileSelector select) const noexcept override {
    const auto range = graph_.ranges.find(name);
    return range == graph_.ranges.end() ? graph_.find(name)->dims : range->second.shapes[static_cast<int>(select)];
  }
  bool isShapeInferenceIO(const char*) const noexcept override { return false; }
  int64_t getDeviceMemorySizeV2() const noexcept override { return graph_.contextBytes; }
  IExecutionContext* createExecutionContext(ExecutionContextAllocationStrategy) noexcept override {
    const Creating beside;
    checkKernels();
    unsigned long long memory = 0;
    if (graph_.contextBytes > 0 && cuMemAlloc_v2(&memory, static_cast<std::size_t>(graph_.contextBytes)) != 0) {
      return nullptr;
    }
    return new Context(graph_, memory);
  }
  IEngineInspector* createEngineInspector() const noexcept override { return new Inspector; }

 private:
  const Graph graph_;
};

class Runtime final : public IRuntime, private VRuntimeBase {
 public:
  explicit Runtime(ILogger& logger) : logger_(logger) {
    mImpl = this;
    GlobalLogger::bring(logger);
  }
  ~Runtime() noexcept override {
    const Destroying alone;
    GlobalLogger::takeAway(logger_);
  }
  IRuntime* getPImpl() noexcept override { return this; }
  using VRuntimeBase::deserializeCudaEngine;
  ICudaEngine* deserializeCudaEngine(const void* blob, std::size_t size) noexcept override {
    auto graph = parseGraph(std::string(static_cast<const char*>(blob), size));
    if (graph) return new Engine(std::move(*graph));
    logger_.log(ILogger::Severity::kERROR, "Serialization error: magic tag does not match");
    return nullptr;
  }

 private:
  ILogger& logger_;
};

}  // namespace

}  // namespace simulator

/// SIMULATED_TENSORRT_REFUSES=1: the answer of libnvinfer 10.6 when CUDA does not start, which is not null.
EXPORT void* createInferRuntime_INTERNAL(void* logger, int32_t) noexcept {
  constexpr std::uintptr_t kPlaceOfInterface = 0x200;
  if (std::getenv("SIMULATED_TENSORRT_REFUSES")) return reinterpret_cast<void*>(kPlaceOfInterface);
  return static_cast<nvinfer1::IRuntime*>(new simulator::Runtime(*static_cast<nvinfer1::ILogger*>(logger)));
}
EXPORT int32_t getInferLibVersion() noexcept { return NV_TENSORRT_VERSION; }
EXPORT int32_t getInferLibMajorVersion() noexcept { return NV_TENSORRT_MAJOR; }
EXPORT int32_t getInferLibMinorVersion() noexcept { return NV_TENSORRT_MINOR; }
EXPORT int32_t getInferLibPatchVersion() noexcept { return NV_TENSORRT_PATCH; }
EXPORT int32_t getInferLibBuildVersion() noexcept { return NV_TENSORRT_BUILD; }
