// A library found at run time. It is never unloaded: CUDA and TensorRT keep threads and exit handlers of their own.
#pragma once

#include <string>
#include <vector>

#include "failure.hpp"

namespace sam3 {

class SharedLibrary {
 public:
  /// Opens the first of `names` that loads, in `directory` when given, else as the system's loader finds it.
  static Result<SharedLibrary> open(const std::string& directory, const std::vector<std::string>& names);

  /// Sets `target` to the function; false when the library has none of that name.
  template <typename Function>
  bool bind(Function*& target, const char* symbol) const {
    target = reinterpret_cast<Function*>(find(symbol));
    return target != nullptr;
  }

  const std::string& name() const { return name_; }

 private:
  SharedLibrary(void* handle, std::string name) : handle_(handle), name_(std::move(name)) {}
  void* find(const char* symbol) const;

  void* handle_;
  std::string name_;
};

}  // namespace sam3
