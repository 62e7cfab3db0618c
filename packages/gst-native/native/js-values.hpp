// JavaScript's description of a capture in, plain structs out. Its caller is our own TypeScript, which the compiler checks;
// what is read here still never goes beyond what was handed over.
#pragma once

#include <napi.h>

#include "capture-spec.hpp"

namespace sam3gst {

CaptureSpec readCaptureSpec(const Napi::Object& given);
StartSpec readStartSpec(const Napi::Object& given);
std::vector<std::string> readTexts(const Napi::Array& given);
Napi::Object toJs(Napi::Env env, const Event& event);

}  // namespace sam3gst
