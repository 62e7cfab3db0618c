#include "message-log.hpp"

#include <algorithm>
#include <cctype>

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

}  // namespace

void MessageLog::log(Severity severity, const char* message) noexcept {
  if (severity != Severity::kERROR && severity != Severity::kINTERNAL_ERROR) return;
  try {
    std::string text(message);
    if (text.size() > kErrorCharsMax) text.resize(kErrorCharsMax);
    const std::lock_guard<std::mutex> lock(mutex_);
    memoryWasShort_ = memoryWasShort_ || speaksOfMemory(text);
    if (errors_.size() == kErrorsMax) errors_.pop_front();
    errors_.push_back(std::move(text));
  } catch (...) {
    // Without memory for a log line, the line is lost and TensorRT goes on.
  }
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
