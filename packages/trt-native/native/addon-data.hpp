// What the addon keeps per environment (main thread or worker thread): the way back to JavaScript, the threads that it
// must end when the environment goes, and the constructors of its classes. There are no globals beside the libraries.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "lane.hpp"

namespace sam3 {

class AddonData {
 public:
  explicit AddonData(Napi::Env env);
  ~AddonData();
  AddonData(const AddonData&) = delete;
  AddonData& operator=(const AddonData&) = delete;

  static AddonData& of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  std::shared_ptr<Lane> createLane();
  /// Set when the environment goes, to end what takes long.
  void watch(const std::shared_ptr<std::atomic<bool>>& cancelled);
  const std::shared_ptr<Completions>& completions() const { return completions_; }

  Napi::FunctionReference engineClass;
  Napi::FunctionReference contextClass;
  Napi::FunctionReference deviceTensorClass;
  Napi::FunctionReference pinnedClass;
  Napi::FunctionReference kernelsClass;
  /// What a constructor finds here it may wrap; scripts that call one find nothing and are refused.
  void* beingWrapped = nullptr;

 private:
  static void onTeardown(void* self);
  void shutDown();

  napi_env env_;
  std::shared_ptr<Completions> completions_;
  std::vector<std::weak_ptr<Lane>> lanes_;
  std::vector<std::weak_ptr<std::atomic<bool>>> cancellable_;
};

/// Makes an object of one of the addon's classes around `content`, which the object then owns.
template <typename Content>
Napi::Object wrap(Napi::Env env, const Napi::FunctionReference& constructor, Content content) {
  AddonData& data = AddonData::of(env);
  data.beingWrapped = &content;
  Napi::Object object = constructor.New({});
  data.beingWrapped = nullptr;
  return object;
}

/// In a constructor: the content to own, or nothing with a JavaScript exception pending.
template <typename Content>
std::optional<Content> takeWrapped(Napi::Env env) {
  AddonData& data = AddonData::of(env);
  auto* content = static_cast<Content*>(std::exchange(data.beingWrapped, nullptr));
  if (content) return std::move(*content);
  Napi::TypeError::New(env, "this class cannot be constructed from JavaScript").ThrowAsJavaScriptException();
  return std::nullopt;
}

}  // namespace sam3
