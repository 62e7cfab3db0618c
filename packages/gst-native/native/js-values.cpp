#include "js-values.hpp"

namespace sam3gst {

namespace {

std::string textOf(const Napi::Object& given, const char* name) { return given.Get(name).ToString().Utf8Value(); }
double numberOf(const Napi::Object& given, const char* name) { return given.Get(name).ToNumber().DoubleValue(); }
int intOf(const Napi::Object& given, const char* name) { return given.Get(name).ToNumber().Int32Value(); }
std::int64_t longOf(const Napi::Object& given, const char* name) { return given.Get(name).ToNumber().Int64Value(); }

template <typename Item, typename Read>
std::vector<Item> listOf(const Napi::Object& given, const char* name, Read read) {
  const auto array = given.Get(name).As<Napi::Array>();
  std::vector<Item> items;
  for (std::uint32_t n = 0; n < array.Length(); n++) items.push_back(read(array.Get(n).As<Napi::Object>()));
  return items;
}

ElementSpec readElement(const Napi::Object& given) {
  ElementSpec element{textOf(given, "factory"), {}};
  const auto properties = given.Get("properties").As<Napi::Object>();
  const Napi::Array names = properties.GetPropertyNames();
  for (std::uint32_t n = 0; n < names.Length(); n++) {
    const std::string name = names.Get(n).ToString().Utf8Value();
    element.properties.emplace_back(name, properties.Get(name).ToString().Utf8Value());
  }
  return element;
}

BranchSpec readBranch(const Napi::Object& given) {
  return {textOf(given, "caps"), listOf<ElementSpec>(given, "elements", readElement)};
}

struct ToJs {
  Napi::Object& object;

  void set(const char* name, const std::string& value) const { object.Set(name, value); }
  void set(const char* name, double value) const { object.Set(name, value); }

  void operator()(const InfoEvent& event) const {
    set("type", "info");
    set("width", event.width);
    set("height", event.height);
    set("orientation", event.orientation);
    set("durationMs", static_cast<double>(event.durationMs));
    set("createdAt", event.createdAt);
    set("codec", event.codec);
    set("decoder", event.decoder);
  }
  void operator()(const FrameEvent& event) const {
    set("type", "frame");
    set("slot", static_cast<double>(event.slot));
    set("frameIdx", static_cast<double>(event.frameIdx));
    set("ptsMs", event.ptsMs);
    object.Set("isBefore", event.isBefore);
    set("dropped", static_cast<double>(event.dropped));
  }
  void operator()(const EndEvent&) const { set("type", "end"); }
  void operator()(const ErrorEvent& event) const {
    set("type", "error");
    set("message", event.message);
  }
  void operator()(const ClosedEvent&) const { set("type", "closed"); }
};

}  // namespace

CaptureSpec readCaptureSpec(const Napi::Object& given) {
  const auto graph = given.Get("graph").As<Napi::Object>();
  const auto limits = given.Get("limits").As<Napi::Object>();
  return {
      {listOf<ElementSpec>(graph, "source", readElement), listOf<BranchSpec>(graph, "branches", readBranch),
       listOf<ElementSpec>(graph, "tail", readElement)},
      given.Get("isLive").ToBoolean().Value(),
      numberOf(given, "detectFps"),
      {longOf(limits, "pixelsMax"), intOf(limits, "streamsMax"), longOf(limits, "durationMaxMs"),
       longOf(limits, "silenceMaxMs")},
  };
}

StartSpec readStartSpec(const Napi::Object& given) {
  const auto working = given.Get("working").As<Napi::Object>();
  const auto input = given.Get("input").As<Napi::Object>();
  return {
      longOf(given, "fromFrame"),
      intOf(working, "width"),
      intOf(working, "height"),
      {intOf(input, "width"), intOf(input, "height"), intOf(input, "scaledWidth"), intOf(input, "scaledHeight"),
       intOf(input, "padX"), intOf(input, "padY"), intOf(input, "padValue")},
  };
}

std::vector<std::string> readTexts(const Napi::Array& given) {
  std::vector<std::string> texts;
  for (std::uint32_t n = 0; n < given.Length(); n++) texts.push_back(given.Get(n).ToString().Utf8Value());
  return texts;
}

Napi::Object toJs(Napi::Env env, const Event& event) {
  Napi::Object object = Napi::Object::New(env);
  std::visit(ToJs{object}, event);
  return object;
}

}  // namespace sam3gst
