#include "fitter.hpp"

namespace sam3gst {

namespace {

/// Packed rows: GStreamer's own RGB rows end on a multiple of four bytes.
GstVideoInfo packedRgb(int width, int height) {
  GstVideoInfo info;
  gst_video_info_init(&info);
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_RGB, static_cast<guint>(width), static_cast<guint>(height));
  info.fps_n = 0;
  info.fps_d = 1;
  info.stride[0] = width * 3;
  info.size = static_cast<gsize>(width) * static_cast<gsize>(height) * 3;
  return info;
}

GstStructure* scalingConfig() {
  return gst_structure_new("GstVideoConverter", GST_VIDEO_CONVERTER_OPT_RESAMPLER_METHOD,
                           GST_TYPE_VIDEO_RESAMPLER_METHOD, GST_VIDEO_RESAMPLER_METHOD_LINEAR,
                           GST_VIDEO_CONVERTER_OPT_THREADS, G_TYPE_UINT, 1u, nullptr);
}

GstStructure* letterboxConfig(const InputSpec& input) {
  GstStructure* config = scalingConfig();
  const auto grey = static_cast<guint>(input.padValue & 0xff);
  gst_structure_set(config, GST_VIDEO_CONVERTER_OPT_DEST_X, G_TYPE_INT, input.padX,
                    GST_VIDEO_CONVERTER_OPT_DEST_Y, G_TYPE_INT, input.padY, GST_VIDEO_CONVERTER_OPT_DEST_WIDTH,
                    G_TYPE_INT, input.scaledWidth, GST_VIDEO_CONVERTER_OPT_DEST_HEIGHT, G_TYPE_INT,
                    input.scaledHeight, GST_VIDEO_CONVERTER_OPT_FILL_BORDER, G_TYPE_BOOLEAN, TRUE,
                    GST_VIDEO_CONVERTER_OPT_BORDER_ARGB, G_TYPE_UINT,
                    0xff000000u | grey << 16 | grey << 8 | grey, nullptr);
  return config;
}

/// A frame of GStreamer's over memory that is not its own, for as long as this lives.
class MappedFrame {
 public:
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags flags)
      : isMapped_(gst_video_frame_map(&frame_, &info, buffer, flags)) {}
  ~MappedFrame() {
    if (isMapped_) gst_video_frame_unmap(&frame_);
  }
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;

  explicit operator bool() const { return isMapped_; }
  GstVideoFrame* get() { return &frame_; }

 private:
  GstVideoFrame frame_;
  bool isMapped_;
};

OwnedBuffer around(std::uint8_t* data, gsize bytes) {
  return OwnedBuffer(gst_buffer_new_wrapped_full({}, data, bytes, 0, bytes, nullptr, nullptr));
}

}  // namespace

std::optional<std::string> Fitter::create(GstCaps* caps, const StartSpec& target, std::unique_ptr<Fitter>& out) {
  GstVideoInfo from;
  if (!gst_video_info_from_caps(&from, caps)) return "its frames have a form that is not known";
  // A converter wants the same rate on both sides; a picture has none.
  from.fps_n = 0;
  from.fps_d = 1;
  std::unique_ptr<Fitter> made(new Fitter(from, target));
  if (!made->toWorking_ || !made->toInput_) return "its frames cannot be turned into RGB";
  out = std::move(made);
  return std::nullopt;
}

Fitter::Fitter(const GstVideoInfo& from, const StartSpec& target)
    : from_(from),
      working_(packedRgb(target.workingWidth, target.workingHeight)),
      input_(packedRgb(target.input.width, target.input.height)),
      toWorking_(gst_video_converter_new(&from_, &working_, scalingConfig())),
      toInput_(gst_video_converter_new(&working_, &input_, letterboxConfig(target.input))) {}

std::optional<std::string> Fitter::fit(GstBuffer* frame, const Slot& slot) {
  if (slot.imageBytes < working_.size || slot.inputBytes < input_.size) return "the memory for a frame is too small";
  const OwnedBuffer image = around(slot.image, working_.size);
  const OwnedBuffer input = around(slot.input, input_.size);
  MappedFrame decoded(from_, frame, GST_MAP_READ);
  MappedFrame working(working_, image.get(), GST_MAP_READWRITE);
  MappedFrame fitted(input_, input.get(), GST_MAP_WRITE);
  if (!decoded || !working || !fitted) return "a decoded frame cannot be read";
  gst_video_converter_frame(toWorking_.get(), decoded.get(), working.get());
  gst_video_converter_frame(toInput_.get(), working.get(), fitted.get());
  return std::nullopt;
}

}  // namespace sam3gst
