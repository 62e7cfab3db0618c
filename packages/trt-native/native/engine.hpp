// A deserialised plan: what goes in and out of it, and the execution contexts made from it. Keeps runtime and GPU alive.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device.hpp"
#include "message-log.hpp"
#include "tensor.hpp"
#include "tensorrt-library.hpp"

namespace sam3 {

class Engine {
 public:
  /// Reads the plan at `path`. ENGINE_INVALID when it is no plan for this TensorRT and GPU, GPU_MEMORY_SHORT when it
  /// does not fit. TensorRT trusts what it reads: a plan from outside must have been checked by its hash before.
  static Result<std::shared_ptr<Engine>> load(const TensorRt& trt, std::shared_ptr<Device> device,
                                              const std::string& path);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const std::vector<TensorInfo>& tensors() const { return tensors_; }
  /// GPU memory that each context takes for its intermediate values.
  std::size_t contextBytes() const { return contextBytes_; }
  const std::shared_ptr<Device>& device() const { return device_; }

  Result<TrtOwned<nvinfer1::IExecutionContext>> createContext();
  /// TensorRT's own JSON of the layers, for finding where the time goes.
  std::string inspect() const;

 private:
  explicit Engine(std::shared_ptr<Device> device);
  Status readTensors();

  // Order matters: the engine goes before its runtime, both before the GPU they live on.
  std::shared_ptr<Device> device_;
  MessageLog log_;
  TrtOwned<nvinfer1::IRuntime> runtime_;
  TrtOwned<nvinfer1::ICudaEngine> engine_;
  std::vector<TensorInfo> tensors_;
  std::size_t contextBytes_ = 0;
};

}  // namespace sam3
