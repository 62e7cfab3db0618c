// What libnvinfer keeps per process, as the real one does: one logger for all (the first that is given, until nothing lives)
// and kernels loaded into the GPU's context. Breaking its rules ends the process here; there it corrupts memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "NvInferRuntime.h"

extern "C" std::uintptr_t simulatedLife();

namespace simulator {

[[noreturn]] inline void breakRule(const char* what) {
  std::fprintf(stderr, "simulated TensorRT: %s\n", what);
  std::abort();
}

/// Seen in libnvinfer 10.6: runtimes and builders bring a logger, engines and contexts count too, and getLogger() answers
/// the first one until the count is zero, whether its owner still lives or not.
class GlobalLogger {
 public:
  static void bring(nvinfer1::ILogger& logger) {
    const std::lock_guard<std::mutex> lock(mutex());
    State& now = state();
    ++now.living;
    ++now.users[&logger];
    if (!now.logger) now.logger = &logger;
  }
  static void takeAway(nvinfer1::ILogger& logger) {
    const std::lock_guard<std::mutex> lock(mutex());
    State& now = state();
    if (--now.users[&logger] == 0) now.users.erase(&logger);
    leave(now);
    if (now.logger && now.users.count(now.logger) == 0) {
      breakRule("the logger of the process is let go of while others still use it");
    }
  }
  static void enter() {
    const std::lock_guard<std::mutex> lock(mutex());
    ++state().living;
  }
  static void leave() {
    const std::lock_guard<std::mutex> lock(mutex());
    leave(state());
  }

 private:
  struct State {
    nvinfer1::ILogger* logger = nullptr;
    int living = 0;
    std::map<nvinfer1::ILogger*, int> users;
  };
  static void leave(State& now) {
    if (--now.living == 0) now.logger = nullptr;
  }
  static State& state() {
    static State& state = *new State;
    return state;
  }
  static std::mutex& mutex() {
    static std::mutex& mutex = *new std::mutex;
    return mutex;
  }
};

/// "Creating an execution context from an engine" is among the operations that TensorRT's guide calls thread-safe;
/// destroying one is not.
inline std::shared_mutex& lifecycleGate() {
  static std::shared_mutex& gate = *new std::shared_mutex;
  return gate;
}

class Creating {
 public:
  Creating() {
    if (!lifecycleGate().try_lock_shared()) breakRule("something is created while something else is destroyed");
  }
  ~Creating() { lifecycleGate().unlock_shared(); }
};

class Destroying {
 public:
  Destroying() {
    if (!lifecycleGate().try_lock()) breakRule("something is destroyed while something else is created or destroyed");
    // Long enough for another thread to be caught in the middle.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~Destroying() { lifecycleGate().unlock(); }
};

/// Kernels are loaded once per process, into the context of the GPU that is there then.
inline void checkKernels() {
  static const std::uintptr_t loadedIn = simulatedLife();
  if (simulatedLife() != loadedIn) breakRule("its kernels were loaded into a context of the GPU that is gone");
}

}  // namespace simulator
