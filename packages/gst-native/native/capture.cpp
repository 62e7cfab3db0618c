#include "capture.hpp"

#include <gst/app/gstappsink.h>

#include <system_error>

namespace sam3gst {

namespace {

/// Between two looks at whether it was stopped or went silent, while the bus says nothing.
constexpr GstClockTime LOOK_INTERVAL = 100 * GST_MSECOND;
constexpr double NS_PER_MS = 1e6;

std::string createdAtOf(const GstTagList* tags) {
  GstDateTime* time = nullptr;
  if (!gst_tag_list_get_date_time(tags, GST_TAG_DATE_TIME, &time) || !time) return "";
  const OwnedText text(gst_date_time_to_iso8601_string(time));
  gst_date_time_unref(time);
  return textOf(text.get());
}

int fieldOf(const GstCaps* caps, const char* name) {
  int value = 0;
  if (caps && gst_caps_get_size(caps) > 0) gst_structure_get_int(gst_caps_get_structure(caps, 0), name, &value);
  return value;
}

}  // namespace

Capture::Capture(CaptureSpec spec, std::function<void(Event)> emit)
    : spec_(std::move(spec)), emit_(std::move(emit)), selection_(spec_.detectFps) {
  // A machine may have no thread or no memory for one left: that ends this source, not the process.
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error& failed) {
    emit_(ErrorEvent{std::string("it gets no thread: ") + failed.what()});
    emit_(ClosedEvent{});
  }
}

Capture::~Capture() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void Capture::start(const StartSpec& start) {
  const std::lock_guard lock(mutex_);
  if (!start_) start_ = start;
  changed_.notify_all();
}

void Capture::giveSlot(const Slot& slot) {
  const std::lock_guard lock(mutex_);
  slots_.push_back(slot);
  changed_.notify_all();
}

void Capture::stop() {
  const std::lock_guard lock(mutex_);
  isStopped_ = true;
  changed_.notify_all();
}

void Capture::fail(const std::string& message) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = message;
}

void Capture::run() {
  if (auto failed = open()) {
    emit_(ErrorEvent{*failed});
  } else {
    const OwnedBus bus(gst_element_get_bus(graph_.pipeline()));
    watch(bus.get());
  }
  // What waits at the gate goes on and is dropped, or the pipeline could not stop.
  stop();
  if (graph_.pipeline()) gst_element_set_state(graph_.pipeline(), GST_STATE_NULL);
  emit_(ClosedEvent{});
}

std::optional<std::string> Capture::open() {
  Graph::Listeners listeners{
      [this](GstCaps* caps) { return checkPad(caps); },
      [this](const LinkedBranch& branch) {
        info_.codec = branch.codec;
        info_.decoder = branch.decoder;
      },
      [this](const std::string& message) { fail(message); },
  };
  if (auto failed = graph_.build(spec_.graph, std::move(listeners))) return failed;
  const auto kinds = static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM);
  gst_pad_add_probe(graph_.gate(), kinds, onGate, this, nullptr);
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* sink, gpointer self) { return onSample(GST_ELEMENT(sink), self); };
  gst_app_sink_set_callbacks(GST_APP_SINK(graph_.sink()), &callbacks, this, nullptr);
  if (gst_element_set_state(graph_.pipeline(), GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE) return std::nullopt;
  const OwnedBus bus(gst_element_get_bus(graph_.pipeline()));
  const OwnedMessage message(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
  if (!message) return "it cannot be started";
  handle(message.get());
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Capture::watch(GstBus* bus) {
  const auto wanted = static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_EOS);
  for (;;) {
    const OwnedMessage message(gst_bus_timed_pop_filtered(bus, LOOK_INTERVAL, wanted));
    const bool isEnd = message && handle(message.get());
    if (isSilent()) fail("no frame came for " + std::to_string(spec_.limits.silenceMaxMs / 1000) + " s");
    std::unique_lock lock(mutex_);
    if (isStopped_) return;
    if (failure_) {
      const std::string failure = *failure_;
      lock.unlock();
      return emit_(ErrorEvent{failure});
    }
    lock.unlock();
    if (isEnd && !isInfoTold_) return emit_(ErrorEvent{"it has no frame that can be decoded"});
    if (isEnd) return emit_(EndEvent{});
  }
}

/// Whether it is the end of the stream.
bool Capture::handle(GstMessage* message) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) return true;
  GError* raised = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &raised, &debug);
  const OwnedError error(raised);
  const OwnedText detail(debug);
  fail(error ? textOf(error->message) : "it failed");
  return false;
}

bool Capture::isSilent() {
  if (!spec_.isLive) return false;
  const std::lock_guard lock(mutex_);
  if (!lastFrameAt_) return false;
  return Clock::now() - *lastFrameAt_ > std::chrono::milliseconds(spec_.limits.silenceMaxMs);
}

std::optional<std::string> Capture::checkPad(GstCaps* caps) {
  pads_ += 1;
  if (pads_ > spec_.limits.streamsMax)
    return "it has more than " + std::to_string(spec_.limits.streamsMax) + " streams";
  return checkSize(caps);
}

std::optional<std::string> Capture::checkSize(GstCaps* caps) const {
  const std::int64_t width = fieldOf(caps, "width");
  const std::int64_t height = fieldOf(caps, "height");
  if (width * height <= spec_.limits.pixelsMax) return std::nullopt;
  return "its frames have " + std::to_string(width) + "x" + std::to_string(height) + " pixels, more than is accepted";
}

void Capture::onTags(GstTagList* tags) {
  gchar* text = nullptr;
  if (gst_tag_list_get_string(tags, GST_TAG_IMAGE_ORIENTATION, &text)) {
    info_.orientation = textOf(text);
    g_free(text);
  }
  const std::string createdAt = createdAtOf(tags);
  if (!createdAt.empty()) info_.createdAt = createdAt;
}

GstPadProbeReturn Capture::onGate(GstPad* pad, GstPadProbeInfo* info, gpointer self) {
  Capture& capture = *static_cast<Capture*>(self);
  if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER)
    return capture.choose(pad, GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(info);
  if (GST_EVENT_TYPE(event) == GST_EVENT_TAG) {
    GstTagList* tags = nullptr;
    gst_event_parse_tag(event, &tags);
    capture.onTags(tags);
  }
  if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    if (auto failed = capture.checkSize(caps)) capture.fail(*failed);
  }
  return GST_PAD_PROBE_OK;
}

void Capture::tellInfo(GstPad* gate) {
  const OwnedCaps caps(gst_pad_get_current_caps(gate));
  info_.width = fieldOf(caps.get(), "width");
  info_.height = fieldOf(caps.get(), "height");
  gint64 durationNs = 0;
  if (!spec_.isLive && gst_element_query_duration(graph_.pipeline(), GST_FORMAT_TIME, &durationNs) && durationNs > 0)
    info_.durationMs = durationNs / static_cast<std::int64_t>(GST_MSECOND);
  if (info_.durationMs > spec_.limits.durationMaxMs)
    return fail("it lasts longer than " + std::to_string(spec_.limits.durationMaxMs / 3'600'000) + " hours");
  isInfoTold_ = true;
  emit_(info_);
}

/// Whether a frame goes on; waits for memory for a file's frame that is wanted.
bool Capture::choose(GstPad* gate, GstBuffer* buffer) {
  if (!isInfoTold_) tellInfo(gate);
  std::unique_lock lock(mutex_);
  lastFrameAt_.reset();
  changed_.wait(lock, [this] { return isStopped_ || failure_ || start_; });
  if (isStopped_ || failure_) return false;
  if (spec_.isLive) lastFrameAt_ = Clock::now();
  frameIdx_ += 1;
  const GstClockTime pts = GST_BUFFER_PTS(buffer);
  const GstClockTime duration = GST_BUFFER_DURATION(buffer);
  // A frame without a time counts on by its own length.
  const double lengthMs = GST_CLOCK_TIME_IS_VALID(duration) ? static_cast<double>(duration) / NS_PER_MS : 0;
  const double streamMs = GST_CLOCK_TIME_IS_VALID(pts) ? static_cast<double>(pts) / NS_PER_MS
                                                       : firstMs_.value_or(0) + static_cast<double>(frameIdx_) * lengthMs;
  if (!firstMs_) firstMs_ = streamMs;
  const double ptsMs = streamMs - *firstMs_;
  const bool isSelected = selection_.isWanted(ptsMs);
  const bool isBefore = frameIdx_ == start_->fromFrame - 1;
  if (!isSelected || (frameIdx_ < start_->fromFrame && !isBefore)) return false;
  if (spec_.isLive && slots_.empty()) {
    dropped_ += 1;
    return false;
  }
  if (!waitForSlot(lock)) return false;
  currentSlot_ = slots_.front();
  slots_.pop_front();
  current_ = {currentSlot_.id, frameIdx_, ptsMs, isBefore, dropped_};
  return true;
}

bool Capture::waitForSlot(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return isStopped_ || failure_ || !slots_.empty(); });
  return !isStopped_ && !failure_;
}

GstFlowReturn Capture::onSample(GstElement* sink, gpointer self) {
  Capture& capture = *static_cast<Capture*>(self);
  const OwnedSample sample(gst_app_sink_pull_sample(GST_APP_SINK(sink)));
  if (!sample) return GST_FLOW_EOS;
  GstCaps* caps = gst_sample_get_caps(sample.get());
  if (!capture.fitterCaps_ || !gst_caps_is_equal(capture.fitterCaps_.get(), caps)) {
    std::unique_ptr<Fitter> fitter;
    if (auto failed = Fitter::create(caps, *capture.start_, fitter)) {
      capture.fail(*failed);
      return GST_FLOW_ERROR;
    }
    capture.fitter_ = std::move(fitter);
    capture.fitterCaps_.reset(gst_caps_ref(caps));
  }
  if (auto failed = capture.fitter_->fit(gst_sample_get_buffer(sample.get()), capture.currentSlot_)) {
    capture.fail(*failed);
    return GST_FLOW_ERROR;
  }
  capture.emit_(capture.current_);
  return GST_FLOW_OK;
}

}  // namespace sam3gst
