// Owners of GStreamer's and GLib's objects: each is given back exactly once, on every way out.
#pragma once

#include <gst/gst.h>
#include <gst/video/video.h>

#include <memory>
#include <string>

namespace sam3gst {

/// One for everything: some of GStreamer's own releasing functions are inline, which no template argument may be.
struct Release {
  void operator()(GstElement* element) const { gst_object_unref(element); }
  void operator()(GstElementFactory* factory) const { gst_object_unref(factory); }
  void operator()(GstPad* pad) const { gst_object_unref(pad); }
  void operator()(GstBus* bus) const { gst_object_unref(bus); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstSample* sample) const { gst_sample_unref(sample); }
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
  void operator()(gchar* text) const { g_free(text); }
  void operator()(GError* error) const { g_error_free(error); }
  void operator()(GstVideoConverter* converter) const { gst_video_converter_free(converter); }
};

template <typename T>
using Owned = std::unique_ptr<T, Release>;
using OwnedElement = Owned<GstElement>;
using OwnedFactory = Owned<GstElementFactory>;
using OwnedPad = Owned<GstPad>;
using OwnedBus = Owned<GstBus>;
using OwnedCaps = Owned<GstCaps>;
using OwnedSample = Owned<GstSample>;
using OwnedBuffer = Owned<GstBuffer>;
using OwnedMessage = Owned<GstMessage>;
using OwnedText = Owned<gchar>;
using OwnedError = Owned<GError>;
using OwnedConverter = Owned<GstVideoConverter>;

inline std::string textOf(const gchar* text) { return text ? text : ""; }

}  // namespace sam3gst
