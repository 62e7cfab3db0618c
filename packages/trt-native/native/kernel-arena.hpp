// Memory of one call after the other: a block on the GPU and a page-locked one beside it, cut into pieces from the
// start again with each call. They grow to what the largest call so far needed, and then nothing is allocated any more.
#pragma once

#include <memory>
#include <vector>

#include "memory.hpp"

namespace sam3 {

template <typename Block>
class Pieces {
 public:
  explicit Pieces(std::shared_ptr<Device> device) : device_(std::move(device)) {}

  /// Where the next `bytes` begin, in a block that holds them. Pieces of one call may lie in several blocks.
  Result<std::pair<Block*, std::size_t>> cut(std::size_t bytes) {
    const std::size_t start = (used_ + kAlignment - 1) / kAlignment * kAlignment;
    if (blocks_.empty() || start + bytes > blocks_.back()->bytes()) {
      std::size_t size = kSmallest;
      while (size < bytes) size *= 2;
      auto block = Block::take(device_, size);
      if (!block) return block.failure();
      total_ += size;
      blocks_.push_back(std::move(block.value()));
      used_ = bytes;
      return std::pair<Block*, std::size_t>(blocks_.back().get(), 0);
    }
    used_ = start + bytes;
    return std::pair<Block*, std::size_t>(blocks_.back().get(), start);
  }

  /// Between calls, when the GPU is done: several blocks give way to one of their size, taken when it is needed.
  void reset() {
    used_ = 0;
    if (blocks_.size() < 2) return;
    blocks_.clear();
    std::size_t size = kSmallest;
    while (size < total_) size *= 2;
    total_ = 0;
    auto block = Block::take(device_, size);
    // Without it the next call takes what it needs.
    if (!block) return;
    total_ = size;
    blocks_.push_back(std::move(block.value()));
  }

 private:
  /// What kernels read fastest begins at such a multiple; it is also that of cuMemAlloc.
  static constexpr std::size_t kAlignment = 256;
  static constexpr std::size_t kSmallest = std::size_t{1} << 20;

  std::shared_ptr<Device> device_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t used_ = 0;
  std::size_t total_ = 0;
};

class KernelArena {
 public:
  explicit KernelArena(const std::shared_ptr<Device>& device) : onDevice_(device), pinned_(device) {}

  Result<CUdeviceptr> onDevice(std::size_t bytes) {
    auto piece = onDevice_.cut(bytes);
    if (!piece) return piece.failure();
    return piece.value().first->address() + piece.value().second;
  }

  Result<std::byte*> pinned(std::size_t bytes) {
    auto piece = pinned_.cut(bytes);
    if (!piece) return piece.failure();
    return piece.value().first->data() + piece.value().second;
  }

  void reset() {
    onDevice_.reset();
    pinned_.reset();
  }

 private:
  Pieces<DeviceBlock> onDevice_;
  Pieces<PinnedBlock> pinned_;
};

}  // namespace sam3
