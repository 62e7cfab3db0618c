// TensorRT's log, kept as the last few warnings and errors: they are what an error message needs for a person.
// Safe from any thread, as TensorRT calls it from its own.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "NvInferRuntime.h"

namespace sam3 {

class MessageLog final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override;

  /// The last errors in one line, newest last; empty when there were none.
  std::string errors() const;
  /// Whether one of them spoke of memory that could not be had.
  bool memoryWasShort() const;
  void clear();

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> errors_;
  bool memoryWasShort_ = false;
};

}  // namespace sam3
