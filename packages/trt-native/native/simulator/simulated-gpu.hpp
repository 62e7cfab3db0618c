// The state behind the simulated CUDA driver: memory, streams with a thread each, events, and the primary context. What a
// real GPU answers with silent corruption ends the process here, with a sentence.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace simulator {

using Pointer = unsigned long long;
using Work = std::function<void()>;

[[noreturn]] inline void die(const char* what) {
  std::fprintf(stderr, "simulated GPU: %s\n", what);
  std::abort();
}

/// Device and page-locked blocks by their first byte. Never destroyed: threads may still run when the process exits.
class Memory {
 public:
  static Memory& instance() {
    static Memory& memory = *new Memory;
    return memory;
  }

  /// Null when `capacity` would be passed; page-locked memory does not count.
  void* take(std::size_t bytes, bool pinned, std::size_t capacity) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!pinned && used_ + bytes > capacity) return nullptr;
    void* block = std::malloc(bytes);
    if (!block) return nullptr;
    blocks_[reinterpret_cast<Pointer>(block)] = Block{bytes, pinned};
    if (!pinned) used_ += bytes;
    return block;
  }

  bool give(Pointer pointer, bool pinned) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = blocks_.find(pointer);
    if (found == blocks_.end() || found->second.pinned != pinned) return false;
    if (!pinned) used_ -= found->second.bytes;
    // Whoever still reads it sees nonsense instead of the old values.
    constexpr int kGone = 0xdd;
    std::memset(reinterpret_cast<void*>(pointer), kGone, found->second.bytes);
    std::free(reinterpret_cast<void*>(pointer));
    blocks_.erase(found);
    return true;
  }

  bool holds(Pointer begin, std::size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    auto after = blocks_.upper_bound(begin);
    if (after == blocks_.begin()) return false;
    const auto& [first, block] = *--after;
    return begin + bytes <= first + block.bytes;
  }

  std::size_t used() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return used_;
  }
  std::size_t count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return blocks_.size();
  }

 private:
  struct Block {
    std::size_t bytes;
    bool pinned;
  };
  std::mutex mutex_;
  std::map<Pointer, Block> blocks_;
  std::size_t used_ = 0;
};

/// Works off what is queued, later than the call that queued it, as a GPU does.
class Stream {
 public:
  Stream() : thread_([this] { work(); }) {}
  ~Stream() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!queue_.empty() || busy_) die("a stream is destroyed while work is queued on it");
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void push(Work work) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      queue_.push_back(std::move(work));
    }
    wake_.notify_all();
  }

  void synchronize() {
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [this] { return queue_.empty() && !busy_; });
  }

  /// What the stream records instead of running; only the capturing thread uses it.
  std::unique_ptr<std::vector<Work>> recording;

 private:
  void work() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const Work next = std::move(queue_.front());
      queue_.pop_front();
      busy_ = true;
      lock.unlock();
      next();
      lock.lock();
      busy_ = false;
      if (queue_.empty()) idle_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<Work> queue_;
  bool busy_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

class Event {
 public:
  explicit Event(unsigned flags) : isTimed_((flags & kDisableTiming) == 0) {}
  ~Event() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (reached_ < recorded_) die("an event is destroyed while its stream has yet to reach it");
  }

  void record(Stream& stream) {
    std::uint64_t number = 0;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      number = ++recorded_;
    }
    stream.push([this, number] {
      // Notified under the lock: whoever waits may destroy the event at once.
      const std::lock_guard<std::mutex> lock(mutex_);
      reached_ = number;
      at_ = std::chrono::steady_clock::now();
      reachedNow_.notify_all();
    });
  }

  void synchronize() {
    std::unique_lock<std::mutex> lock(mutex_);
    reachedNow_.wait(lock, [this] { return reached_ >= recorded_; });
  }

  bool isTimed() const { return isTimed_; }
  bool isRecorded() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return recorded_ > 0;
  }
  bool isReached() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return reached_ >= recorded_;
  }
  std::chrono::steady_clock::time_point at() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return at_;
  }

 private:
  static constexpr unsigned kDisableTiming = 2;
  const bool isTimed_;
  std::mutex mutex_;
  std::condition_variable reachedNow_;
  std::uint64_t recorded_ = 0;
  std::uint64_t reached_ = 0;
  std::chrono::steady_clock::time_point at_;
};

}  // namespace simulator
