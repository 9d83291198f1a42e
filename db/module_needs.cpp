// Source: the tables of capabilities in "Vulkan Environment for SPIR-V", an appendix of the Vulkan specification.
#include "db/module_needs.h"

#include <algorithm>
#include <map>
#include <optional>

#include "db/spirv.h"

namespace hone {
namespace {

struct Row {
  std::uint32_t number;
  std::string_view name;
  std::string_view feature = "";
  std::string_view or_feature = "";
};

constexpr Row kCapabilities[] = {
    {1, "Shader"},
    {9, "Float16", "shaderFloat16"},
    {10, "Float64", "shaderFloat64"},
    {11, "Int64", "shaderInt64"},
    {12, "Int64Atomics", "shaderBufferInt64Atomics", "shaderSharedInt64Atomics"},
    {22, "Int16", "shaderInt16"},
    {30, "StorageBufferArrayDynamicIndexing", "shaderStorageBufferArrayDynamicIndexing"},
    {39, "Int8", "shaderInt8"},
    {61, "GroupNonUniform", "subgroupBasic"},
    {62, "GroupNonUniformVote", "subgroupVote"},
    {63, "GroupNonUniformArithmetic", "subgroupArithmetic"},
    {64, "GroupNonUniformBallot", "subgroupBallot"},
    {65, "GroupNonUniformShuffle", "subgroupShuffle"},
    {66, "GroupNonUniformShuffleRelative", "subgroupShuffleRelative"},
    {67, "GroupNonUniformClustered", "subgroupClustered"},
    {68, "GroupNonUniformQuad", "subgroupQuad"},
    {4428, "WorkgroupMemoryExplicitLayoutKHR", "workgroupMemoryExplicitLayout"},
    {4429, "WorkgroupMemoryExplicitLayout8BitAccessKHR", "workgroupMemoryExplicitLayout8BitAccess"},
    {4430, "WorkgroupMemoryExplicitLayout16BitAccessKHR", "workgroupMemoryExplicitLayout16BitAccess"},
    {4433, "StorageBuffer16BitAccess", "storageBuffer16BitAccess"},
    {4434, "UniformAndStorageBuffer16BitAccess", "uniformAndStorageBuffer16BitAccess"},
    {4435, "StoragePushConstant16", "storagePushConstant16"},
    {4441, "VariablePointersStorageBuffer", "variablePointersStorageBuffer"},
    {4442, "VariablePointers", "variablePointers"},
    {4448, "StorageBuffer8BitAccess", "storageBuffer8BitAccess"},
    {4449, "UniformAndStorageBuffer8BitAccess", "uniformAndStorageBuffer8BitAccess"},
    {4450, "StoragePushConstant8", "storagePushConstant8"},
    {5055, "ShaderClockKHR", "shaderSubgroupClock", "shaderDeviceClock"},
    {5116, "BFloat16TypeKHR", "shaderBFloat16Type"},
    {5117, "BFloat16DotProductKHR", "shaderBFloat16DotProduct"},
    {5118, "BFloat16CooperativeMatrixKHR", "shaderBFloat16CooperativeMatrix"},
    {5345, "VulkanMemoryModel", "vulkanMemoryModel"},
    {5346, "VulkanMemoryModelDeviceScope", "vulkanMemoryModelDeviceScope"},
    {5347, "PhysicalStorageBufferAddresses", "bufferDeviceAddress"},
    {5373, "ShaderSMBuiltinsNV", "shaderSMBuiltins"},
    {5430, "CooperativeMatrixReductionsNV", "cooperativeMatrixReductions"},
    {5431, "CooperativeMatrixConversionsNV", "cooperativeMatrixConversions"},
    {5432, "CooperativeMatrixPerElementOperationsNV", "cooperativeMatrixPerElementOperations"},
    {5433, "CooperativeMatrixTensorAddressingNV", "cooperativeMatrixTensorAddressing"},
    {5434, "CooperativeMatrixBlockLoadsNV", "cooperativeMatrixBlockLoads"},
    {5439, "TensorAddressingNV", "cooperativeMatrixTensorAddressing"},
    {5612, "AtomicFloat32MinMaxEXT", "shaderBufferFloat32AtomicMinMax", "shaderSharedFloat32AtomicMinMax"},
    {5616, "AtomicFloat16MinMaxEXT", "shaderBufferFloat16AtomicMinMax", "shaderSharedFloat16AtomicMinMax"},
    {5629, "ExpectAssumeKHR", "shaderExpectAssume"},
    {6016, "DotProductInputAll", "shaderIntegerDotProduct"},
    {6017, "DotProductInput4x8Bit", "shaderIntegerDotProduct"},
    {6018, "DotProductInput4x8BitPacked", "shaderIntegerDotProduct"},
    {6019, "DotProduct", "shaderIntegerDotProduct"},
    {6022, "CooperativeMatrixKHR", "cooperativeMatrix"},
    {6026, "GroupNonUniformRotateKHR", "shaderSubgroupRotate"},
    {6033, "AtomicFloat32AddEXT", "shaderBufferFloat32AtomicAdd", "shaderSharedFloat32AtomicAdd"},
    {6034, "AtomicFloat64AddEXT", "shaderBufferFloat64AtomicAdd", "shaderSharedFloat64AtomicAdd"},
    {6095, "AtomicFloat16AddEXT", "shaderBufferFloat16AtomicAdd", "shaderSharedFloat16AtomicAdd"},
};

constexpr Row kExecutionModes[] = {
    {38, "LocalSizeId", "maintenance4"},
    {4421, "SubgroupUniformControlFlowKHR", "shaderSubgroupUniformControlFlow"},
    {6023, "MaximallyReconvergesKHR", "shaderMaximalReconvergence"},
};

const Row* Find(std::span<const Row> rows, std::uint32_t number) {
  const auto found = std::ranges::find(rows, number, &Row::number);
  return found == rows.end() ? nullptr : &*found;
}

ModuleNeed NeedOf(const Row& row) {
  ModuleNeed need{row.name, {}};
  for (const std::string_view feature : {row.feature, row.or_feature}) {
    if (!feature.empty()) need.features.push_back(feature);
  }
  return need;
}

}  // namespace

std::vector<ModuleNeed> ReadNeeds(std::span<const std::uint32_t> words) {
  std::vector<ModuleNeed> needs;
  Walk(words, [&](const Instruction& instruction) {
    const auto& [opcode, o] = instruction;
    if (opcode >= kOpTypeVoid && opcode <= kOpTypeFunction) return false;  // the beginning is over
    const Row* row = nullptr;
    if (opcode == kOpCapability && !o.empty()) row = Find(kCapabilities, o[0]);
    if ((opcode == kOpExecutionMode || opcode == kOpExecutionModeId) && o.size() > 1) row = Find(kExecutionModes, o[1]);
    if (row) needs.push_back(NeedOf(*row));
    return true;
  });
  return needs;
}

std::array<std::uint32_t, 3> LocalSizeAt(const Module& module, const Values& point) {
  std::array<std::uint32_t, 3> size = module.interface.local_size, ids{};
  if (module.interface.spec_constants.empty()) return size;
  std::map<std::uint32_t, std::uint32_t> spec_ids;  // of results
  std::uint32_t workgroup_size = 0;                 // the result that is it, where there is one
  Walk(module.words, [&](const Instruction& instruction) {
    const auto& [opcode, o] = instruction;
    if (opcode == kOpDecorate && o.size() == 3 && o[1] == kDecorationSpecId) spec_ids[o[0]] = o[2];
    if (opcode == kOpDecorate && o.size() == 3 && o[1] == kDecorationBuiltIn && o[2] == kBuiltInWorkgroupSize)
      workgroup_size = o[0];
    const bool composes = (opcode == kOpConstantComposite || opcode == kOpSpecConstantComposite) && o.size() == 5;
    const bool is_mode = opcode == kOpExecutionModeId && o.size() == 5 && o[1] == kLocalSizeId;
    if (is_mode || (composes && o[1] == workgroup_size)) std::copy_n(o.begin() + 2, 3, ids.begin());
    return opcode != kOpFunction;
  });
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto spec_id = spec_ids.find(ids[axis]);
    if (spec_id == spec_ids.end()) continue;
    const auto& constants = module.interface.spec_constants;
    const auto constant = std::ranges::find(constants, spec_id->second, &ModuleInterface::SpecConstant::id);
    const auto value = constant == constants.end() ? std::nullopt : point.Integer(constant->name);
    if (value) size[axis] = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*value, 0, UINT32_MAX));
  }
  return size;
}

std::string MissingFeature(std::span<const std::uint32_t> words, const DeviceInfo& device) {
  for (const ModuleNeed& need : ReadNeeds(words)) {
    const auto has = [&](std::string_view feature) { return device.features.contains(std::string(feature)); };
    if (need.features.empty() || std::ranges::any_of(need.features, has)) continue;
    return "feature " + std::string(need.features[0]) + " is missing (for " + std::string(need.what) + ")";
  }
  return "";
}

std::string CapabilityName(std::uint32_t number) {
  const Row* row = Find(kCapabilities, number);
  return row ? std::string(row->name) : std::to_string(number);
}

}  // namespace hone
