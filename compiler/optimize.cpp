#include "compiler/optimize.h"

#include <spirv-tools/libspirv.h>
#include <spirv-tools/libspirv.hpp>
#include <spirv-tools/optimizer.hpp>
#include <unordered_map>

#include "compiler/readback.h"
#include "compiler/reflect.h"
#include "db/error.h"
#include "db/spirv.h"

namespace hone {
namespace {

constexpr spv_target_env kEnvironment = SPV_ENV_VULKAN_1_3;

spvtools::MessageConsumer Into(std::string& text) {
  return [&text](spv_message_level_t level, const char*, const spv_position_t&, const char* message) {
    if (level <= SPV_MSG_ERROR) text += (text.empty() ? "" : "; ") + std::string(message);
  };
}

// spirv-opt's -O without the repetitions of its clean-up passes, and with blocks merged as soon as they can be, before and
// after unrolling: what comes after takes time and memory by the number of blocks. The code is as short:
// tests/compiler/library_test.cpp holds the two against each other on the kernel library.
constexpr const char* kPerformancePasses[] = {
    "--eliminate-dead-branches",
    "--merge-return",
    "--inline-entry-points-exhaustive",
    "--eliminate-dead-functions",
    // Variables to values.
    "--private-to-local",
    "--eliminate-local-single-store",
    "--scalar-replacement=100",
    "--convert-local-access-chains",
    "--ssa-rewrite",
    // As little code as possible to unroll.
    "--ccp",
    "--eliminate-dead-code-aggressive",
    "--eliminate-dead-branches",
    "--merge-blocks",
    "--loop-unroll",
    "--merge-blocks",
    "--redundancy-elimination",
    "--combine-access-chains",
    "--simplify-instructions",
    // Unrolling made the indices of arrays constant: their elements become values, too.
    "--scalar-replacement=100",
    "--convert-local-access-chains",
    "--eliminate-local-single-block",
    "--eliminate-local-single-store",
    "--ssa-rewrite",
    "--vector-dce",
    "--eliminate-dead-inserts",
    "--eliminate-dead-branches",
    "--simplify-instructions",
    "--if-conversion",
    "--copy-propagate-arrays",
    "--reduce-load-size",
    "--eliminate-dead-code-aggressive",
    "--merge-blocks",
    "--redundancy-elimination",
};

void RegisterFlags(spvtools::Optimizer& optimizer, const std::vector<std::string>& flags) {
  if (flags.empty()) return RegisterFlags(optimizer, {"-O"});
  for (const std::string& flag : flags) {
    if (flag == "-O") {
      for (const char* pass : kPerformancePasses) optimizer.RegisterPassFromFlag(pass);
    } else if (flag == "-Os") {
      optimizer.RegisterSizePasses();
    } else if (flag != "none" && !optimizer.RegisterPassFromFlag(flag)) {
      throw Error("spirv-opt has no pass '" + flag + "'");
    }
  }
}

void RegisterCanonical(spvtools::Optimizer& optimizer) {
  optimizer.RegisterPass(spvtools::CreateStripDebugInfoPass());
  optimizer.RegisterPass(spvtools::CreateStripNonSemanticInfoPass());
  optimizer.RegisterPass(spvtools::CreateCompactIdsPass());
}

// LocalSizeId needs the maintenance4 feature; where its operands are ordinary constants LocalSize says the same without it.
Words WithPlainLocalSize(Words words) {
  std::unordered_map<std::uint32_t, std::uint32_t> constants;
  for (const Instruction& i : Instructions(words)) {
    if (i.opcode == kOpConstant && i.operands.size() == 3) constants[i.operands[1]] = i.operands[2];
  }
  std::size_t at = 5;
  while (at < words.size()) {
    const std::uint32_t count = words[at] >> 16;
    if ((words[at] & 0xffff) == kOpExecutionModeId && count == 6 && words[at + 2] == kLocalSizeId) {
      const bool known =
          constants.contains(words[at + 3]) && constants.contains(words[at + 4]) && constants.contains(words[at + 5]);
      if (known) {
        words[at] = (6u << 16) | kOpExecutionMode;
        words[at + 2] = kLocalSize;
        for (std::size_t i = 3; i < 6; ++i) words[at + i] = constants[words[at + i]];
      }
    }
    if (count == 0) break;
    at += count;
  }
  return words;
}

Words Run(spvtools::Optimizer& optimizer, const Words& words) {
  std::string message;
  optimizer.SetMessageConsumer(Into(message));
  spvtools::OptimizerOptions options;
  options.set_run_validator(false);
  Words out;
  if (!optimizer.Run(words.data(), words.size(), &out, options)) {
    throw Error("SPIRV-Tools could not optimise this module: " + (message.empty() ? "no reason given" : message));
  }
  return WithPlainLocalSize(std::move(out));
}

std::unordered_map<std::uint32_t, std::string> SpecValues(const ModuleInterface& interface, const Values& point) {
  std::unordered_map<std::uint32_t, std::string> values;
  for (const ModuleInterface::SpecConstant& constant : interface.spec_constants) {
    const Value* value = point.Find(constant.name);
    if (!value) continue;
    if (value->index() != 0) throw Error("specialization constant '" + constant.name + "' is no integer: " + ToText(*value));
    const bool is_bool = constant.type == "bool";
    values[constant.id] = is_bool ? (std::get<0>(*value) ? "true" : "false") : ToText(*value);
  }
  return values;
}

}  // namespace

bool IsOptimizerFlag(std::string_view flag) {
  if (flag == "-O" || flag == "-Os" || flag == "none") return true;
  if (!flag.starts_with("--")) return false;
  spvtools::Optimizer optimizer(kEnvironment);
  std::string ignored;
  optimizer.SetMessageConsumer(Into(ignored));
  return optimizer.RegisterPassFromFlag(std::string(flag));
}

Words Optimize(const Words& words, const std::vector<std::string>& flags) {
  spvtools::Optimizer optimizer(kEnvironment);
  RegisterFlags(optimizer, flags);
  RegisterCanonical(optimizer);
  return Run(optimizer, words);
}

Words FreezeWords(const Words& words, const ModuleInterface& interface, const Values& point,
                  const std::vector<std::string>& flags) {
  const auto freeze = [&](bool unroll) {
    spvtools::Optimizer optimizer(kEnvironment);
    optimizer.RegisterPass(spvtools::CreateSetSpecConstantDefaultValuePass(SpecValues(interface, point)));
    optimizer.RegisterPass(spvtools::CreateFreezeSpecConstantValuePass());
    optimizer.RegisterPass(spvtools::CreateFoldSpecConstantOpAndCompositePass());
    RegisterFlags(optimizer, flags);
    if (unroll) {
      optimizer.RegisterPass(spvtools::CreateLoopUnrollPass(true));
      RegisterFlags(optimizer, flags);
    }
    RegisterCanonical(optimizer);
    return Run(optimizer, words);
  };
  const bool may_unroll = flags.empty() || flags == std::vector<std::string>{"-O"};
  if (may_unroll) {
    // Unrolling is worth trying, never worth an invalid module.
    try {
      if (Words unrolled = freeze(true); Validate(unrolled).empty()) return unrolled;
    } catch (const Error&) {
    }
  }
  return freeze(false);
}

Module Freeze(const Module& module, const Values& point, const std::vector<std::string>& flags) {
  if (module.interface.spec_constants.empty()) return module;
  const auto require_valid = [&](const Words& words, const char* when) {
    const std::string fact = Validate(words);
    if (!fact.empty()) throw Error("module " + module.hash.ToHex() + " is not valid SPIR-V" + when + ": " + fact);
  };
  require_valid(module.words, "");  // it may come from anybody's database
  Module frozen;
  frozen.words = FreezeWords(module.words, module.interface, point, flags);
  require_valid(frozen.words, " once its specialization constants are frozen");
  frozen.hash = HashOf(std::span<const std::uint32_t>(frozen.words));
  frozen.interface = module.interface;
  frozen.interface.spec_constants.clear();
  const ModuleInterface after = Reflect(frozen.words);
  frozen.interface.local_size = after.local_size;
  frozen.interface.shared_bytes = after.shared_bytes;
  return frozen;
}

std::string Disassemble(const Words& words) {
  spvtools::SpirvTools tools(kEnvironment);
  std::string text, message;
  tools.SetMessageConsumer(Into(message));
  constexpr std::uint32_t kOptions =
      SPV_BINARY_TO_TEXT_OPTION_NO_HEADER | SPV_BINARY_TO_TEXT_OPTION_INDENT | SPV_BINARY_TO_TEXT_OPTION_FRIENDLY_NAMES;
  if (!tools.Disassemble(words, &text, kOptions)) throw Error("these words are no SPIR-V: " + message);
  return text;
}

std::string OptimizerVersion() { return spvSoftwareVersionString(); }

std::string Validate(const Words& words) {
  spvtools::SpirvTools tools(kEnvironment);
  std::string message;
  spvtools::ValidatorOptions options;
  options.SetWorkgroupScalarBlockLayout(true);
  options.SetScalarBlockLayout(true);
  options.SetAllowLocalSizeId(true);
  // Names for all ids cost a fifth of the time, and only a message needs them.
  options.SetFriendlyNames(false);
  if (tools.Validate(words.data(), words.size(), options)) return "";
  options.SetFriendlyNames(true);
  tools.SetMessageConsumer(Into(message));
  tools.Validate(words.data(), words.size(), options);
  return message.empty() ? "not valid SPIR-V" : message;
}

}  // namespace hone
