// What went wrong, as a value: a stable code (those of FleetError), a message, and a hint for a person.
// Nothing in the addon throws for a condition that it foresees; Result carries either a value or a Failure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sam3 {

struct Failure {
  const char* code;
  std::string message;
  std::string hint;
};

/// Empty when all went well.
using Status = std::optional<Failure>;

template <typename T>
class Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Failure failure) : content_(std::move(failure)) {}

  explicit operator bool() const { return std::holds_alternative<T>(content_); }
  T& value() { return *std::get_if<T>(&content_); }
  const T& value() const { return *std::get_if<T>(&content_); }
  const Failure& failure() const { return *std::get_if<Failure>(&content_); }

 private:
  std::variant<T, Failure> content_;
};

inline Failure invalidInput(std::string message, std::string hint = "") {
  return {"INVALID_INPUT", std::move(message), std::move(hint)};
}
inline Failure unavailable(std::string message, std::string hint) {
  return {"UNAVAILABLE", std::move(message), std::move(hint)};
}
inline Failure memoryShort(std::string message) {
  return {"GPU_MEMORY_SHORT", std::move(message),
          "close other programs on the GPU, or choose a smaller resolution, workspace or number of contexts"};
}
inline Failure engineInvalid(std::string message, std::string hint) {
  return {"ENGINE_INVALID", std::move(message), std::move(hint)};
}
inline Failure internal(std::string message) {
  return {"INTERNAL", std::move(message), "a fault of this program or of the driver; the message has the details"};
}

}  // namespace sam3
