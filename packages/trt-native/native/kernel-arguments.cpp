#include "kernel-arguments.hpp"

#include <cmath>
#include <cstdint>

#include "js-engine.hpp"
#include "js-values.hpp"

namespace sam3 {

namespace {

constexpr std::int64_t kBytesMax = std::int64_t{1} << 40;
/// Masks of one call: more than any network has queries.
constexpr int kMasksMax = 4096;
constexpr int kClassesMax = 1 << 20;
constexpr int kBinsMax = 256;
/// Cells times classes of all levels stay below it, so that they can be counted in 32 bits.
constexpr std::int64_t kScoresMax = std::int64_t{1} << 30;
constexpr double kNumberMax = 1e9;

void refuse(Fields& fields, std::string message) {
  if (!fields.failed) fields.failed = invalidInput(std::move(message));
}

double number(Fields& fields, const char* name, double min, double max, double fallback) {
  const Napi::Value value = fields.field(name);
  if (value.IsEmpty() || value.IsUndefined()) return fallback;
  const double found = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
  if (found >= min && found <= max) return found;
  refuse(fields, std::string(name) + " must be a number from " + std::to_string(min) + " to " + std::to_string(max));
  return fallback;
}

int side(Fields& fields, const char* name) {
  const auto size = static_cast<int>(fields.integer(name, 1, kSideMax, 0));
  if (size == 0) refuse(fields, std::string(name) + " is missing");
  return size;
}

/// An area within width by height; all of it when absent.
Area area(Fields& fields, const char* name, int width, int height) {
  const Napi::Value value = fields.field(name);
  Area result{0, 0, width, height};
  if (fields.failed || value.IsUndefined()) return result;
  Fields inner(value, name);
  result.x = static_cast<int>(inner.integer("x", 0, kSideMax, 0));
  result.y = static_cast<int>(inner.integer("y", 0, kSideMax, 0));
  result.width = side(inner, "width");
  result.height = side(inner, "height");
  if (inner.failed) {
    if (!fields.failed) fields.failed = inner.failed;
  } else if (result.x + result.width > width || result.y + result.height > height) {
    refuse(fields, std::string(name) + " reaches beyond its picture");
  }
  return result;
}

/// `{ data }`, `{ pinned, byteLength }` or `{ tensor }` of `type` where one is asked for.
template <typename Request>
ByteView bytes(const Napi::Value& value, const char* what, std::optional<nvinfer1::DataType> type, Fields& outer,
               KernelArguments<Request>& arguments) {
  ByteView view;
  Fields fields(value, what);
  if (fields.failed) {
    if (!outer.failed) outer.failed = fields.failed;
    return view;
  }
  const Napi::Value tensor = fields.field("tensor");
  const Napi::Value pinned = fields.field("pinned");
  const Napi::Value data = fields.field("data");
  const auto length = static_cast<std::size_t>(fields.integer("byteLength", 0, kBytesMax, 0));
  if (fields.failed) {
    if (!outer.failed) outer.failed = fields.failed;
  } else if (const JsDeviceTensor::Content* content = JsDeviceTensor::of(tensor)) {
    if (type && content->type != *type) refuse(outer, std::string(what) + " is a tensor of another type");
    view.address = content->block->address();
    view.isOnDevice = true;
    view.deviceIndex = content->block->device()->info().index;
    view.bytes = content->bytes;
    arguments.blocks.push_back(content->block);
  } else if (auto block = JsPinned::of(pinned)) {
    if (length > block->bytes()) refuse(outer, std::string(what) + " is longer than its page-locked buffer");
    view.host = block->data();
    view.address = block->deviceAddress();
    view.bytes = length;
    arguments.pinned.push_back(std::move(block));
  } else if (data.IsTypedArray() && data.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    void* start = nullptr;
    if (napi_get_typedarray_info(value.Env(), data, nullptr, &view.bytes, &start, nullptr, nullptr) != napi_ok) {
      refuse(outer, std::string(what) + " cannot be read");
    }
    view.host = static_cast<const std::byte*>(start);
    if (reinterpret_cast<std::uintptr_t>(start) % alignof(float) != 0 && type) {
      refuse(outer, std::string(what) + " does not begin at a multiple of four bytes");
    }
    arguments.toHold.push_back(data.As<Napi::Object>());
  } else {
    refuse(outer, std::string(what) + " must be bytes, a page-locked buffer or a tensor on the GPU");
  }
  if (!outer.failed && !view.host && view.address == 0) refuse(outer, std::string(what) + " is empty");
  return view;
}

/// Bytes from the start of the first row to the end of the last.
std::uint64_t rowsEnd(std::uint64_t pitch, std::uint64_t rows, std::uint64_t rowBytes) {
  return (rows - 1) * pitch + rowBytes;
}

template <typename Value>
Value choice(Fields& fields, const char* name, std::initializer_list<std::pair<const char*, Value>> choices,
             Value fallback) {
  const std::string chosen = fields.optionalText(name);
  if (chosen.empty()) return fallback;
  for (const auto& [text, value] : choices) {
    if (chosen == text) return value;
  }
  refuse(fields, "there is no " + std::string(name) + " called " + chosen);
  return fallback;
}

void readPicture(const Napi::Value& value, Fields& outer, KernelArguments<FitRequest>& arguments) {
  Fields fields(value, "picture");
  Picture& picture = arguments.request.picture;
  picture.format = choice<PictureFormat>(fields, "format", {{"rgb", kRgb}, {"rgba", kRgba}, {"nv12", kNv12}}, kRgb);
  picture.width = side(fields, "width");
  picture.height = side(fields, "height");
  const bool isNv12 = picture.format == kNv12;
  const int rowBytes = picture.width * (isNv12 ? 1 : picture.format == kRgba ? 4 : 3);
  const int chromaRowBytes = (picture.width + 1) / 2 * 2;
  picture.pitch = static_cast<std::size_t>(fields.integer("pitch", rowBytes, kBytesMax >> 20, rowBytes));
  const auto chromaOffset = static_cast<std::int64_t>(picture.pitch) * picture.height;
  picture.chromaOffset = static_cast<std::size_t>(fields.integer("chromaOffset", 0, kBytesMax, chromaOffset));
  picture.chromaPitch = static_cast<std::size_t>(
      fields.integer("chromaPitch", chromaRowBytes, kBytesMax >> 20,
                     std::max<std::int64_t>(chromaRowBytes, static_cast<std::int64_t>(picture.pitch))));
  picture.matrix =
      choice<Matrix>(fields, "matrix", {{"bt601", Matrix::bt601}, {"bt709", Matrix::bt709}, {"bt2020", Matrix::bt2020}},
                     Matrix::bt709);
  picture.fullRange = choice<bool>(fields, "range", {{"full", true}, {"limited", false}}, false);
  picture.chromaLeft = choice<bool>(fields, "chromaSite", {{"left", true}, {"centre", false}}, true);
  picture.region = area(fields, "region", picture.width, picture.height);
  if (!fields.failed) picture.bytes = bytes(value, "picture", std::nullopt, fields, arguments);
  if (!fields.failed) {
    const auto rows = static_cast<std::uint64_t>(picture.height);
    const std::uint64_t end = rowsEnd(picture.pitch, rows, static_cast<std::uint64_t>(rowBytes));
    const std::uint64_t chromaEnd = isNv12 ? picture.chromaOffset + rowsEnd(picture.chromaPitch, (rows + 1) / 2,
                                                                            static_cast<std::uint64_t>(chromaRowBytes))
                                           : 0;
    const std::uint64_t needed = std::max(end, chromaEnd);
    if (picture.bytes.bytes < needed) {
      refuse(fields, "the picture has " + std::to_string(picture.bytes.bytes) + " bytes, its size has " +
                         std::to_string(needed));
    }
  }
  if (fields.failed && !outer.failed) outer.failed = fields.failed;
}

void readThree(Fields& fields, const char* name, double smallest, double (&target)[3]) {
  const auto list = fields.list(name);
  for (std::size_t i = 0; i < 3; ++i) {
    const double found =
        i < list.size() && list[i].IsNumber() ? list[i].As<Napi::Number>().DoubleValue() : std::nan("");
    if (!(found >= smallest && found <= kNumberMax) || list.size() != 3) {
      refuse(fields, std::string(name) + " must be three numbers" + (smallest > 0 ? " above 0" : ""));
    }
    target[i] = found;
  }
}

template <typename Request>
Result<KernelArguments<Request>> finished(Fields& fields, KernelArguments<Request> arguments) {
  if (fields.failed) return *fields.failed;
  return arguments;
}

}  // namespace

Result<KernelArguments<FitRequest>> readFitArguments(Napi::Value value) {
  Fields fields(value, "request");
  KernelArguments<FitRequest> arguments;
  if (fields.failed) return *fields.failed;
  FitRequest& request = arguments.request;
  readPicture(fields.field("picture"), fields, arguments);
  request.width = side(fields, "width");
  request.height = side(fields, "height");
  request.place = area(fields, "place", request.width, request.height);
  request.padValue = static_cast<float>(number(fields, "padValue", 0, 255, 0));
  readThree(fields, "mean", -kNumberMax, request.mean);
  readThree(fields, "std", 1 / kNumberMax, request.std);
  request.blueFirst = choice<bool>(fields, "order", {{"rgb", false}, {"bgr", true}}, false);
  request.isHalf = choice<bool>(fields, "type", {{"float16", true}, {"float32", false}}, false);
  request.keepOnDevice = fields.flag("keepOnDevice");
  return finished(fields, std::move(arguments));
}

Result<KernelArguments<BoxRequest>> readBoxArguments(Napi::Value value) {
  Fields fields(value, "request");
  KernelArguments<BoxRequest> arguments;
  if (fields.failed) return *fields.failed;
  BoxPlan& plan = arguments.request.plan;
  plan.head = choice<int>(fields, "head", {{"sides", kSides}, {"corners", kCorners}, {"centres", kCentres}}, kSides);
  plan.isLogit = choice<int>(fields, "scores", {{"logits", 1}, {"probabilities", 0}}, 0);
  plan.classes = static_cast<int>(fields.integer("classes", 1, kClassesMax, 1));
  plan.bins = static_cast<int>(fields.integer("bins", 1, kBinsMax, 1));
  plan.unitX = number(fields, "unitX", 0, kNumberMax, 1);
  plan.unitY = number(fields, "unitY", 0, kNumberMax, 1);
  plan.padX = number(fields, "padX", -kNumberMax, kNumberMax, 0);
  plan.padY = number(fields, "padY", -kNumberMax, kNumberMax, 0);
  plan.scaleX = number(fields, "scaleX", 1 / kNumberMax, kNumberMax, 1);
  plan.scaleY = number(fields, "scaleY", 1 / kNumberMax, kNumberMax, 1);
  plan.pictureWidth = side(fields, "pictureWidth");
  plan.pictureHeight = side(fields, "pictureHeight");
  plan.minConfidence = number(fields, "minConfidence", 0, 1, 0);
  plan.maxOverlap = number(fields, "maxOverlap", 0, 1, 1);
  plan.acrossClasses = fields.flag("acrossClasses") ? 1 : 0;
  plan.candidatesMax = static_cast<int>(fields.integer("candidatesMax", 1, kCandidatesMax, kCandidatesMax));
  plan.keptMax = static_cast<int>(fields.integer("keptMax", 1, kCandidatesMax, kCandidatesMax));
  const auto levels = fields.list("levels");
  if (!fields.failed && (levels.empty() || levels.size() > kLevelsMax)) refuse(fields, "levels must be one to eight");
  std::int64_t cells = 0;
  for (const Napi::Value& entry : levels) {
    if (fields.failed) break;
    Fields read(entry, "level");
    BoxLevel& level = plan.levels[plan.levelCount];
    level.cells = static_cast<int>(read.integer("cells", 1, kScoresMax, 1));
    level.columns = static_cast<int>(read.integer("columns", 1, kSideMax, 1));
    level.stride = static_cast<int>(read.integer("stride", 1, kSideMax, 1));
    level.firstCell = static_cast<int>(cells);
    cells += level.cells;
    if (read.failed) {
      fields.failed = read.failed;
      break;
    }
    if (cells * plan.classes >= kScoresMax) {
      refuse(fields, "there are too many scores");
      break;
    }
    constexpr auto kFloat = nvinfer1::DataType::kFLOAT;
    const ByteView scores = bytes(read.field("scores"), "scores", kFloat, fields, arguments);
    const ByteView sides = bytes(read.field("boxes"), "boxes", kFloat, fields, arguments);
    const auto cellCount = static_cast<std::uint64_t>(level.cells);
    const auto perCell = static_cast<std::uint64_t>(plan.head == kSides ? 4 * plan.bins : 4);
    if (scores.bytes < cellCount * static_cast<unsigned>(plan.classes) * sizeof(float))
      refuse(fields, "scores are too short");
    if (sides.bytes < cellCount * perCell * sizeof(float)) refuse(fields, "boxes are too short");
    arguments.request.scores[plan.levelCount] = scores;
    arguments.request.sides[plan.levelCount] = sides;
    ++plan.levelCount;
  }
  plan.cells = static_cast<int>(cells);
  return finished(fields, std::move(arguments));
}

namespace {

/// Empty when the field is absent or empty.
std::vector<unsigned> rowsOf(Fields& fields, int count) {
  const Napi::Value given = fields.field("rows");
  if (fields.failed || given.IsUndefined()) return {};
  std::vector<unsigned> rows;
  for (const Napi::Value& row : fields.list("rows")) {
    const double number = row.IsNumber() ? row.As<Napi::Number>().DoubleValue() : -1;
    if (!(number >= 0 && number < count && number == std::floor(number)) || rows.size() >= kMasksMax) {
      refuse(fields, "rows must be numbers of masks that are there");
      return {};
    }
    rows.push_back(static_cast<unsigned>(number));
  }
  return rows;
}

}  // namespace

Result<KernelArguments<MaskRequest>> readMaskArguments(Napi::Value value) {
  Fields fields(value, "request");
  KernelArguments<MaskRequest> arguments;
  if (fields.failed) return *fields.failed;
  MaskRequest& request = arguments.request;
  request.isHalf = choice<bool>(fields, "type", {{"float16", true}, {"float32", false}}, false);
  request.count = static_cast<int>(fields.integer("count", 1, kMasksMax, 1));
  request.rows = rowsOf(fields, request.count);
  request.width = side(fields, "width");
  request.height = side(fields, "height");
  request.inputWidth = side(fields, "inputWidth");
  request.inputHeight = side(fields, "inputHeight");
  request.place = area(fields, "place", request.inputWidth, request.inputHeight);
  request.outWidth = side(fields, "outWidth");
  request.outHeight = side(fields, "outHeight");
  request.isLogit = choice<bool>(fields, "enlarge", {{"values", false}, {"probabilities", true}}, false);
  request.threshold = static_cast<float>(number(fields, "threshold", -kNumberMax, kNumberMax, 0));
  if (fields.failed) return *fields.failed;
  const auto type = request.isHalf ? nvinfer1::DataType::kHALF : nvinfer1::DataType::kFLOAT;
  request.masks = bytes(fields.field("masks"), "masks", type, fields, arguments);
  const std::uint64_t needed = std::uint64_t{static_cast<unsigned>(request.count)} *
                               static_cast<unsigned>(request.width) * static_cast<unsigned>(request.height) *
                               (request.isHalf ? 2 : 4);
  if (request.masks.bytes < needed) refuse(fields, "the masks are shorter than their size says");
  return finished(fields, std::move(arguments));
}

}  // namespace sam3
