#include "engine.hpp"

#include <algorithm>

#include "live-counts.hpp"
#include "mapped-file.hpp"

namespace sam3 {

namespace {

constexpr const char* kRebuildHint = "build the engine again on this machine: plans fit one GPU and one TensorRT";

/// On an integrated GPU free memory is what the page cache leaves, which the system gives back when asked for it.
Status checkRoom(const Device& device, std::size_t bytes, const std::string& what) {
  if (device.info().integrated) return std::nullopt;
  auto memory = device.memory();
  if (!memory) return memory.failure();
  if (memory.value().freeBytes >= bytes) return std::nullopt;
  return memoryShort(what + " needs " + std::to_string(bytes >> 20) + " MiB of GPU memory, " +
                     std::to_string(memory.value().freeBytes >> 20) + " MiB are free");
}

}  // namespace

Engine::Engine(std::shared_ptr<Device> device) : device_(std::move(device)) { ++LiveCounts::engines; }

Engine::~Engine() {
  // The members free GPU memory after this body: on the right GPU, whichever thread it is.
  static_cast<void>(device_->makeCurrent());
  --LiveCounts::engines;
}

Result<std::shared_ptr<Engine>> Engine::load(const TensorRt& trt, std::shared_ptr<Device> device,
                                             const std::string& path) {
  auto file = MappedFile::open(path);
  if (!file) return file.failure();
  if (auto failed = device->makeCurrent()) return *failed;
  if (auto failed = checkRoom(*device, file.value().bytes(), path)) return *failed;

  std::shared_ptr<Engine> engine(new Engine(std::move(device)));
  const MessageLog::Scope scope(engine->log_);
  engine->runtime_ = trt.createRuntime();
  if (!engine->runtime_) return unavailable("TensorRT does not start: " + engine->log_.errors(), kRebuildHint);
  {
    const std::lock_guard<std::mutex> lock(trtLifecycle());
    engine->engine_.reset(engine->runtime_->deserializeCudaEngine(file.value().data(), file.value().bytes()));
  }
  if (!engine->engine_) {
    const std::string reason = path + " cannot be loaded: " + engine->log_.errors();
    return engine->log_.memoryWasShort() ? memoryShort(reason) : engineInvalid(reason, kRebuildHint);
  }
  engine->contextBytes_ = static_cast<std::size_t>(std::max<int64_t>(engine->engine_->getDeviceMemorySizeV2(), 0));
  if (auto failed = engine->readTensors()) return *failed;
  return engine;
}

Status Engine::readTensors() {
  for (int32_t i = 0; i < engine_->getNbIOTensors(); ++i) {
    const char* name = engine_->getIOTensorName(i);
    TensorInfo info;
    info.name = name;
    info.type = engine_->getTensorDataType(name);
    info.isInput = engine_->getTensorIOMode(name) == nvinfer1::TensorIOMode::kINPUT;
    info.dims = fromTrt(engine_->getTensorShape(name));
    info.min = info.opt = info.max = info.dims;
    if (typeName(info.type).empty()) {
      return engineInvalid(info.name + " has a type that cannot be passed in or out", "export it as float or integer");
    }
    if (engine_->isShapeInferenceIO(name)) {
      return engineInvalid(info.name + " is a shape, not data", "export the graph with its shapes inside");
    }
    if (info.isInput) {
      info.min = fromTrt(engine_->getProfileShape(name, 0, nvinfer1::OptProfileSelector::kMIN));
      info.opt = fromTrt(engine_->getProfileShape(name, 0, nvinfer1::OptProfileSelector::kOPT));
      info.max = fromTrt(engine_->getProfileShape(name, 0, nvinfer1::OptProfileSelector::kMAX));
    }
    tensors_.push_back(std::move(info));
  }
  return std::nullopt;
}

Result<TrtOwned<nvinfer1::IExecutionContext>> Engine::createContext() {
  if (auto failed = device_->makeCurrent()) return *failed;
  if (auto failed = checkRoom(*device_, contextBytes_, "an execution context")) return *failed;
  log_.clear();
  const MessageLog::Scope scope(log_);
  TrtOwned<nvinfer1::IExecutionContext> context;
  {
    const std::lock_guard<std::mutex> lock(trtLifecycle());
    context.reset(engine_->createExecutionContext());
  }
  if (context) return context;
  const std::string reason = "TensorRT makes no execution context: " + log_.errors();
  return log_.memoryWasShort() ? memoryShort(reason) : internal(reason);
}

std::string Engine::inspect() const {
  std::unique_ptr<nvinfer1::IEngineInspector> inspector(engine_->createEngineInspector());
  const char* text =
      inspector ? inspector->getEngineInformation(nvinfer1::LayerInformationFormat::kJSON) : nullptr;
  return text ? text : "";
}

}  // namespace sam3
