#include "message-log.hpp"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace sam3 {

namespace {

/// Errors kept: the first names the cause, the ones after it where it surfaced.
constexpr std::size_t kErrorsMax = 4;
/// Characters kept of one error: some carry whole tables of tactics.
constexpr std::size_t kErrorCharsMax = 400;

bool speaksOfMemory(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  for (const char* phrase : {"out of memory", "outofmemory", "insufficient memory", "memory allocation", "bad_alloc"}) {
    if (text.find(phrase) != std::string::npos) return true;
  }
  return false;
}

/// The logs that exist, for errors of threads that none of them has a scope on. Outlives all: TensorRT's threads may still
/// speak while the process exits.
struct Registry {
  std::mutex mutex;
  std::vector<MessageLog*> logs;
};

Registry& registry() {
  static Registry& registry = *new Registry;
  return registry;
}

thread_local MessageLog* scoped = nullptr;

class ProcessLogger final : public nvinfer1::ILogger {
 public:
  void log(Severity severity, const char* message) noexcept override {
    if (severity != Severity::kERROR && severity != Severity::kINTERNAL_ERROR) return;
    try {
      const std::string text(message);
      if (scoped) return scoped->add(text);
      const std::lock_guard<std::mutex> lock(registry().mutex);
      for (MessageLog* log : registry().logs) log->add(text);
    } catch (...) {
      // Without memory for a log line, the line is lost and TensorRT goes on.
    }
  }
};

}  // namespace

MessageLog::MessageLog() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  registry().logs.push_back(this);
}

MessageLog::~MessageLog() {
  const std::lock_guard<std::mutex> lock(registry().mutex);
  auto& logs = registry().logs;
  logs.erase(std::remove(logs.begin(), logs.end(), this), logs.end());
}

nvinfer1::ILogger& MessageLog::ofProcess() {
  static ProcessLogger& logger = *new ProcessLogger;
  return logger;
}

MessageLog::Scope::Scope(MessageLog& log) : before_(std::exchange(scoped, &log)) {}
MessageLog::Scope::~Scope() { scoped = before_; }

void MessageLog::add(const std::string& error) {
  const std::string text = error.substr(0, kErrorCharsMax);
  const std::lock_guard<std::mutex> lock(mutex_);
  memoryWasShort_ = memoryWasShort_ || speaksOfMemory(text);
  if (errors_.size() == kErrorsMax) errors_.pop_front();
  errors_.push_back(text);
}

std::string MessageLog::errors() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::string all;
  for (const std::string& error : errors_) all += (all.empty() ? "" : "; ") + error;
  return all;
}

bool MessageLog::memoryWasShort() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return memoryWasShort_;
}

void MessageLog::clear() {
  const std::lock_guard<std::mutex> lock(mutex_);
  errors_.clear();
  memoryWasShort_ = false;
}

}  // namespace sam3
