// One source being read: a pipeline, the thread that watches it, and the gate behind its decoder where frames are chosen.
// A file waits for memory to put frames into; a live stream drops what nobody has memory for.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "capture-spec.hpp"
#include "fitter.hpp"
#include "frame-selection.hpp"
#include "graph.hpp"

namespace sam3gst {

class Capture {
 public:
  /// `emit` is called on threads of this capture, one call after the other for each kind of event, last with Closed.
  /// Where no thread can be started, Error and Closed are emitted before this returns, on the caller's.
  Capture(CaptureSpec spec, std::function<void(Event)> emit);
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  void start(const StartSpec& start);
  void giveSlot(const Slot& slot);
  /// Ends it soon; Closed follows.
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  static GstPadProbeReturn onGate(GstPad*, GstPadProbeInfo* info, gpointer self);
  static GstFlowReturn onSample(GstElement* sink, gpointer self);

  void run();
  void watch(GstBus* bus);
  bool handle(GstMessage* message);
  std::optional<std::string> open();
  std::optional<std::string> checkPad(GstCaps* caps);
  std::optional<std::string> checkSize(GstCaps* caps) const;
  void onTags(GstTagList* tags);
  void tellInfo(GstPad* gate);
  bool choose(GstPad* gate, GstBuffer* buffer);
  bool waitForSlot(std::unique_lock<std::mutex>& lock);
  void fail(const std::string& message);
  bool isSilent();

  const CaptureSpec spec_;
  const std::function<void(Event)> emit_;
  Graph graph_;
  FrameSelection selection_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool isStopped_ = false;
  std::optional<StartSpec> start_;
  std::deque<Slot> slots_;
  std::optional<std::string> failure_;
  /// When the stream last gave a frame; nothing while it waits for us.
  std::optional<Clock::time_point> lastFrameAt_;
  std::uint64_t dropped_ = 0;

  // Only on the thread that pushes frames.
  InfoEvent info_;
  std::atomic<bool> isInfoTold_ = false;
  int pads_ = 0;
  std::int64_t frameIdx_ = -1;
  std::optional<double> firstMs_;
  std::unique_ptr<Fitter> fitter_;
  OwnedCaps fitterCaps_;
  FrameEvent current_;
  Slot currentSlot_;

  std::thread thread_;
};

}  // namespace sam3gst
