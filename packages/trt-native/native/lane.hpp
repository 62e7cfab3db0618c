// A thread of its own that works off tasks in order. Results go back to the thread of JavaScript through Completions.
// Not libuv's pool: its few threads serve files and DNS, and a GPU run or a build would hold one for its whole time.
#pragma once

#include <napi.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace sam3 {

/// One piece of work: run() on a lane, then settle() on the thread of JavaScript. Destroyed there too.
class Task {
 public:
  virtual ~Task() = default;
  virtual void run() noexcept = 0;
  virtual void settle(Napi::Env env) = 0;
  /// Called instead of settle() when the environment is going away: drop what only JavaScript may free.
  virtual void abandon() {}
};

/// The way back to JavaScript, one per environment. Keeps the process alive only while tasks are under way.
class Completions {
 public:
  static std::shared_ptr<Completions> create(Napi::Env env);

  /// On the thread of JavaScript, for each task before it is handed to a lane.
  void expect(Napi::Env env);
  /// From any thread.
  void deliver(std::unique_ptr<Task> task);
  /// A notice that is not the end of a task; from any thread.
  void notify(std::unique_ptr<Task> notice);
  /// Once, when the environment goes: what comes later is dropped.
  void close();

 private:
  struct Delivery {
    std::unique_ptr<Task> task;
    bool isEnd;
    Completions* completions;
  };
  static void receive(Napi::Env env, Napi::Function, std::nullptr_t*, Delivery* delivery);
  using Channel = Napi::TypedThreadSafeFunction<std::nullptr_t, Delivery, &Completions::receive>;

  void send(std::unique_ptr<Task> task, bool isEnd);

  Channel channel_;
  int underWay_ = 0;
  bool closed_ = false;
  std::mutex mutex_;
};

class Lane {
 public:
  explicit Lane(std::shared_ptr<Completions> completions);
  /// Waits for the task under way; those that wait are dropped.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void post(std::unique_ptr<Task> task);
  void stop();

 private:
  void work();

  std::shared_ptr<Completions> completions_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Task>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sam3
