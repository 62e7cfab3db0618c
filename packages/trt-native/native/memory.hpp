// Owners of what CUDA hands out: pinned host blocks, device blocks, streams, events and graphs. Each frees in its
// destructor, keeps its Device alive, and can only be moved.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "device.hpp"

namespace sam3 {

/// Page-locked host memory: copies from and to it run at full speed beside the CPU, and on integrated GPUs the GPU
/// reads it in place through `deviceAddress`.
class PinnedBlock {
 public:
  static Result<std::unique_ptr<PinnedBlock>> take(std::shared_ptr<Device> device, std::size_t bytes);
  ~PinnedBlock();
  PinnedBlock(const PinnedBlock&) = delete;
  PinnedBlock& operator=(const PinnedBlock&) = delete;

  std::byte* data() const { return data_; }
  CUdeviceptr deviceAddress() const { return deviceAddress_; }
  std::size_t bytes() const { return bytes_; }

 private:
  PinnedBlock(std::shared_ptr<Device> device, std::byte* data, CUdeviceptr address, std::size_t bytes)
      : device_(std::move(device)), data_(data), deviceAddress_(address), bytes_(bytes) {}

  std::shared_ptr<Device> device_;
  std::byte* data_;
  CUdeviceptr deviceAddress_;
  std::size_t bytes_;
};

/// Device memory from the Device's pool.
class DeviceBlock {
 public:
  static Result<std::unique_ptr<DeviceBlock>> take(std::shared_ptr<Device> device, std::size_t bytes);
  ~DeviceBlock();
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;

  CUdeviceptr address() const { return address_; }
  std::size_t bytes() const { return bytes_; }
  const std::shared_ptr<Device>& device() const { return device_; }

 private:
  DeviceBlock(std::shared_ptr<Device> device, CUdeviceptr address, std::size_t bytes)
      : device_(std::move(device)), address_(address), bytes_(bytes) {}

  std::shared_ptr<Device> device_;
  CUdeviceptr address_;
  std::size_t bytes_;
};

/// A handle of the driver with the function that destroys it.
template <typename Handle>
class Owned {
 public:
  Owned() = default;
  Owned(Handle handle, CUresult (*destroy)(Handle)) : handle_(handle), destroy_(destroy) {}
  Owned(Owned&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)), destroy_(std::exchange(other.destroy_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    if (this != &other) {
      reset();
      handle_ = std::exchange(other.handle_, nullptr);
      destroy_ = std::exchange(other.destroy_, nullptr);
    }
    return *this;
  }
  ~Owned() { reset(); }

  Handle get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }
  void reset() {
    if (handle_) destroy_(handle_);
    handle_ = nullptr;
  }

 private:
  Handle handle_ = nullptr;
  CUresult (*destroy_)(Handle) = nullptr;
};

using Stream = Owned<CUstream>;
using Event = Owned<CUevent>;
using GraphExec = Owned<CUgraphExec>;

Result<Stream> createStream(const Device& device);
Result<Event> createEvent(const Device& device, unsigned flags);

}  // namespace sam3
