#include "db/spirv.h"

namespace hone {

std::vector<Instruction> Instructions(std::span<const std::uint32_t> words) {
  std::vector<Instruction> out;
  Walk(words, [&](const Instruction& instruction) {
    out.push_back(instruction);
    return true;
  });
  return out;
}

std::uint32_t WrittenPointer(const Instruction& i) {
  const auto operand = [&](std::size_t index) { return index < i.operands.size() ? i.operands[index] : 0; };
  switch (i.opcode) {
    case kOpStore:
    case kOpCopyMemory:
    case kOpCopyMemorySized:
    case kOpAtomicStore:
    case kOpCooperativeMatrixStoreKHR:
    case kOpCooperativeMatrixStoreNV:
    case kOpCooperativeMatrixStoreTensorNV: return operand(0);
    case kOpAtomicFMinEXT:
    case kOpAtomicFMaxEXT:
    case kOpAtomicFAddEXT: return operand(2);
    default: return i.opcode > kOpAtomicStore && i.opcode <= kOpAtomicXor ? operand(2) : 0;
  }
}

}  // namespace hone
