#include "tuner/sentinel.h"

#include <array>
#include <vector>

namespace hone {
namespace {

constexpr std::uint32_t kElements = 256;

// Made by glslc -O from:
//   layout(local_size_x = 64) in;
//   layout(binding = 0) writeonly buffer Y { uint y[]; };
//   void main() { y[gl_GlobalInvocationID.x] = gl_GlobalInvocationID.x * 2654435761u + 12345u; }
// clang-format off
constexpr std::uint32_t kWords[] = {
    0x07230203, 0x00010300, 0x000d000b, 0x0000001f, 0x00000000, 0x00020011, 0x00000001, 0x0006000b, 0x00000001, 0x4c534c47, 0x6474732e, 0x3035342e,
    0x00000000, 0x0003000e, 0x00000000, 0x00000001, 0x0006000f, 0x00000005, 0x00000004, 0x6e69616d, 0x00000000, 0x0000000f, 0x00060010, 0x00000004,
    0x00000011, 0x00000040, 0x00000001, 0x00000001, 0x00040047, 0x00000007, 0x00000006, 0x00000004, 0x00040048, 0x00000008, 0x00000000, 0x00000019,
    0x00050048, 0x00000008, 0x00000000, 0x00000023, 0x00000000, 0x00030047, 0x00000008, 0x00000002, 0x00040047, 0x0000000a, 0x00000022, 0x00000000,
    0x00040047, 0x0000000a, 0x00000021, 0x00000000, 0x00040047, 0x0000000f, 0x0000000b, 0x0000001c, 0x00040047, 0x0000001e, 0x0000000b, 0x00000019,
    0x00020013, 0x00000002, 0x00030021, 0x00000003, 0x00000002, 0x00040015, 0x00000006, 0x00000020, 0x00000000, 0x0003001d, 0x00000007, 0x00000006,
    0x0003001e, 0x00000008, 0x00000007, 0x00040020, 0x00000009, 0x0000000c, 0x00000008, 0x0004003b, 0x00000009, 0x0000000a, 0x0000000c, 0x00040015,
    0x0000000b, 0x00000020, 0x00000001, 0x0004002b, 0x0000000b, 0x0000000c, 0x00000000, 0x00040017, 0x0000000d, 0x00000006, 0x00000003, 0x00040020,
    0x0000000e, 0x00000001, 0x0000000d, 0x0004003b, 0x0000000e, 0x0000000f, 0x00000001, 0x0004002b, 0x00000006, 0x00000010, 0x00000000, 0x00040020,
    0x00000011, 0x00000001, 0x00000006, 0x0004002b, 0x00000006, 0x00000016, 0x9e3779b1, 0x0004002b, 0x00000006, 0x00000018, 0x00003039, 0x00040020,
    0x0000001a, 0x0000000c, 0x00000006, 0x0004002b, 0x00000006, 0x0000001c, 0x00000040, 0x0004002b, 0x00000006, 0x0000001d, 0x00000001, 0x0006002c,
    0x0000000d, 0x0000001e, 0x0000001c, 0x0000001d, 0x0000001d, 0x00050036, 0x00000002, 0x00000004, 0x00000000, 0x00000003, 0x000200f8, 0x00000005,
    0x00050041, 0x00000011, 0x00000012, 0x0000000f, 0x00000010, 0x0004003d, 0x00000006, 0x00000013, 0x00000012, 0x00050084, 0x00000006, 0x00000017,
    0x00000013, 0x00000016, 0x00050080, 0x00000006, 0x00000019, 0x00000017, 0x00000018, 0x00060041, 0x0000001a, 0x0000001b, 0x0000000a, 0x0000000c,
    0x00000013, 0x0003003e, 0x0000001b, 0x00000019, 0x000100fd, 0x00010038,
};
// clang-format on

Binary MakeSentinel() {
  auto kernel = std::make_shared<Kernel>();
  kernel->name = "sentinel";
  kernel->buffers.push_back({"y", "uint", std::to_string(kElements), Access::kWrite, {}});
  Pattern pattern;
  pattern.name = "only";
  pattern.passes.push_back({.shader = "sentinel.comp", .groups = {std::to_string(kElements / 64)}});
  kernel->patterns.push_back(pattern);
  auto module = std::make_shared<Module>();
  module->words.assign(std::begin(kWords), std::end(kWords));
  module->hash = HashOf(std::span<const std::uint32_t>(module->words));
  module->interface.bindings.push_back({0, true});
  module->interface.local_size = {64, 1, 1};
  return {.kernel = kernel, .pattern = "only", .modules = {module}};
}

}  // namespace

Sentinel::Sentinel(Context& context)
    : context_(context), pipeline_(context.CreatePipeline(MakeSentinel(), {})), buffer_(context.CreateBuffer(kElements * 4)) {}

bool Sentinel::Alive() {
  try {
    context_.Fill(buffer_, 0);
    context_.Run(pipeline_, {buffer_}, {}, {}, std::chrono::milliseconds(2000));
    std::array<std::uint32_t, kElements> y;
    context_.Download(buffer_, y.data(), sizeof y);
    for (std::uint32_t i = 0; i < kElements; ++i)
      if (y[i] != i * 2654435761u + 12345u) return false;
    return true;
  } catch (const DeviceError&) {
    return false;
  }
}

}  // namespace hone
