// Just enough SPIR-V to walk a module. Numbers are those of the SPIR-V specification, 3.42 and the extensions named.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hone {

struct Instruction {
  std::uint32_t opcode = 0;
  std::span<const std::uint32_t> operands;  // every word after the first: result type and result id count
};

// Calls visit(instruction) for each instruction of a module, which points into `words`, until it returns false. False: the
// module is damaged, and those up to the first damaged one were visited.
template <typename Visit>
bool Walk(std::span<const std::uint32_t> words, Visit&& visit) {
  constexpr std::size_t kHeaderWords = 5;
  for (std::size_t at = kHeaderWords; at < words.size();) {
    const std::size_t count = words[at] >> 16;
    if (count == 0 || count > words.size() - at) return false;
    if (!visit(Instruction{words[at] & 0xffff, words.subspan(at + 1, count - 1)})) return true;
    at += count;
  }
  return true;
}

// All of them at once; those up to the first damaged one when the module is damaged.
std::vector<Instruction> Instructions(std::span<const std::uint32_t> words);

enum : std::uint32_t {
  kOpName = 5,
  kOpMemberName = 6,
  kOpEntryPoint = 15,
  kOpExecutionMode = 16,
  kOpCapability = 17,
  kOpTypeVoid = 19,
  kOpTypeBool = 20,
  kOpTypeInt = 21,
  kOpTypeFloat = 22,
  kOpTypeVector = 23,
  kOpTypeMatrix = 24,
  kOpTypeArray = 28,
  kOpTypeRuntimeArray = 29,
  kOpTypeStruct = 30,
  kOpTypePointer = 32,
  kOpTypeFunction = 33,
  kOpConstantTrue = 41,
  kOpConstantFalse = 42,
  kOpConstant = 43,
  kOpConstantComposite = 44,
  kOpSpecConstantTrue = 48,
  kOpSpecConstantFalse = 49,
  kOpSpecConstant = 50,
  kOpSpecConstantComposite = 51,
  kOpSpecConstantOp = 52,
  kOpFunction = 54,
  kOpFunctionCall = 57,
  kOpVariable = 59,
  kOpLoad = 61,
  kOpStore = 62,
  kOpCopyMemory = 63,
  kOpCopyMemorySized = 64,
  kOpAccessChain = 65,
  kOpInBoundsAccessChain = 66,
  kOpPtrAccessChain = 67,
  kOpInBoundsPtrAccessChain = 70,
  kOpDecorate = 71,
  kOpMemberDecorate = 72,
  kOpCompositeExtract = 81,
  kOpCopyObject = 83,
  kOpControlBarrier = 224,
  kOpMemoryBarrier = 225,
  kOpAtomicLoad = 227,
  kOpAtomicStore = 228,
  kOpAtomicXor = 242,
  kOpLoopMerge = 246,
  kOpBranchConditional = 250,
  kOpSwitch = 251,
  kOpExecutionModeId = 331,
  kOpCooperativeMatrixLoadKHR = 4457,
  kOpCooperativeMatrixStoreKHR = 4458,
  kOpCooperativeMatrixMulAddKHR = 4459,
  kOpCooperativeMatrixStoreNV = 5360,
  kOpCooperativeMatrixLoadTensorNV = 5367,
  kOpCooperativeMatrixStoreTensorNV = 5368,
  kOpAtomicFMinEXT = 5614,
  kOpAtomicFMaxEXT = 5615,
  kOpAtomicFAddEXT = 6035,

  kLocalSize = 17,
  kLocalSizeId = 38,  // execution modes
  kDecorationSpecId = 1,
  kDecorationBlock = 2,
  kDecorationBuiltIn = 11,
  kDecorationBinding = 33,
  kDecorationDescriptorSet = 34,
  kDecorationOffset = 35,
  kBuiltInNumWorkgroups = 24,
  kBuiltInWorkgroupSize = 25,
  kStorageUniformConstant = 0,
  kStorageUniform = 2,
  kStorageWorkgroup = 4,
  kStoragePushConstant = 9,
  kStorageStorageBuffer = 12,
};

// The pointer that an instruction writes through, or 0.
std::uint32_t WrittenPointer(const Instruction& instruction);

}  // namespace hone
