#include "tests/db/sample.h"

#include "db/error.h"

namespace hone {

Kernel SampleKernel(const std::string& name, const std::string& source) {
  Kernel kernel;
  kernel.name = name;
  kernel.summary = "y = a x + y — “quoted” text";
  kernel.source = "BLAS level 1";
  kernel.integers = {{"n", 0, 4294967295}};
  kernel.types = {{"T", {{"float", {}}, {"float16_t", {{"shaderFloat16"}, {}}}}}};
  kernel.buffers = {{"x", "T", "n", Access::kRead, {Fill::Kind::kUniform, -1, 1}},
                    {"y", "T", "n", Access::kReadWrite, {Fill::Kind::kNormal, 0, 1}}};
  kernel.push_constants = {{"n", "uint", "n", 1}, {"a", "float", "", 2.5}};
  kernel.problems = {{{"n", 1024}}, {{"n", 65536}, {"T", "float16_t"}}};
  kernel.check_problems = {{{"n", 1}}};
  kernel.where = {{"n >= 0", 3, 4}};
  Pattern strided;
  strided.name = "strided";
  strided.summary = "one element an invocation";
  strided.parameters = {{"WG", {64, 128, 256}, false, {{"256", {{}, {"VK_KHR_sample"}}}}}, {"PER_LANE", {1, 2, 4}, true, {}}};
  strided.where = {{"WG * PER_LANE <= 8192", 0, 0}};
  strided.passes = {{"strided.comp", {"ceil_div(n, WG * PER_LANE)"}, "", "", "", {{"FINAL", "1"}}}};
  strided.default_point = {{"PER_LANE", 4}, {"WG", 256}};
  Pattern looped = strided;
  looped.name = "looped";
  looped.workspaces = {{"partial", "float", "ceil_div(n, WG)", Access::kReadWrite, {}}};
  looped.loops = {{"digits", "4", "DIGIT", {{"x", "partial"}}}};
  looped.passes.push_back({"looped.comp", {"1", "n", "2"}, "n > WG", "digits", "32", {}});
  kernel.patterns = {strided, looped};
  kernel.reference_pass = {"reference.comp", {"ceil_div(n, 64)"}, "", "", "", {}};
  kernel.tolerances = {{"", {}}, {"float16_t", {Tolerance::Kind::kAbsoluteRelative, 0, 2e-3, 0}}};
  kernel.bytes = "3 * n * T_BYTES";
  kernel.flops = "2 * n";
  kernel.optimize = {"-O"};
  kernel.source_hash = HashOf(name + source);
  return kernel;
}

DeviceInfo SampleDevice(const std::string& name, const std::string& driver) {
  DeviceInfo device = GenericDevice();
  device.name = name;
  device.vendor_id = 0x10de;
  device.device_id = 0x2330;
  device.type = "discrete";
  device.driver_id = 4;
  device.driver_name = "Sample";
  device.driver_info = driver;
  device.driver_version = 42;
  device.features = {"shaderFloat16"};
  device.extensions = {"VK_KHR_sample"};
  return device;
}

std::shared_ptr<const Module> SampleModule(std::uint32_t seed) {
  Module module;
  module.words = {0x07230203, 0x00010500, seed};
  for (std::uint32_t i = 0; i < 200; ++i) module.words.push_back(i * seed);
  module.hash = HashOf(module.words);
  module.interface.push = {{"n", "uint", 0}, {"a", "float", 4}};
  module.interface.push_bytes = 8;
  module.interface.bindings = {{0, false}, {1, true}};
  module.interface.spec_constants = {{"PER_LANE", 1, "uint"}};
  module.interface.shared_bytes = 256;
  module.interface.local_size = {64, 1, 1};
  return std::make_shared<const Module>(std::move(module));
}

Binary SampleBinary(const Kernel& kernel, const std::string& pattern, const Values& point, const Values& types) {
  Binary binary;
  binary.kernel = std::make_shared<const Kernel>(kernel);
  binary.pattern = pattern;
  binary.point = point;
  binary.types = types;
  const Hash hash = HashOf(kernel.name + pattern + point.ToText() + types.ToText());
  for (std::size_t i = 0; i < binary.GetPattern().passes.size(); ++i) {
    binary.modules.push_back(SampleModule(hash.bytes[i] + 256u * hash.bytes[i + 1]));
  }
  return binary;
}

Measurement SampleMeasurement(const Values& point, double nanoseconds, std::int64_t n) {
  Measurement measurement;
  measurement.kernel = "axpy";
  measurement.pattern = "strided";
  measurement.point = point;
  measurement.problem = {{"T", "float"}, {"n", n}};
  measurement.samples_ns = {nanoseconds, nanoseconds * 1.01, nanoseconds * 1.02, nanoseconds * 1.005, nanoseconds * 1.015};
  measurement.statistics = Summarize(measurement.samples_ns);
  measurement.phase = "search";
  measurement.compile_ms = 1.5;
  measurement.bench_ms = 2.5;
  measurement.properties = {{"registers", 32}};
  measurement.unix_ms = 1700000000000;
  return measurement;
}

std::string ErrorOf(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& failure) {
    return failure.what();
  }
  return "no error";
}

}  // namespace hone
