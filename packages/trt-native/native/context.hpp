// One execution context with its stream and buffers: runs an engine on inputs from the host or the GPU.
// Blocks its caller until the GPU is done, so it belongs on a thread of its own; not safe from two threads at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine.hpp"
#include "memory.hpp"
#include "message-log.hpp"

namespace sam3 {

struct ContextOptions {
  /// Replays fixed shapes as a CUDA graph from the second run on.
  bool useGraphs = true;
  /// Waits by spinning: some ten microseconds faster, and a whole core busy meanwhile.
  bool spin = false;
  /// Lets the GPU read and write host memory in place: no copies on integrated GPUs, slow over PCIe.
  bool mapHost = false;
};

enum class Place { host, pinned, device };

struct RunInput {
  std::string name;
  nvinfer1::DataType type;
  Dims dims;
  Place place;
  /// For host and pinned.
  const std::byte* data = nullptr;
  /// For device.
  CUdeviceptr address = 0;
  int deviceIndex = 0;
  std::size_t bytes = 0;
};

struct RunRequest {
  std::vector<RunInput> inputs;
  /// Outputs to copy to the host.
  std::vector<std::string> toHost;
  /// Outputs to leave on the GPU, as blocks of their own.
  std::vector<std::string> toDevice;
};

struct RunOutput {
  std::string name;
  nvinfer1::DataType type;
  Dims dims;
  std::size_t bytes = 0;
  std::unique_ptr<std::byte[]> host;
  std::shared_ptr<DeviceBlock> device;
};

struct RunReply {
  std::vector<RunOutput> outputs;
  /// Milliseconds of the GPU for the engine alone, without copies.
  float computeMs = 0;
  bool replayedGraph = false;
};

class Context {
 public:
  static Result<std::shared_ptr<Context>> create(std::shared_ptr<Engine> engine, const ContextOptions& options);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Result<RunReply> run(const RunRequest& request);
  const std::shared_ptr<Engine>& engine() const { return engine_; }

 private:
  struct Binding {
    const TensorInfo* info;
    Dims dims;
    std::size_t bytes = 0;
    std::unique_ptr<PinnedBlock> pinned;
    std::unique_ptr<DeviceBlock> device;
    CUdeviceptr address = 0;
  };

  Context(std::shared_ptr<Engine> engine, const ContextOptions& options);
  Status prepare();
  Binding* find(const std::string& name);
  Status checkInputs(const RunRequest& request);
  Status applyShapes(const RunRequest& request);
  Status fit(Binding& binding);
  Status fitPinned(Binding& binding);
  Status upload(const RunInput& input);
  Status compute(bool& replayed);
  Status enqueue();
  void captureGraph();
  Status download(const RunRequest& request, RunReply& reply);
  Status wait();
  void forgetGraph();
  Failure failedRun(const std::string& doing) const;

  // Order matters: what lives on the GPU goes before the engine and its Device.
  std::shared_ptr<Engine> engine_;
  ContextOptions options_;
  MessageLog log_;
  std::vector<Binding> bindings_;
  Stream stream_;
  Event begun_;
  Event computed_;
  Event done_;
  TrtOwned<nvinfer1::IExecutionContext> context_;
  GraphExec graph_;
  bool warm_ = false;
  bool graphsRefused_ = false;
};

}  // namespace sam3
