// Instruction counts by class. Opcode numbers: SPIR-V specification 3.49 and its extensions.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "compiler/readback.h"
#include "db/module_needs.h"
#include "db/spirv.h"

namespace hone {
namespace {

struct Range {
  std::uint32_t first, last;
  const char* name;
};

constexpr Range kClasses[] = {
    {12, 12, "extended arithmetic"},  // sqrt, fma, pow …
    {57, 57, "call"},
    {61, 61, "load"},  // and stores: told apart by storage class below
    {62, 64, "store"},
    {65, 70, "address"},
    {77, 84, "move"},  // vectors and structures taken apart and put together
    {109, 124, "conversion"},
    {126, 126, "integer arithmetic"},
    {127, 127, "float arithmetic"},
    {128, 128, "integer arithmetic"},
    {129, 129, "float arithmetic"},
    {130, 130, "integer arithmetic"},
    {131, 131, "float arithmetic"},
    {132, 132, "integer arithmetic"},
    {133, 133, "float arithmetic"},
    {134, 135, "integer arithmetic"},
    {136, 136, "float arithmetic"},
    {137, 139, "integer arithmetic"},
    {140, 148, "float arithmetic"},
    {149, 152, "integer arithmetic"},
    {154, 191, "comparison and logic"},
    {194, 205, "bits"},  // shifts, and, or, xor, bit fields
    {224, 225, "barrier"},
    {227, 242, "atomic"},
    {245, 245, "move"},          // phi
    {246, 253, "control flow"},  // merges, branches, returns; labels are not counted
    {255, 255, "control flow"},
    {333, 366, "subgroup"},
    {400, 400, "move"},
    {4421, 4450, "integer arithmetic"},
    {4456, 4461, "cooperative matrix"},
    {5289, 5300, "cooperative matrix"},
    {5358, 5372, "cooperative matrix"},
    {5614, 5615, "atomic"},
    {6035, 6035, "atomic"},
};

const char* ClassOf(std::uint32_t opcode) {
  for (const Range& range : kClasses) {
    if (opcode >= range.first && opcode <= range.last) return range.name;
  }
  return "other";
}

std::string MemoryName(std::uint32_t storage) {
  switch (storage) {
    case kStorageStorageBuffer: return "global";
    case 5349: return "global";  // physical storage buffer
    case kStorageWorkgroup: return "shared";
    case kStoragePushConstant: return "push constant";
  }
  return "local";
}

}  // namespace

ModuleStats Stats(const Module& module) {
  ModuleStats stats;
  stats.size_bytes = static_cast<std::uint32_t>(module.words.size() * 4);
  stats.shared_bytes = module.interface.shared_bytes;
  std::unordered_map<std::uint32_t, std::uint32_t> pointer_storage;  // pointer type -> storage class
  std::unordered_map<std::uint32_t, std::uint32_t> storage_of;       // pointer id -> storage class
  bool inside = false;
  for (const Instruction& i : Instructions(module.words)) {
    const auto& o = i.operands;
    if (i.opcode == kOpCapability && !o.empty()) stats.capabilities.push_back(CapabilityName(o[0]));
    if (i.opcode == kOpTypePointer && o.size() > 1) pointer_storage[o[0]] = o[1];
    if (o.size() > 1) {
      if (const auto at = pointer_storage.find(o[0]); at != pointer_storage.end()) storage_of[o[1]] = at->second;
    }
    if (i.opcode == kOpFunction) {
      ++stats.functions;
      inside = true;
      continue;
    }
    const bool is_frame =
        i.opcode == 55 || i.opcode == 56 || i.opcode == 248 || i.opcode == kOpVariable || i.opcode == 8 || i.opcode == 317;
    if (!inside || is_frame) continue;  // parameters, ends, labels, variables, line information
    ++stats.instructions;
    stats.loops += i.opcode == kOpLoopMerge;
    std::string name = ClassOf(i.opcode);
    if (name == "load" || name == "store") {
      const std::size_t at = name == "load" ? 2 : 0;
      const auto storage = at < o.size() ? storage_of.find(o[at]) : storage_of.end();
      name = MemoryName(storage != storage_of.end() ? storage->second : 0) + " " + name;
    }
    ++stats.by_class[name];
  }
  std::sort(stats.capabilities.begin(), stats.capabilities.end());
  return stats;
}

std::string StatsText(const Module& module, const Values& point, const std::vector<std::string>& buffers) {
  const ModuleStats stats = Stats(module);
  const ModuleInterface& interface = module.interface;
  std::string text;
  const auto line = [&](const std::string& name, const std::string& value) {
    text += name + std::string(name.size() < 24 ? 24 - name.size() : 1, ' ') + value + "\n";
  };
  line("module", module.hash.ToHex());
  line("size", std::to_string(stats.size_bytes) + " bytes");
  const auto size = LocalSizeAt(module, point);
  line("local size", std::to_string(size[0]) + " x " + std::to_string(size[1]) + " x " + std::to_string(size[2]));
  line("shared memory", std::to_string(stats.shared_bytes) + " bytes");
  line("instructions", std::to_string(stats.instructions) + " in " + std::to_string(stats.functions) +
                           (stats.functions == 1 ? " function, " : " functions, ") + std::to_string(stats.loops) +
                           (stats.loops == 1 ? " loop" : " loops"));
  for (const auto& [name, count] : stats.by_class) line("  " + name, std::to_string(count));
  std::string capabilities;
  for (const std::string& name : stats.capabilities) capabilities += (capabilities.empty() ? "" : " ") + name;
  line("capabilities", capabilities);
  for (const auto& push : interface.push)
    line("push constant", push.name + ": " + push.type + " at byte " + std::to_string(push.offset));
  std::map<std::uint32_t, bool> written;  // a buffer may be declared twice, by different types
  for (const auto& binding : interface.bindings) written[binding.binding] |= binding.writes;
  for (const auto& [number, writes] : written) {
    const std::string name = number < buffers.size() ? " " + buffers[number] : "";
    line("binding " + std::to_string(number) + name, writes ? "written" : "read");
  }
  for (const auto& constant : interface.spec_constants) {
    line("specialization constant", constant.name + ": " + constant.type + ", id " + std::to_string(constant.id));
  }
  return text;
}

}  // namespace hone
