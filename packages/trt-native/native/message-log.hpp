// TensorRT's log, kept per engine and per build as the last few errors: they are what an error message needs for a person.
// TensorRT itself gets one logger that lives as long as the process; it hands each error to the log it belongs to.
#pragma once

#include <deque>
#include <mutex>
#include <string>

#include "NvInferRuntime.h"

namespace sam3 {

class MessageLog {
 public:
  MessageLog();
  ~MessageLog();
  MessageLog(const MessageLog&) = delete;
  MessageLog& operator=(const MessageLog&) = delete;

  /// The logger for everything that TensorRT makes. One only: libnvinfer keeps the first one that it is given for the whole
  /// process, until nothing that it made lives any more (seen in 10.6), and speaks through it when others own the fault.
  static nvinfer1::ILogger& ofProcess();

  /// What TensorRT says on this thread, while this lives, belongs to `log`. Errors of TensorRT's own threads go to every log.
  class Scope {
   public:
    explicit Scope(MessageLog& log);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    MessageLog* before_;
  };

  void add(const std::string& error);
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
