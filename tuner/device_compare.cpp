#include "tuner/device_compare.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "tuner/own_kernel.h"

namespace hone {
namespace {

constexpr std::uint32_t kGroupSize = 256, kMostGroups = 1024;

// As PartVerdict below. Every invocation looks at each words/total-th word of `got`, and a workgroup sums up.
constexpr char kShader[] = R"(#version 450
layout(local_size_x = 256) in;
layout(binding = 0) readonly buffer Got { uint got[]; };
layout(binding = 1) readonly buffer Expected { uint expected[]; };
struct Verdict { uint doubtful; float error_squares, reference_squares, worst; };
layout(binding = 2) writeonly buffer Verdicts { Verdict verdicts[]; };
layout(push_constant) uniform Push {
  uint words;        // of got
  uint last_mask;    // the bits of the last one that are elements
  uint kind;         // 0 bits, 1 float, 2 float16_t, 3 bfloat16_t
  uint wide;         // expected: double
  uint statistical;  // sum up instead of comparing element by element
  float absolute, relative, ulp;
};

uint doubtful = 0;
float error_squares = 0, reference_squares = 0, worst = 0;
shared Verdict parts[256];

// Bits of a float from those of other types.
uint FromHalf(uint bits) {
  const uint sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 31u, mantissa = bits & 1023u;
  if (exponent == 31u) return sign | 0x7f800000u | mantissa << 13;
  if (exponent == 0u) return sign | floatBitsToUint(float(mantissa) * 5.9604644775390625e-8);
  return sign | (exponent + 112u) << 23 | mantissa << 13;
}
uint FromDouble(uint low, uint high) {  // rounds towards zero
  const uint sign = high & 0x80000000u, exponent = high >> 20 & 0x7ffu;
  if (exponent < 897u) return sign;
  if (exponent > 1150u) return sign | 0x7f800000u;
  return sign | (exponent - 896u) << 23 | (high & 0xfffffu) << 3 | low >> 29;
}

bool IsNumber(uint bits) { return (bits & 0x7f800000u) != 0x7f800000u; }
bool IsSubnormal(uint bits) { return (bits & 0x7f800000u) == 0u && (bits & 0x7fffffu) != 0u; }

// a: got, b: expected.
void Look(uint a, uint b) {
  const float reference = uintBitsToFloat(b), error = abs(uintBitsToFloat(a) - reference);
  const bool differ = ((a ^ b) & 0x7fffffffu) != 0u;
  // The device may take subnormal numbers and differences for zero.
  const bool flushed = differ && absolute < 1e-36 && (IsSubnormal(a) || IsSubnormal(b) || error == 0.0);
  if (!IsNumber(a) || !IsNumber(b) || flushed) {
    doubtful = 1u;
    return;
  }
  if (statistical != 0u) {
    error_squares += error * error;
    reference_squares += reference * reference;
    worst = max(worst, error);
    return;
  }
  const float allowed = absolute + relative * abs(reference) + ulp * uintBitsToFloat(b & 0x7f800000u);
  if (error <= allowed) return;
  doubtful = 1u;
}

// Elements first and first + 1 of the 16-bit types, both in one word.
void LookAtPair(uint word, uint mask, uint first) {
  const bool both = mask > 0xffffu;
  const uint low = kind == 2u ? FromHalf(word & 0xffffu) : word << 16;
  const uint high = kind == 2u ? FromHalf(word >> 16) : word & 0xffff0000u;
  if (wide != 0u) {
    Look(low, FromDouble(expected[2u * first], expected[2u * first + 1u]));
    if (both) Look(high, FromDouble(expected[2u * first + 2u], expected[2u * first + 3u]));
  } else {
    const uint other = expected[first / 2u];
    Look(low, kind == 2u ? FromHalf(other & 0xffffu) : other << 16);
    if (both) Look(high, kind == 2u ? FromHalf(other >> 16) : other & 0xffff0000u);
  }
}

void main() {
  const uint total = gl_NumWorkGroups.x * 256u;
  for (uint i = gl_GlobalInvocationID.x; i < words; i += total) {
    const uint word = got[i], mask = i + 1u == words ? last_mask : 0xffffffffu;
    const bool same = wide == 0u && ((word ^ expected[i]) & mask) == 0u;
    if (same && statistical == 0u) continue;
    if (kind == 0u) doubtful = 1u;
    else if (kind > 1u) LookAtPair(word, mask, 2u * i);
    else Look(word, wide != 0u ? FromDouble(expected[2u * i], expected[2u * i + 1u]) : expected[i]);
  }
  const uint me = gl_LocalInvocationIndex;
  parts[me] = Verdict(doubtful, error_squares, reference_squares, worst);
  for (uint half_size = 128u; half_size > 0u; half_size /= 2u) {
    barrier();
    if (me < half_size) {
      parts[me].doubtful |= parts[me + half_size].doubtful;
      parts[me].error_squares += parts[me + half_size].error_squares;
      parts[me].reference_squares += parts[me + half_size].reference_squares;
      parts[me].worst = max(parts[me].worst, parts[me + half_size].worst);
    }
  }
  if (me == 0u) verdicts[gl_WorkGroupID.x] = parts[0];
}
)";

struct PartVerdict {
  std::uint32_t doubtful;
  float error_squares, reference_squares, worst;
};

OwnKernelSource Source() {
  OwnKernelSource source{
      .name = "device_compare", .glsl = kShader, .buffers = {"got", "expected", "verdicts"}, .groups = "groups"};
  for (const char* name : {"words", "last_mask", "kind", "wide", "statistical"})
    source.push_constants.push_back({name, "uint"});
  for (const char* name : {"absolute", "relative", "ulp"}) source.push_constants.push_back({name, "float"});
  source.integers.push_back({"groups", 1, kMostGroups});
  return source;
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

DeviceCompare::DeviceCompare(Context& context) : context_(context), binary_(OwnKernel(Source())) { PipelineFor(1); }

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
