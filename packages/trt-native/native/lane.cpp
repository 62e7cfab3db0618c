#include "lane.hpp"

#include "live-counts.hpp"

namespace sam3 {

std::shared_ptr<Completions> Completions::create(Napi::Env env) {
  auto completions = std::make_shared<Completions>();
  // No limit: what is under way is bounded by the pools above.
  completions->channel_ = Channel::New(env, "sam3-trt-completions", 0, 1, nullptr);
  completions->channel_.Unref(env);
  return completions;
}

void Completions::expect(Napi::Env env) {
  if (underWay_++ == 0) channel_.Ref(env);
}

void Completions::deliver(std::unique_ptr<Task> task) { send(std::move(task), true); }
void Completions::notify(std::unique_ptr<Task> notice) { send(std::move(notice), false); }

void Completions::send(std::unique_ptr<Task> task, bool isEnd) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) {
    task->abandon();
    return;
  }
  auto* delivery = new Delivery{std::move(task), isEnd, this};
  if (channel_.NonBlockingCall(delivery) != napi_ok) {
    delivery->task->abandon();
    delete delivery;
  }
}

void Completions::receive(Napi::Env env, Napi::Function, std::nullptr_t*, Delivery* delivery) {
  const std::unique_ptr<Delivery> owned(delivery);
  if (static_cast<napi_env>(env) == nullptr) {
    owned->task->abandon();
    return;
  }
  const Napi::HandleScope scope(env);
  if (owned->isEnd && --owned->completions->underWay_ == 0) owned->completions->channel_.Unref(env);
  owned->task->settle(env);
}

void Completions::close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return;
  closed_ = true;
  channel_.Abort();
}

Lane::Lane(std::shared_ptr<Completions> completions)
    : completions_(std::move(completions)), thread_([this] { work(); }) {
  ++LiveCounts::threads;
}

Lane::~Lane() {
  stop();
  --LiveCounts::threads;
}

void Lane::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  for (const auto& task : waiting_) task->abandon();
  waiting_.clear();
}

void Lane::post(std::unique_ptr<Task> task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    waiting_.push_back(std::move(task));
  }
  wake_.notify_one();
}

void Lane::work() {
  for (;;) {
    std::unique_ptr<Task> task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task->run();
    completions_->deliver(std::move(task));
  }
}

}  // namespace sam3
