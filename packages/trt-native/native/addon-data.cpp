#include "addon-data.hpp"

#include <algorithm>

namespace sam3 {

namespace {

template <typename T>
void dropExpired(std::vector<std::weak_ptr<T>>& all) {
  all.erase(std::remove_if(all.begin(), all.end(), [](const auto& one) { return one.expired(); }), all.end());
}

}  // namespace

AddonData::AddonData(Napi::Env env) : env_(env), completions_(Completions::create(env)) {
  // Added after the channel made its own hook: hooks run in reverse, so the threads end before the channel does.
  napi_add_env_cleanup_hook(env_, &AddonData::onTeardown, this);
}

AddonData::~AddonData() {
  napi_remove_env_cleanup_hook(env_, &AddonData::onTeardown, this);
  shutDown();
}

void AddonData::onTeardown(void* self) { static_cast<AddonData*>(self)->shutDown(); }

void AddonData::shutDown() {
  for (const auto& weak : cancellable_) {
    if (const auto cancelled = weak.lock()) *cancelled = true;
  }
  for (const auto& weak : lanes_) {
    if (const auto lane = weak.lock()) lane->stop();
  }
  completions_->close();
}

std::shared_ptr<Lane> AddonData::createLane() {
  dropExpired(lanes_);
  auto lane = std::make_shared<Lane>(completions_);
  lanes_.push_back(lane);
  return lane;
}

void AddonData::watch(const std::shared_ptr<std::atomic<bool>>& cancelled) {
  dropExpired(cancellable_);
  cancellable_.push_back(cancelled);
}

}  // namespace sam3
