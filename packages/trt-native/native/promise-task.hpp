// A task that ends in a promise: work on a lane, its value or failure on the thread of JavaScript.
#pragma once

#include <napi.h>

#include <exception>
#include <memory>
#include <vector>

#include "addon-data.hpp"
#include "failure.hpp"
#include "js-values.hpp"
#include "lane.hpp"

namespace sam3 {

class PromiseTask : public Task {
 public:
  /// Without a promise where none can be made: in a worker thread that is being terminated. The plain C functions, as
  /// their C++ wrappers would then hand out what was never set.
  explicit PromiseTask(Napi::Env env) {
    if (napi_create_promise(env, &deferred_, &promise_) != napi_ok) promise_ = nullptr;
  }

  /// Null when there is none. To be read before the task is handed over.
  napi_value promise() const { return promise_; }
  /// Keeps a JavaScript object alive until the task is settled.
  void hold(Napi::Object object) { held_.push_back(Napi::Persistent(object)); }
  /// For a task with a lane of its own: the lane ends with it.
  void own(std::shared_ptr<Lane> lane) { lane_ = std::move(lane); }

  void run() noexcept final {
    try {
      failure_ = execute();
    } catch (const std::bad_alloc&) {
      failure_ = Failure{"INTERNAL", "out of host memory", "close other programs"};
    } catch (const std::exception& thrown) {
      failure_ = internal(thrown.what());
    } catch (...) {
      failure_ = internal("an unknown exception");
    }
  }

  void settle(Napi::Env env) final {
    // These fail only where no JavaScript runs any more, which nobody is left to be told.
    if (failure_) {
      static_cast<void>(napi_reject_deferred(env, deferred_, toError(env, *failure_).Value()));
    } else {
      static_cast<void>(napi_resolve_deferred(env, deferred_, value(env)));
    }
  }

  void abandon() override {
    for (auto& held : held_) held.SuppressDestruct();
  }

 protected:
  /// On the lane: no JavaScript here.
  virtual Status execute() = 0;
  /// On the thread of JavaScript, after execute() went well.
  virtual Napi::Value value(Napi::Env env) = 0;

 private:
  napi_deferred deferred_ = nullptr;
  napi_value promise_ = nullptr;
  std::vector<Napi::ObjectReference> held_;
  Status failure_;
  std::shared_ptr<Lane> lane_;
};

/// Hands the task to `lane` and gives its promise.
inline Napi::Value start(Napi::Env env, Lane& lane, std::unique_ptr<PromiseTask> task) {
  const Napi::Value promise(env, task->promise());
  if (promise.IsEmpty()) return promise;
  AddonData::of(env).completions()->expect(env);
  lane.post(std::move(task));
  return promise;
}

/// The same on a lane that lives only for this task: for what is rare and takes long.
inline Napi::Value startAlone(Napi::Env env, std::unique_ptr<PromiseTask> task) {
  const std::shared_ptr<Lane> lane = AddonData::of(env).createLane();
  task->own(lane);
  return start(env, *lane, std::move(task));
}

}  // namespace sam3
