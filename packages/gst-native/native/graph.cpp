#include "graph.hpp"

#include <algorithm>

namespace sam3gst {

namespace {

std::optional<std::string> setProperty(GstElement* element, const std::string& name, const std::string& value) {
  const GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
  const std::string factory = textOf(GST_OBJECT_NAME(gst_element_get_factory(element)));
  if (!spec) return factory + " has no property " + name;
  // Text as it is: a path or an address is never parsed.
  if (spec->value_type == G_TYPE_STRING) {
    g_object_set(element, name.c_str(), value.c_str(), nullptr);
    return std::nullopt;
  }
  GValue parsed = G_VALUE_INIT;
  g_value_init(&parsed, spec->value_type);
  const bool isValid = gst_value_deserialize(&parsed, value.c_str());
  if (isValid) g_object_set_property(G_OBJECT(element), name.c_str(), &parsed);
  g_value_unset(&parsed);
  if (isValid) return std::nullopt;
  return factory + " does not take " + value + " for " + name;
}

std::optional<std::string> makeElement(const ElementSpec& spec, GstElement*& out) {
  GstElement* made = gst_element_factory_make(spec.factory.c_str(), nullptr);
  if (!made) return "the GStreamer element " + spec.factory + " is not installed";
  OwnedElement element(GST_ELEMENT(gst_object_ref_sink(made)));
  for (const auto& [name, value] : spec.properties) {
    if (auto failed = setProperty(element.get(), name, value)) return failed;
  }
  out = element.release();
  return std::nullopt;
}

/// Links that the first pads which fit make; the message names both.
std::optional<std::string> link(GstElement* from, GstElement* to) {
  if (gst_element_link(from, to)) return std::nullopt;
  return textOf(GST_OBJECT_NAME(from)) + " does not fit to " + textOf(GST_OBJECT_NAME(to));
}

bool isDecoder(GstElement* element) {
  const gchar* kind =
      gst_element_factory_get_metadata(gst_element_get_factory(element), GST_ELEMENT_METADATA_KLASS);
  return kind && g_strrstr(kind, "Decoder");
}

}  // namespace

std::optional<std::string> Graph::addRow(const std::vector<ElementSpec>& specs, Row& row) {
  for (const ElementSpec& spec : specs) {
    GstElement* element = nullptr;
    if (auto failed = makeElement(spec, element)) return failed;
    // The bin takes a reference of its own; ours goes.
    gst_bin_add(GST_BIN(pipeline_.get()), element);
    gst_object_unref(element);
    if (!row.empty()) {
      if (auto failed = link(row.back(), element)) return failed;
    }
    row.push_back(element);
  }
  return std::nullopt;
}

std::optional<std::string> Graph::build(const GraphSpec& spec, Listeners listeners) {
  spec_ = spec;
  listeners_ = std::move(listeners);
  pipeline_.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  Row source;
  Row tail;
  if (auto failed = addRow(spec_.source, source)) return failed;
  std::vector<ElementSpec> withSink = spec_.tail;
  withSink.push_back({"appsink", {{"sync", "false"}, {"max-buffers", "1"}, {"emit-signals", "false"}, {"enable-last-sample", "false"}}});
  if (auto failed = addRow(withSink, tail)) return failed;
  if (source.empty()) return "the graph has no source";
  tailFirst_ = tail.front();
  sink_ = tail.back();
  gate_.reset(gst_element_get_static_pad(tailFirst_, "sink"));
  if (!gate_) return textOf(GST_OBJECT_NAME(tailFirst_)) + " has no pad for frames";
  if (spec_.branches.empty()) {
    isLinked_ = true;
    return link(source.back(), tailFirst_);
  }
  g_signal_connect(source.back(), "pad-added", G_CALLBACK(onPadAdded), this);
  g_signal_connect(source.back(), "no-more-pads", G_CALLBACK(onNoMorePads), this);
  return std::nullopt;
}

void Graph::onPadAdded(GstElement*, GstPad* pad, gpointer self) {
  Graph& graph = *static_cast<Graph*>(self);
  if (auto failed = graph.linkPad(pad)) graph.listeners_.onFailed(*failed);
}

void Graph::onNoMorePads(GstElement*, gpointer self) {
  Graph& graph = *static_cast<Graph*>(self);
  if (!graph.isLinked_) graph.listeners_.onFailed("it has no video stream that can be decoded here");
}

std::optional<std::string> Graph::linkPad(GstPad* pad) {
  OwnedCaps caps(gst_pad_get_current_caps(pad));
  if (!caps) caps.reset(gst_pad_query_caps(pad, nullptr));
  if (auto failed = listeners_.onPad(caps.get())) return failed;
  if (isLinked_) return std::nullopt;
  for (const BranchSpec& branch : spec_.branches) {
    const OwnedCaps wanted(gst_caps_from_string(branch.caps.c_str()));
    if (!wanted) return "these are no caps: " + branch.caps;
    if (gst_caps_can_intersect(caps.get(), wanted.get())) return follow(pad, branch);
  }
  return std::nullopt;
}

std::optional<std::string> Graph::follow(GstPad* pad, const BranchSpec& branch) {
  Row row;
  if (auto failed = addRow(branch.elements, row)) return failed;
  if (row.empty()) return "a branch without elements";
  if (auto failed = link(row.back(), tailFirst_)) return failed;
  const OwnedPad entry(gst_element_get_static_pad(row.front(), "sink"));
  if (!entry || gst_pad_link(pad, entry.get()) != GST_PAD_LINK_OK) return "its video stream cannot be linked";
  isLinked_ = true;
  // From the end: nothing comes down before all of it can take it.
  std::for_each(row.rbegin(), row.rend(), [](GstElement* element) { gst_element_sync_state_with_parent(element); });
  const auto decoder = std::find_if(row.rbegin(), row.rend(), isDecoder);
  const GstStructure* structure = nullptr;
  const OwnedCaps caps(gst_pad_get_current_caps(pad));
  if (caps) structure = gst_caps_get_structure(caps.get(), 0);
  listeners_.onLinked({structure ? textOf(gst_structure_get_name(structure)) : "",
                       decoder == row.rend() ? "" : textOf(GST_OBJECT_NAME(gst_element_get_factory(*decoder)))});
  return std::nullopt;
}

std::vector<std::string> installed(const std::vector<std::string>& factories) {
  std::vector<std::string> found;
  for (const std::string& name : factories) {
    const OwnedFactory factory(gst_element_factory_find(name.c_str()));
    if (factory) found.push_back(name);
  }
  return found;
}

}  // namespace sam3gst
