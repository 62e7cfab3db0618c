// Between JavaScript values and plain structs: every read checks, so that nothing unexpected gets past this file.
#pragma once

#include <napi.h>

#include <optional>
#include <string>
#include <vector>

#include "failure.hpp"
#include "tensor.hpp"

namespace sam3 {

/// An Error with `code` and `hint`, as TypeScript expects it.
Napi::Error toError(Napi::Env env, const Failure& failure);
void throwFailure(Napi::Env env, const Failure& failure);

/// Reads of an object's fields. The first wrong one is kept in `failed`, later reads then give empty values.
class Fields {
 public:
  /// `what` names the object in messages.
  Fields(Napi::Value value, std::string what);

  std::string text(const char* name);
  /// Empty when the field is absent.
  std::string optionalText(const char* name);
  bool flag(const char* name);
  /// An integer from `min` to `max`; `fallback` when the field is absent.
  std::int64_t integer(const char* name, std::int64_t min, std::int64_t max, std::int64_t fallback);
  std::vector<std::string> texts(const char* name);
  Dims dims(const char* name);
  std::vector<Napi::Value> list(const char* name);
  Napi::Value field(const char* name);

  bool isObject() const { return !object_.IsEmpty(); }
  Status failed;

 private:
  void refuse(const char* name, const char* expected);
  std::string what_;
  Napi::Object object_;
};

Napi::Array toArray(Napi::Env env, const Dims& dims);
/// The bytes become an ArrayBuffer without a copy; they are freed when it is collected.
Napi::ArrayBuffer toArrayBuffer(Napi::Env env, std::unique_ptr<std::byte[]> data, std::size_t bytes);

}  // namespace sam3
