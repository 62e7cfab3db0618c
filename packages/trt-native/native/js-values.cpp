#include "js-values.hpp"

#include <cmath>

namespace sam3 {

namespace {

/// Entries read from a list: more than any graph has tensors or a tensor has dimensions.
constexpr std::uint32_t kListMax = 256;

std::optional<std::int64_t> asInteger(Napi::Value value) {
  if (!value.IsNumber()) return std::nullopt;
  const double number = value.As<Napi::Number>().DoubleValue();
  constexpr double kSafeMax = 9007199254740991.0;
  if (!(std::fabs(number) <= kSafeMax) || number != std::floor(number)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

Napi::Error toError(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  error.Set("code", Napi::String::New(env, failure.code));
  error.Set("hint", Napi::String::New(env, failure.hint));
  return error;
}

void throwFailure(Napi::Env env, const Failure& failure) { toError(env, failure).ThrowAsJavaScriptException(); }

Fields::Fields(Napi::Value value, std::string what) : what_(std::move(what)) {
  if (value.IsObject()) {
    object_ = value.As<Napi::Object>();
  } else {
    failed = invalidInput(what_ + " must be an object");
  }
}

void Fields::refuse(const char* name, const char* expected) {
  if (!failed) failed = invalidInput(what_ + "." + name + " must be " + expected);
}

Napi::Value Fields::field(const char* name) {
  if (object_.IsEmpty()) return Napi::Value();
  Napi::Value value = object_.Get(name);
  if (object_.Env().IsExceptionPending()) {
    object_.Env().GetAndClearPendingException();
    refuse(name, "readable");
    return object_.Env().Undefined();
  }
  return value;
}

std::string Fields::text(const char* name) {
  const Napi::Value value = field(name);
  if (!value.IsEmpty() && value.IsString()) return value.As<Napi::String>().Utf8Value();
  refuse(name, "a string");
  return "";
}

std::string Fields::optionalText(const char* name) {
  const Napi::Value value = field(name);
  return value.IsEmpty() || value.IsUndefined() ? "" : text(name);
}

bool Fields::flag(const char* name) {
  const Napi::Value value = field(name);
  if (value.IsEmpty() || value.IsUndefined()) return false;
  if (!value.IsBoolean()) refuse(name, "true or false");
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

std::int64_t Fields::integer(const char* name, std::int64_t min, std::int64_t max, std::int64_t fallback) {
  const Napi::Value value = field(name);
  if (value.IsEmpty() || value.IsUndefined()) return fallback;
  const auto number = asInteger(value);
  if (number && *number >= min && *number <= max) return *number;
  refuse(name, ("an integer from " + std::to_string(min) + " to " + std::to_string(max)).c_str());
  return fallback;
}

std::vector<Napi::Value> Fields::list(const char* name) {
  std::vector<Napi::Value> entries;
  const Napi::Value value = field(name);
  if (value.IsEmpty() || !value.IsArray()) {
    refuse(name, "an array");
    return entries;
  }
  const auto array = value.As<Napi::Array>();
  if (array.Length() > kListMax) {
    refuse(name, "shorter");
    return entries;
  }
  for (std::uint32_t i = 0; i < array.Length(); ++i) entries.push_back(array.Get(i));
  return entries;
}

std::vector<std::string> Fields::texts(const char* name) {
  std::vector<std::string> result;
  for (const Napi::Value& value : list(name)) {
    if (!value.IsString()) {
      refuse(name, "an array of strings");
      return {};
    }
    result.push_back(value.As<Napi::String>().Utf8Value());
  }
  return result;
}

Dims Fields::dims(const char* name) {
  Dims result;
  for (const Napi::Value& value : list(name)) {
    const auto number = asInteger(value);
    if (!number) {
      refuse(name, "an array of integers");
      return {};
    }
    result.push_back(*number);
  }
  return result;
}

Napi::Array toArray(Napi::Env env, const Dims& dims) {
  Napi::Array array = Napi::Array::New(env, dims.size());
  for (std::size_t i = 0; i < dims.size(); ++i) {
    array.Set(static_cast<std::uint32_t>(i), Napi::Number::New(env, static_cast<double>(dims[i])));
  }
  return array;
}

Napi::ArrayBuffer toArrayBuffer(Napi::Env env, std::unique_ptr<std::byte[]> data, std::size_t bytes) {
  // V8 gives an empty external buffer no finalizer call that could be relied on.
  if (bytes == 0) return Napi::ArrayBuffer::New(env, 0);
  return Napi::ArrayBuffer::New(env, data.release(), bytes,
                                [](Napi::BasicEnv, void* owned) { delete[] static_cast<std::byte*>(owned); });
}

}  // namespace sam3
