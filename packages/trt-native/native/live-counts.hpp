// How much is alive in this process, over all threads: what leak tests compare before and after.
#pragma once

#include <atomic>
#include <cstdint>

namespace sam3 {

struct LiveCounts {
  inline static std::atomic<std::int64_t> engines{0};
  inline static std::atomic<std::int64_t> contexts{0};
  inline static std::atomic<std::int64_t> tensors{0};
  inline static std::atomic<std::int64_t> threads{0};
  inline static std::atomic<std::int64_t> deviceBytes{0};
  inline static std::atomic<std::int64_t> pinnedBytes{0};
};

}  // namespace sam3
