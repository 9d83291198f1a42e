#include "tuner/own_kernel.h"

#include <algorithm>

#include "db/error.h"

namespace hone {
namespace {

std::shared_ptr<const Module> ModuleOf(const std::string& shader) {
  const auto found = std::ranges::find(OwnModules(), shader, &OwnModule::shader);
  if (found == OwnModules().end()) throw Error("hone brings no shader '" + shader + "' along");
  auto module = std::make_shared<Module>();
  module->interface = InterfaceFromJson(found->interface);
  module->words = found->words;
  module->hash = HashOf(std::span<const std::uint32_t>(module->words));
  return module;
}

}  // namespace

Binary OwnKernel(const OwnKernelDescription& description) {
  auto kernel = std::make_shared<Kernel>();
  kernel->name = description.name;
  kernel->integers = description.integers;
  for (const std::string& buffer : description.buffers)
    kernel->buffers.push_back({buffer, "uint", "1", Access::kReadWrite, {}});
  for (const auto& [name, type] : description.push_constants) kernel->push_constants.push_back({name, type, "", 0});
  Pattern pattern;
  pattern.name = "only";
  pattern.passes.push_back({.shader = description.name + ".comp", .groups = {description.groups}});
  kernel->patterns.push_back(pattern);
  return {.kernel = kernel, .pattern = "only", .modules = {ModuleOf(description.name)}};
}

}  // namespace hone
