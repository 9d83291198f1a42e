#include "tuner/device_compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "tuner/own_kernel.h"

namespace hone {
namespace {

constexpr std::uint32_t kGroupSize = 256, kMostGroups = 1024;

// As Verdict in the shader.
struct PartVerdict {
  std::uint32_t doubtful;
  float error_squares, reference_squares, worst;
};

OwnKernelDescription Description() {
  OwnKernelDescription description{.name = "device_compare", .buffers = {"got", "expected", "verdicts"}, .groups = "groups"};
  for (const char* name : {"words", "last_mask", "kind", "wide", "statistical"})
    description.push_constants.push_back({name, "uint"});
  for (const char* name : {"absolute", "relative", "ulp"}) description.push_constants.push_back({name, "float"});
  description.integers.push_back({"groups", 1, kMostGroups});
  return description;
}

// What the shader may allow, given that it computes in float.
struct Bounds {
  std::uint32_t kind = 0;
  bool statistical = false;
  double absolute = 0, relative = 0, ulp = 0;
};

Bounds BoundsFor(ElementType got, ElementType expected, const Tolerance& tolerance) {
  constexpr double kTight = 1 - 0x1p-20;  // a handful of roundings to 2^-24
  Bounds bounds;
  bounds.kind = got == ElementType::kFloat ? 1 : got == ElementType::kFloat16 ? 2 : got == ElementType::kBfloat16 ? 3 : 0;
  if (bounds.kind == 0) return bounds;
  switch (tolerance.kind) {
    case Tolerance::Kind::kExact: break;
    case Tolerance::Kind::kUlp: bounds.ulp = tolerance.ulp * EpsilonOf(got) * kTight; break;
    case Tolerance::Kind::kStatistical: bounds.statistical = true; break;
    case Tolerance::Kind::kAbsoluteRelative:
      bounds.absolute = tolerance.absolute * kTight;
      bounds.relative = tolerance.relative * kTight;
      break;
  }
  if (expected != got) {  // the shader cuts a double to a float
    bounds.absolute -= 0x1p-125;
    bounds.relative -= 0x1p-22;
  }
  return bounds;
}

std::uint64_t WordsOf(const Comparands& comparands) { return (comparands.count * BytesOf(comparands.got_type) + 3) / 4; }

}  // namespace

DeviceCompare::DeviceCompare(Context& context) : context_(context), binary_(OwnKernel(Description())) { PipelineFor(1); }

bool DeviceCompare::Serves(ElementType got, ElementType expected, const Tolerance& tolerance) {
  if (got == expected) return true;
  const Bounds bounds = BoundsFor(got, expected, tolerance);
  return expected == ElementType::kDouble && bounds.kind != 0 &&
         (bounds.statistical ? tolerance.relative >= 1e-4 : bounds.relative > 0 || bounds.absolute > 0);
}

std::uint32_t DeviceCompare::GroupsFor(std::uint64_t words) const {
  const std::uint64_t wanted = words / (8 * kGroupSize);
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(std::bit_floor(wanted), 1, kMostGroups));
}

const Pipeline& DeviceCompare::PipelineFor(std::uint32_t groups) {
  Pipeline& pipeline = pipelines_[groups];
  if (!pipeline) pipeline = context_.CreatePipeline(binary_, {{"groups", std::int64_t{groups}}});
  return pipeline;
}

std::uint64_t DeviceCompare::SliceWords() const {
  const auto limit = context_.info().limits.find("maxStorageBufferRange");
  const double bytes = limit == context_.info().limits.end() ? 0x1p27 : std::min(limit->second, 0x1p30);
  return std::bit_floor(static_cast<std::uint64_t>(bytes)) / 16;  // an expected double is four times as long as a half
}

std::uint64_t DeviceCompare::VerdictBytes(const Comparands& comparands) const {
  const std::uint64_t words = WordsOf(comparands), slice = SliceWords();
  const std::uint64_t rest = words % slice;
  return (words / slice * GroupsFor(slice) + (rest > 0 ? GroupsFor(rest) : 0)) * sizeof(PartVerdict);
}

void DeviceCompare::Record(CommandRecorder& commands, const Comparands& c, const GpuBuffer& verdicts, std::uint64_t offset) {
  const Bounds bounds = BoundsFor(c.got_type, c.expected_type, c.tolerance);
  const bool wide = c.expected_type != c.got_type;
  const std::uint64_t words = WordsOf(c), slice = SliceWords(), used = c.count * BytesOf(c.got_type) % 4;
  const std::uint32_t last_mask = used == 0 ? ~0u : (1u << (8 * used)) - 1;
  const std::uint64_t growth = wide ? BytesOf(c.expected_type) / BytesOf(c.got_type) : 1;
  for (std::uint64_t done = 0; done < words; done += slice) {
    const std::uint64_t part = std::min(slice, words - done);
    const std::uint32_t groups = GroupsFor(part);
    const std::uint64_t verdict_bytes = groups * sizeof(PartVerdict);
    const std::uint64_t from = 4 * done * growth, expected_bytes = std::min(4 * part * growth, c.expected.bytes() - from);
    commands.Dispatch(
        PipelineFor(groups),
        {c.got.Range(4 * done, 4 * part), c.expected.Range(from, expected_bytes), verdicts.Range(offset, verdict_bytes)},
        {{"words", part},
         {"last_mask", done + part == words ? last_mask : ~0u},
         {"kind", bounds.kind},
         {"wide", wide},
         {"statistical", bounds.statistical},
         {"absolute", bounds.absolute},
         {"relative", bounds.relative},
         {"ulp", bounds.ulp}});
    offset += verdict_bytes;
  }
}

bool DeviceCompare::Acquits(const Comparands& c, std::span<const std::byte> verdict) {
  double errors = 0, references = 0, worst = 0;
  for (; verdict.size() >= sizeof(PartVerdict); verdict = verdict.subspan(sizeof(PartVerdict))) {
    PartVerdict part;
    std::memcpy(&part, verdict.data(), sizeof part);
    if (part.doubtful != 0) return false;
    errors += part.error_squares;
    references += part.reference_squares;
    worst = std::max(worst, static_cast<double>(part.worst));
  }
  if (!BoundsFor(c.got_type, c.expected_type, c.tolerance).statistical || c.count == 0) return true;
  // Sums of at most some thousand floats each are off by less than a hundredth. Squares below 1e-38 may have been lost.
  constexpr double kTight = 0.99;
  const double rms = std::sqrt(references / static_cast<double>(c.count));
  const double error = std::sqrt(errors / static_cast<double>(c.count) + 1e-37);
  if (worst == 0) return true;
  if (!std::isfinite(rms) || !(error <= kTight * c.tolerance.relative * rms)) return false;
  return c.tolerance.absolute <= 0 || worst <= kTight * c.tolerance.absolute * rms;
}

}  // namespace hone
