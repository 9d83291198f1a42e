#include "tuner/device_fill.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "tuner/fill.h"
#include "tuner/own_kernel.h"

namespace hone {
namespace {

constexpr std::uint64_t kSmall = 64u << 10;  // bytes: the host is as fast
constexpr std::uint64_t kProbe = 4u << 10;
constexpr auto kTimeout = std::chrono::milliseconds(60000);

OwnKernelDescription FillKernel() {
  OwnKernelDescription description{.name = "device_fill", .buffers = {"words"}, .groups = "4096"};
  for (const char* name : {"seed", "first"}) description.push_constants.push_back({name, "uint64_t"});
  for (const char* name : {"low", "high"}) description.push_constants.push_back({name, "double"});
  for (const char* name : {"count", "kind", "bytes", "form"}) description.push_constants.push_back({name, "uint"});
  for (const char* name : {"least", "most"}) description.push_constants.push_back({name, "double"});
  return description;
}

std::uint32_t KindOf(const Fill& fill) {
  switch (fill.kind) {
    case Fill::Kind::kRandomBits: return 0;
    case Fill::Kind::kZero:
    case Fill::Kind::kConstant: return 1;
    case Fill::Kind::kRamp: return 2;
    case Fill::Kind::kUniform: return 3;
    case Fill::Kind::kNormal: return 4;
    case Fill::Kind::kIntegers: return 5;
  }
  return 1;
}

struct Form {
  std::uint32_t form = 3;
  double least = 0, most = 0;
};

template <typename T>
Form IntegerForm() {
  return {3, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

Form FormOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat16: return {1};
    case ElementType::kBfloat16: return {2};
    case ElementType::kInt8: return IntegerForm<std::int8_t>();
    case ElementType::kUint8: return IntegerForm<std::uint8_t>();
    case ElementType::kInt16: return IntegerForm<std::int16_t>();
    case ElementType::kUint16: return IntegerForm<std::uint16_t>();
    case ElementType::kInt32: return IntegerForm<std::int32_t>();
    case ElementType::kUint32: return IntegerForm<std::uint32_t>();
    default: return {0};
  }
}

}  // namespace

DeviceFill::DeviceFill(Context& context) : context_(context), pipeline_(context.CreatePipeline(OwnKernel(FillKernel()), {})) {}

bool DeviceFill::Serves(ElementType type) { return BytesOf(type) <= 4; }

bool DeviceFill::Fill(ElementType type, const hone::Fill& fill, std::uint64_t seed, const GpuBuffer& memory,
                      std::uint64_t bytes) {
  if (differs_ || !Serves(type) || bytes < kSmall) return false;
  double low = fill.kind == Fill::Kind::kZero ? 0 : fill.low, high = fill.high;
  if (fill.kind == Fill::Kind::kIntegers) {
    low = std::ceil(fill.low);
    high = std::floor(fill.high) - low + 1;
    if (!(high < 0x1p62)) return false;
  }
  const std::uint64_t element = BytesOf(type), whole = bytes / 4 * 4;
  const auto limit = context_.info().limits.find("maxStorageBufferRange");
  const double most = limit == context_.info().limits.end() ? 0x1p27 : std::min(limit->second, 0x1p30);
  const std::uint64_t slice = std::bit_floor(static_cast<std::uint64_t>(most));  // a binding has a greatest size
  const Form form = FormOf(type);
  for (std::uint64_t done = 0; done < whole; done += slice) {
    const std::uint64_t part = std::min(slice, whole - done);
    context_.Run(pipeline_, {memory.Range(done, part)},
                 {{"seed", seed},
                  {"first", done / element},
                  {"low", low},
                  {"high", high},
                  {"count", part / 4},
                  {"kind", KindOf(fill)},
                  {"bytes", element},
                  {"form", form.form},
                  {"least", form.least},
                  {"most", form.most}},
                 {}, kTimeout);
  }
  // The host makes the last bytes, and compares what was made on both sides.
  std::vector<std::byte> expected(kProbe + bytes - whole), found(kProbe);
  for (const std::uint64_t from : {std::uint64_t{0}, whole - kProbe}) {
    FillElements(type, fill, seed, from / element, expected);
    context_.Download(memory, found.data(), kProbe, from);
    differs_ = differs_ || !std::equal(found.begin(), found.end(), expected.begin());
  }
  context_.Upload(memory, expected.data() + kProbe, bytes - whole, whole);
  return !differs_;
}

}  // namespace hone
