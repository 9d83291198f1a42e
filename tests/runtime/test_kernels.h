// Kernels made by hand for the runtime's tests: what the compiler makes from manifests, without the compiler.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "db/kernel.h"
#include "runtime/context.h"

namespace hone::test {

// HONE_TEST_SPIRV in the environment: where the shaders lie on a machine that the program was carried to.
inline std::vector<std::uint32_t> ReadSpirv(const std::string& name) {
  const char* carried = std::getenv("HONE_TEST_SPIRV");
  std::ifstream file(std::string(carried ? carried : HONE_TEST_SPIRV) + "/" + name + ".spv", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (bytes.empty()) throw std::runtime_error("no shader " + name);
  std::vector<std::uint32_t> words(bytes.size() / 4);
  bytes.copy(reinterpret_cast<char*>(words.data()), bytes.size());
  return words;
}

inline std::shared_ptr<const Module> MakeModule(const std::string& name, ModuleInterface interface) {
  Module module{.words = ReadSpirv(name), .interface = std::move(interface)};
  module.hash = HashOf(std::span<const std::uint32_t>(module.words));
  return std::make_shared<const Module>(std::move(module));
}

// y = a x + y, with WG of 32, 64, 128 or 4096.
inline Binary Axpy(std::int64_t wg = 64) {
  Kernel kernel{.name = "axpy",
                .integers = {{.name = "n", .min = 0, .max = 4294967295}},
                .buffers = {{.name = "x", .type = "float", .length = "n"},
                            {.name = "y", .type = "float", .length = "n", .access = Access::kReadWrite}},
                .push_constants = {{.name = "n", .type = "uint"}, {.name = "a", .type = "float"}},
                .patterns = {{.name = "strided",
                              .parameters = {{.name = "WG", .values = {32, 64, 128, 4096}}},
                              .passes = {{.shader = "axpy.comp", .groups = {"ceil_div(n, WG)"}}},
                              .default_point = {{"WG", 64}}}}};
  return {.kernel = std::make_shared<Kernel>(std::move(kernel)),
          .pattern = "strided",
          .point = {{"WG", wg}},
          .modules = {MakeModule("axpy_" + std::to_string(wg), {.push = {{"n", "uint", 0}, {"a", "float", 4}},
                                                                .push_bytes = 8,
                                                                .bindings = {{0, false}, {1, true}},
                                                                .local_size = {static_cast<std::uint32_t>(wg), 1, 1}})}};
}

// total[0] = the sum of x, in two passes through a workspace; up to 64 * 64 elements.
inline Binary Sum() {
  const ModuleInterface push{.push = {{"count", "uint", 0}}, .push_bytes = 4, .shared_bytes = 256, .local_size = {64, 1, 1}};
  Kernel kernel{
      .name = "sum",
      .integers = {{.name = "n", .min = 1, .max = 4096}},
      .buffers = {{.name = "x", .type = "float", .length = "n"},
                  {.name = "total", .type = "float", .length = "1", .access = Access::kWrite}},
      .push_constants = {{.name = "count", .type = "uint", .value = "LAST ? ceil_div(n, 64) : n"}},
      .patterns = {{.name = "two_pass",
                    .workspaces = {{.name = "partial", .type = "float", .length = "ceil_div(n, 64)"}},
                    .loops = {{.name = "passes", .count = "2", .index = "LAST"}},
                    .passes = {{.shader = "first", .groups = {"ceil_div(n, 64)"}, .when = "LAST == 0", .loop = "passes"},
                               {.shader = "last", .groups = {"1"}, .when = "LAST", .loop = "passes"}}}}};
  auto first = push, last = push;
  first.bindings = {{0, false}, {2, true}};
  last.bindings = {{2, false}, {1, true}};
  return {.kernel = std::make_shared<Kernel>(std::move(kernel)),
          .pattern = "two_pass",
          .modules = {MakeModule("sum_first", first), MakeModule("sum_last", last)}};
}

// `rounds` times b = 2 a + round, a and b changing places: the result is in b when rounds is odd, else in a.
inline Binary Doubling() {
  Kernel kernel{.name = "doubling",
                .integers = {{.name = "n"}, {.name = "rounds", .min = 0, .max = 1000}},
                .buffers = {{.name = "a", .type = "uint", .length = "n", .access = Access::kReadWrite},
                            {.name = "b", .type = "uint", .length = "n", .access = Access::kReadWrite}},
                .push_constants = {{.name = "n", .type = "uint"}, {.name = "round", .type = "uint", .value = "ROUND"}},
                .patterns = {{.name = "only",
                              .loops = {{.name = "rounds", .count = "rounds", .index = "ROUND", .swap = {{"a", "b"}}}},
                              .passes = {{.shader = "double.comp", .groups = {"ceil_div(n, 64)"}, .loop = "rounds"}}}}};
  return {.kernel = std::make_shared<Kernel>(std::move(kernel)),
          .pattern = "only",
          .modules = {MakeModule("double", {.push = {{"n", "uint", 0}, {"round", "uint", 4}},
                                            .push_bytes = 8,
                                            .bindings = {{0, false}, {1, true}},
                                            .local_size = {64, 1, 1}})}};
}

// y[i] = ADD + i, ADD and the workgroup size WG specialized.
inline Binary Special(std::int64_t add, std::int64_t wg) {
  Kernel kernel{.name = "special",
                .integers = {{.name = "n"}},
                .buffers = {{.name = "y", .type = "uint", .length = "n", .access = Access::kWrite}},
                .push_constants = {{.name = "n", .type = "uint"}},
                .patterns = {{.name = "only",
                              .parameters = {{.name = "ADD", .values = {1, 2}, .specialize = true},
                                             {.name = "WG", .values = {32, 64}, .specialize = true}},
                              .where = {{.text = "WG <= maxComputeWorkGroupInvocations"}},
                              .passes = {{.shader = "special.comp", .groups = {"ceil_div(n, WG)"}}}}}};
  return {.kernel = std::make_shared<Kernel>(std::move(kernel)),
          .pattern = "only",
          .point = {{"ADD", add}, {"WG", wg}},
          .modules = {MakeModule("special", {.push = {{"n", "uint", 0}},
                                             .push_bytes = 4,
                                             .bindings = {{0, true}},
                                             .spec_constants = {{"WG", 0, "uint"}, {"ADD", 1, "uint"}}})}};
}

// Never ends.
inline Binary Hang() {
  Kernel kernel{.name = "hang",
                .buffers = {{.name = "y", .type = "uint", .length = "1", .access = Access::kReadWrite}},
                .patterns = {{.name = "only", .passes = {{.shader = "hang.comp", .groups = {"65535", "65535", "1"}}}}}};
  return {.kernel = std::make_shared<Kernel>(std::move(kernel)),
          .pattern = "only",
          .modules = {MakeModule("hang", {.bindings = {{0, true}}})}};
}

}  // namespace hone::test
