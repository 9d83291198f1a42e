// How long inputs take to make: on the host; so in an arena, where they end up on the device; and on the device.
//   perf_tuner_inputs [MEBIBYTES [DEVICE]] [--json]     256 of each type and fill
#include <cstdlib>
#include <memory>

#include "runtime/context.h"
#include "tests/perf/figures.h"
#include "tuner/arena.h"
#include "tuner/contract.h"
#include "tuner/fill.h"

namespace hone {
namespace {

struct Input {
  const char* type;
  Fill fill;
  const char* name;
};

const Input kInputs[] = {
    {"float", {Fill::Kind::kUniform, -1, 1}, "float, uniform"},
    {"float", {Fill::Kind::kNormal, 0, 2}, "float, normal"},
    {"float16_t", {Fill::Kind::kUniform, -1, 1}, "float16_t, uniform"},
    {"float16_t", {Fill::Kind::kNormal, 0, 2}, "float16_t, normal"},
    {"uint", {Fill::Kind::kIntegers, 0, 1023}, "uint, integers"},
    {"uint", {Fill::Kind::kRandomBits}, "uint, bits"},
    {"uint", {Fill::Kind::kRamp, 0, 1}, "uint, ramp"},
};

void Run(const Figures& figures) {
  const auto& others = figures.others();
  const std::uint64_t bytes = (others.empty() ? 256 : std::strtoull(others[0].c_str(), nullptr, 10)) << 20;
  Context context({.device = others.size() > 1 ? others[1] : ""});
  DeviceFill device_fill(context);
  for (const Input& input : kInputs) {
    const ElementType type = ElementTypeFromGlsl(input.type);
    std::vector<std::byte> host(bytes);
    std::vector<double> on_host;
    for (int i = 0; i < 3; ++i) on_host.push_back(Milliseconds([&] { FillElements(type, input.fill, 1, 0, host); }));
    figures.Add((std::string(input.name) + ", host").c_str(), on_host, "ms");
    const auto kernel = std::make_shared<Kernel>();
    kernel->buffers.push_back({"x", input.type, std::to_string(bytes / BytesOf(type)), Access::kRead, input.fill});
    for (DeviceFill* fill : {static_cast<DeviceFill*>(nullptr), &device_fill}) {
      Arena arena(context, {.fill = fill}, kernel, {}, 1);
      std::vector<double> in_arena;
      for (int i = 0; i < 3; ++i) in_arena.push_back(Milliseconds([&] { arena.FillInputs(); }));
      figures.Add((std::string(input.name) + (fill ? ", arena, device" : ", arena, host")).c_str(), in_arena, "ms");
    }
  }
}

}  // namespace
}  // namespace hone

int main(int argc, char** argv) {
  try {
    hone::Run({argc, argv});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
