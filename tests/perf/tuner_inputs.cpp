// How long inputs take to make: on the host, and in an arena, where they end up on the device.
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
  for (const Input& input : kInputs) {
    const ElementType type = ElementTypeFromGlsl(input.type);
    std::vector<std::byte> host(bytes);
    std::vector<double> on_host, on_device;
    for (int i = 0; i < 3; ++i) on_host.push_back(Milliseconds([&] { FillElements(type, input.fill, 1, 0, host); }));
    figures.Add((std::string(input.name) + ", host").c_str(), on_host, "ms");
    const auto kernel = std::make_shared<Kernel>();
    kernel->buffers.push_back({"x", input.type, std::to_string(bytes / BytesOf(type)), Access::kRead, input.fill});
    Arena arena(context, nullptr, kernel, {}, 1);
    for (int i = 0; i < 3; ++i) on_device.push_back(Milliseconds([&] { arena.FillInputs(); }));
    figures.Add((std::string(input.name) + ", arena").c_str(), on_device, "ms");
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
