#include "compiler/reflect.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "db/spirv.h"

namespace hone {
namespace {

using Id = std::uint32_t;

struct Layout {
  std::uint64_t size = 0, align = 1;
};

std::uint64_t RoundUp(std::uint64_t size, std::uint64_t align) { return (size + align - 1) / align * align; }

std::string TextAt(std::span<const std::uint32_t> words) {
  std::string text;
  for (std::uint32_t word : words) {
    for (int byte = 0; byte < 4; ++byte, word >>= 8) {
      if (!(word & 0xff)) return text;
      text += static_cast<char>(word & 0xff);
    }
  }
  return text;
}

class Reflector {
 public:
  explicit Reflector(std::span<const std::uint32_t> words) : instructions_(Instructions(words)) {
    for (const Instruction& i : instructions_) Note(i);
  }

  ModuleInterface Interface() {
    ModuleInterface out;
    std::set<Id> written = WrittenVariables();
    std::uint64_t blocks = 0, plain = 0;
    for (const auto& [id, variable] : variables_) {
      const auto [pointee, storage] = variable;
      if (storage == kStoragePushConstant) Push(pointee, out);
      if (storage == kStorageStorageBuffer) {
        out.bindings.push_back({Decoration(id, kDecorationBinding).value_or(0), written.contains(id)});
      }
      if (storage == kStorageWorkgroup) {
        const std::uint64_t size = LayoutOf(pointee).size;
        // Blocks in shared memory (explicit layout) lie over each other.
        if (Decoration(pointee, kDecorationBlock)) {
          blocks = std::max(blocks, size);
        } else {
          plain = RoundUp(plain, LayoutOf(pointee).align) + size;
        }
      }
    }
    out.shared_bytes = static_cast<std::uint32_t>(std::min<std::uint64_t>(blocks + plain, UINT32_MAX));
    SpecConstants(out);
    LocalSize(out);
    std::sort(out.push.begin(), out.push.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
    std::sort(out.bindings.begin(), out.bindings.end(), [](const auto& a, const auto& b) { return a.binding < b.binding; });
    return out;
  }

  std::vector<std::string> Foreign() {
    std::vector<std::string> found;
    for (const auto& [id, variable] : variables_) {
      const Id storage = variable.second;
      const std::string name = names_.contains(id) && !names_[id].empty() ? " ('" + names_[id] + "')" : "";
      if (storage == kStorageUniform) found.push_back("a uniform buffer" + name);
      if (storage == kStorageUniformConstant) found.push_back("an image, sampler or other descriptor" + name);
      if (storage == kStorageStorageBuffer && Decoration(id, kDecorationDescriptorSet).value_or(0) != 0) {
        found.push_back("a buffer in descriptor set " + std::to_string(*Decoration(id, kDecorationDescriptorSet)) + name);
      }
      if (storage == kStorageStorageBuffer && OpcodeOf(variable.first) != kOpTypeStruct) {
        found.push_back("an array of buffers" + name);
      }
    }
    return found;
  }

 private:
  void Note(const Instruction& i) {
    const auto& o = i.operands;
    switch (i.opcode) {
      case kOpName:
        if (o.size() >= 2) names_[o[0]] = TextAt(o.subspan(1));
        break;
      case kOpMemberName:
        if (o.size() >= 3) member_names_[{o[0], o[1]}] = TextAt(o.subspan(2));
        break;
      case kOpDecorate:
        if (o.size() >= 2) decorations_[{o[0], o[1]}] = o.size() > 2 ? o[2] : 1;
        break;
      case kOpMemberDecorate:
        if (o.size() >= 4 && o[2] == kDecorationOffset) offsets_[{o[0], o[1]}] = o[3];
        break;
      case kOpVariable:
        if (o.size() >= 3) variables_[o[1]] = {Pointee(o[0]), o[2]};
        break;
      case kOpExecutionMode:
      case kOpExecutionModeId: modes_.push_back(i); break;
      default:
        if (i.opcode >= kOpTypeBool && i.opcode <= kOpTypePointer && !o.empty()) types_[o[0]] = i;
        if (i.opcode >= kOpConstantTrue && i.opcode <= kOpSpecConstantOp && o.size() >= 2) constants_[o[1]] = i;
    }
  }

  Id OpcodeOf(Id type) const { return types_.contains(type) ? types_.at(type).opcode : 0; }
  std::span<const Id> OperandsOf(Id type) const {
    return types_.contains(type) ? types_.at(type).operands : std::span<const Id>();
  }
  Id Pointee(Id pointer) const {
    return OpcodeOf(pointer) == kOpTypePointer && OperandsOf(pointer).size() > 2 ? OperandsOf(pointer)[2] : 0;
  }
  std::optional<Id> Decoration(Id id, Id decoration) const {
    const auto at = decorations_.find({id, decoration});
    return at == decorations_.end() ? std::nullopt : std::optional<Id>(at->second);
  }

  std::string ScalarName(Id type) const {
    const auto o = OperandsOf(type);
    const std::string bits = o.size() > 1 ? std::to_string(o[1]) : "";
    switch (OpcodeOf(type)) {
      case kOpTypeBool: return "bool";
      case kOpTypeFloat: return bits == "32" ? "float" : bits == "64" ? "double" : "float" + bits + "_t";
      case kOpTypeInt: {
        const std::string base = o.size() > 2 && o[2] ? "int" : "uint";
        return bits == "32" ? base : base + bits + "_t";
      }
      case kOpTypeVector: return "a vector";
      case kOpTypeMatrix: return "a matrix";
      case kOpTypeArray: return "an array";
      case kOpTypeStruct: return "a structure";
      case kOpTypePointer: return "a buffer reference";
    }
    return "an unknown type";
  }

  // std430. Depth bounds hostile nesting.
  Layout LayoutOf(Id type, int depth = 0) const {
    const auto o = OperandsOf(type);
    if (depth > 32) return {};
    switch (OpcodeOf(type)) {
      case kOpTypeBool: return {4, 4};
      case kOpTypeInt:
      case kOpTypeFloat: return o.size() > 1 ? Layout{o[1] / 8, std::max<std::uint64_t>(o[1] / 8, 1)} : Layout{};
      case kOpTypePointer: return {8, 8};
      case kOpTypeVector:
      case kOpTypeMatrix: {
        if (o.size() < 3) return {};
        const Layout each = LayoutOf(o[1], depth + 1);
        if (OpcodeOf(type) == kOpTypeMatrix) return {RoundUp(each.size, each.align) * o[2], each.align};
        return {each.size * o[2], each.align * (o[2] == 3 ? 4 : o[2])};
      }
      case kOpTypeArray: {
        if (o.size() < 3) return {};
        const Layout each = LayoutOf(o[1], depth + 1);
        const std::uint64_t stride = RoundUp(each.size, each.align);
        const std::int64_t count = Evaluate(o[2]).value_or(0);
        return {count > 0 && count < (1 << 28) ? stride * static_cast<std::uint64_t>(count) : 0, each.align};
      }
      case kOpTypeStruct: {
        Layout all;
        for (std::size_t member = 1; member < o.size(); ++member) {
          const Layout each = LayoutOf(o[member], depth + 1);
          const auto offset = offsets_.find({type, static_cast<Id>(member - 1)});
          const std::uint64_t at = offset != offsets_.end() ? offset->second : RoundUp(all.size, each.align);
          all.size = std::max(all.size, at + each.size);
          all.align = std::max(all.align, each.align);
        }
        return all;
      }
    }
    return {};
  }

  // An integer constant, or what a specialization constant is by default.
  std::optional<std::int64_t> Evaluate(Id id, int depth = 0) const {
    const auto at = constants_.find(id);
    if (at == constants_.end() || depth > 32) return std::nullopt;
    const auto& o = at->second.operands;
    switch (at->second.opcode) {
      case kOpConstantTrue:
      case kOpSpecConstantTrue: return 1;
      case kOpConstantFalse:
      case kOpSpecConstantFalse: return 0;
      case kOpConstant:
      case kOpSpecConstant: return o.size() > 2 ? std::optional<std::int64_t>(o[2]) : std::nullopt;
      case kOpSpecConstantOp: return o.size() > 3 ? EvaluateOp(o, depth) : std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<std::int64_t> EvaluateOp(std::span<const Id> o, int depth) const {
    const std::optional<std::int64_t> a = Evaluate(o[3], depth + 1);
    const std::optional<std::int64_t> b = o.size() > 4 ? Evaluate(o[4], depth + 1) : std::optional<std::int64_t>(0);
    if (!a || !b) return std::nullopt;
    const auto word = [](std::int64_t value) { return static_cast<std::int64_t>(static_cast<std::uint32_t>(value)); };
    switch (o[2]) {
      case 128: return word(*a + *b);  // IAdd
      case 130: return word(*a - *b);  // ISub
      case 132: return word(*a * *b);  // IMul
      case 134:
      case 135: return *b ? std::optional(*a / *b) : std::nullopt;  // UDiv, SDiv
      case 137:
      case 138:
      case 139: return *b ? std::optional(*a % *b) : std::nullopt;              // UMod, SRem, SMod
      case 194: return *b < 32 ? std::optional(*a >> *b) : std::nullopt;        // ShiftRightLogical
      case 196: return *b < 32 ? std::optional(word(*a << *b)) : std::nullopt;  // ShiftLeftLogical
      case 197: return *a | *b;
      case 199: return *a & *b;
      case 170: return *a == *b;  // IEqual
      case 171: return *a != *b;
      case 172:
      case 173: return *a > *b;  // UGreaterThan
      case 174:
      case 175: return *a >= *b;
      case 176:
      case 177: return *a < *b;
      case 178:
      case 179: return *a <= *b;
      case 169: return o.size() > 5 ? (*a ? b : Evaluate(o[5], depth + 1)) : std::nullopt;  // Select
      case 124: return a;                                                                   // Bitcast
    }
    return std::nullopt;
  }

  void Push(Id block, ModuleInterface& out) const {
    const auto o = OperandsOf(block);
    for (std::size_t member = 1; member < o.size(); ++member) {
      const std::pair<Id, Id> key{block, static_cast<Id>(member - 1)};
      const auto name = member_names_.find(key);
      const auto offset = offsets_.find(key);
      const std::uint32_t at = offset != offsets_.end() ? offset->second : 0;
      out.push.push_back({name != member_names_.end() ? name->second : "", ScalarName(o[member]), at});
      out.push_bytes = std::max<std::uint32_t>(out.push_bytes, at + static_cast<std::uint32_t>(LayoutOf(o[member]).size));
    }
  }

  void SpecConstants(ModuleInterface& out) const {
    for (const auto& [key, id] : decorations_) {
      if (key.second != kDecorationSpecId || !constants_.contains(key.first)) continue;
      const auto name = names_.find(key.first);
      out.spec_constants.push_back(
          {name != names_.end() ? name->second : "", id, ScalarName(constants_.at(key.first).operands[0])});
    }
    // local_size_x_id = 0 makes a constant without a name beside the one that is declared with constant_id = 0.
    auto& all = out.spec_constants;
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.id != b.id ? a.id < b.id : a.name > b.name; });
    all.erase(std::unique(all.begin(), all.end(),
                          [](const auto& a, const auto& b) { return a.id == b.id && (b.name.empty() || a.name == b.name); }),
              all.end());
  }

  void LocalSize(ModuleInterface& out) const {
    for (const Instruction& i : modes_) {
      if (i.operands.size() != 5) continue;
      for (std::size_t axis = 0; axis < 3; ++axis) {
        const Id word = i.operands[2 + axis];
        if (i.operands[1] == kLocalSize) out.local_size[axis] = word;
        if (i.operands[1] == kLocalSizeId) out.local_size[axis] = static_cast<std::uint32_t>(Evaluate(word).value_or(1));
      }
    }
    // A constant decorated WorkgroupSize, where there is one, decides.
    for (const auto& [key, value] : decorations_) {
      if (key.second != kDecorationBuiltIn || value != kBuiltInWorkgroupSize || !constants_.contains(key.first)) continue;
      const auto& o = constants_.at(key.first).operands;
      for (std::size_t axis = 0; axis < 3 && axis + 2 < o.size(); ++axis) {
        if (const auto size = Evaluate(o[axis + 2])) out.local_size[axis] = static_cast<std::uint32_t>(*size);
      }
    }
  }

  std::set<Id> WrittenVariables() const {
    std::unordered_map<Id, Id> base;  // of each pointer made from another
    std::set<Id> written;
    for (const Instruction& i : instructions_) {
      const bool derives = (i.opcode >= kOpAccessChain && i.opcode <= kOpInBoundsPtrAccessChain) || i.opcode == kOpCopyObject;
      if (derives && i.operands.size() >= 3) {
        const auto at = base.find(i.operands[2]);
        base[i.operands[1]] = at != base.end() ? at->second : i.operands[2];
      }
      if (const Id pointer = WrittenPointer(i)) {
        const auto at = base.find(pointer);
        written.insert(at != base.end() ? at->second : pointer);
      }
    }
    return written;
  }

  std::vector<Instruction> instructions_, modes_;
  std::map<Id, std::string> names_;
  std::map<std::pair<Id, Id>, std::string> member_names_;
  std::map<std::pair<Id, Id>, Id> decorations_, offsets_;
  std::map<Id, std::pair<Id, Id>> variables_;  // pointee, storage class
  std::map<Id, Instruction> types_, constants_;
};

}  // namespace

ModuleInterface Reflect(std::span<const std::uint32_t> words) { return Reflector(words).Interface(); }
std::vector<std::string> ForeignResources(std::span<const std::uint32_t> words) { return Reflector(words).Foreign(); }

}  // namespace hone
