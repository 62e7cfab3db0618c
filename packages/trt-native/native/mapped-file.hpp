// A file mapped for reading: plans are gigabytes, and TensorRT reads them once.
#pragma once

#include <cstddef>
#include <string>

#include "failure.hpp"

namespace sam3 {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  const void* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  MappedFile(void* data, std::size_t bytes) : data_(data), bytes_(bytes) {}

  void* data_;
  std::size_t bytes_;
};

}  // namespace sam3
