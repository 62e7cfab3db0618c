// The classes that JavaScript sees: engine, execution context, tensor on the GPU, page-locked buffer.
#pragma once

#include <napi.h>

#include <memory>

#include "context.hpp"
#include "engine.hpp"
#include "lane.hpp"

namespace sam3 {

/// loadEngine({ path, device, libraryDir? }): Promise<engine>
Napi::Value loadEngine(const Napi::CallbackInfo& info);

class JsEngine : public Napi::ObjectWrap<JsEngine> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit JsEngine(const Napi::CallbackInfo& info);

 private:
  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value memory(const Napi::CallbackInfo& info);
  Napi::Value inspect(const Napi::CallbackInfo& info);
  Napi::Value createContext(const Napi::CallbackInfo& info);
  Napi::Value allocatePinned(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);
  bool closed(Napi::Env env) const;

  std::shared_ptr<Engine> engine_;
};

class JsContext : public Napi::ObjectWrap<JsContext> {
 public:
  /// The context and the thread that runs it; the thread goes first.
  struct Content {
    std::shared_ptr<Context> context;
    std::shared_ptr<Lane> lane;
  };
  static Napi::Function define(Napi::Env env);
  explicit JsContext(const Napi::CallbackInfo& info);

 private:
  Napi::Value run(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  Content content_;
};

class JsDeviceTensor : public Napi::ObjectWrap<JsDeviceTensor> {
 public:
  struct Content {
    std::shared_ptr<DeviceBlock> block;
    nvinfer1::DataType type;
    Dims dims;
    std::size_t bytes;
  };
  static Napi::Function define(Napi::Env env);
  explicit JsDeviceTensor(const Napi::CallbackInfo& info);
  ~JsDeviceTensor() override;
  /// Nothing when the value is no tensor of ours, or a disposed one.
  static const Content* of(Napi::Value value);

 private:
  Napi::Value describe(const Napi::CallbackInfo& info);
  Napi::Value dispose(const Napi::CallbackInfo& info);

  void release();

  Content content_;
};

class JsPinned : public Napi::ObjectWrap<JsPinned> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit JsPinned(const Napi::CallbackInfo& info);
  static std::shared_ptr<PinnedBlock> of(Napi::Value value);

 private:
  Napi::Value buffer(const Napi::CallbackInfo& info);

  std::shared_ptr<PinnedBlock> block_;
};

}  // namespace sam3
