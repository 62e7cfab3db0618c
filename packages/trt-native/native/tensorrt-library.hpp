// TensorRT's three entry points, found at run time. Built against the headers of 10.3, the oldest that is supported:
// every later 10.x only appends to the tables of virtual functions, so what compiles here exists in all of them.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "NvInfer.h"
#include "NvOnnxParser.h"
#include "failure.hpp"

namespace sam3 {

/// Held while something of TensorRT is made or destroyed. Its guide lists what threads may do at once (deserialise, create
/// contexts, use different contexts); to destroy is not among it. One for the process, as is the state behind it.
std::mutex& trtLifecycle();

/// Destroys alone.
struct TrtDelete {
  template <typename Interface>
  void operator()(Interface* owned) const {
    const std::lock_guard<std::mutex> lock(trtLifecycle());
    delete owned;
  }
};
template <typename Interface>
using TrtOwned = std::unique_ptr<Interface, TrtDelete>;

class TensorRt {
 public:
  /// The TensorRT of this process, loaded once; a Failure that says what is missing or which version is too old.
  static Result<const TensorRt*> load(const std::string& directory);

  TrtOwned<nvinfer1::IRuntime> createRuntime() const;
  TrtOwned<nvinfer1::IBuilder> createBuilder() const;
  /// A Failure when this machine has only the runtime, without the parser.
  Result<std::unique_ptr<nvonnxparser::IParser>> createParser(nvinfer1::INetworkDefinition& network) const;

  /// For example 10.6.0.26.
  const std::string& version() const { return version_; }
  /// Empty when engines can be built here; else what is missing for that.
  const std::string& parserMissing() const { return parserMissing_; }

 private:
  static Result<TensorRt> open(const std::string& directory);

  void* (*createRuntime_)(void*, int32_t) = nullptr;
  void* (*createBuilder_)(void*, int32_t) = nullptr;
  void* (*createParser_)(void*, void*, int) = nullptr;
  int32_t libraryVersion_ = 0;
  int32_t parserVersion_ = 0;
  std::string version_;
  std::string parserMissing_;
};

}  // namespace sam3
