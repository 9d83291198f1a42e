#include "runtime/features.h"

#include <cstring>

namespace hone {

struct FeatureChain::Structures {
  // VK_KHR_shader_bfloat16, newer than the headers asked for.
  struct Bfloat16Features {
    VkStructureType sType = static_cast<VkStructureType>(1000141000);
    void* pNext = nullptr;
    VkBool32 shaderBFloat16Type = 0;
    VkBool32 shaderBFloat16DotProduct = 0;
    VkBool32 shaderBFloat16CooperativeMatrix = 0;
  };

  vk::PhysicalDeviceFeatures2 core;
  vk::PhysicalDeviceVulkan11Features v11;
  vk::PhysicalDeviceVulkan12Features v12;
  vk::PhysicalDeviceVulkan13Features v13;
  vk::PhysicalDeviceCooperativeMatrixFeaturesKHR coopmat;
  vk::PhysicalDeviceCooperativeMatrix2FeaturesNV coopmat2;
  Bfloat16Features bfloat16;
  vk::PhysicalDeviceWorkgroupMemoryExplicitLayoutFeaturesKHR workgroup_layout;
  vk::PhysicalDeviceShaderAtomicFloatFeaturesEXT atomic_float;
  vk::PhysicalDeviceShaderAtomicFloat2FeaturesEXT atomic_float2;
  vk::PhysicalDeviceShaderSubgroupUniformControlFlowFeaturesKHR uniform_control;
  vk::PhysicalDeviceShaderMaximalReconvergenceFeaturesKHR reconvergence;
  vk::PhysicalDeviceShaderSubgroupRotateFeaturesKHR rotate;
  vk::PhysicalDeviceShaderExpectAssumeFeaturesKHR expect_assume;
  vk::PhysicalDeviceShaderClockFeaturesKHR clock;
  vk::PhysicalDeviceShaderSMBuiltinsFeaturesNV sm_builtins;
  vk::PhysicalDevicePipelineExecutablePropertiesFeaturesKHR executable;
  vk::PhysicalDevicePipelineBinaryFeaturesKHR pipeline_binary;
  vk::PhysicalDeviceMaintenance5FeaturesKHR maintenance5;

  std::set<VkStructureType> linked;
};

// The table. A row: the structure's member, and the feature's Vulkan name.
#define HONE_FEATURES(ROW)                                              \
  ROW(core.features, shaderInt64)                                       \
  ROW(core.features, shaderInt16)                                       \
  ROW(core.features, shaderFloat64)                                     \
  ROW(core.features, shaderStorageBufferArrayDynamicIndexing)           \
  ROW(v11, storageBuffer16BitAccess)                                    \
  ROW(v11, uniformAndStorageBuffer16BitAccess)                          \
  ROW(v11, storagePushConstant16)                                       \
  ROW(v11, variablePointersStorageBuffer)                               \
  ROW(v11, variablePointers)                                            \
  ROW(v12, storageBuffer8BitAccess)                                     \
  ROW(v12, uniformAndStorageBuffer8BitAccess)                           \
  ROW(v12, storagePushConstant8)                                        \
  ROW(v12, shaderBufferInt64Atomics)                                    \
  ROW(v12, shaderSharedInt64Atomics)                                    \
  ROW(v12, shaderFloat16)                                               \
  ROW(v12, shaderInt8)                                                  \
  ROW(v12, scalarBlockLayout)                                           \
  ROW(v12, uniformBufferStandardLayout)                                 \
  ROW(v12, shaderSubgroupExtendedTypes)                                 \
  ROW(v12, hostQueryReset)                                              \
  ROW(v12, timelineSemaphore)                                           \
  ROW(v12, bufferDeviceAddress)                                         \
  ROW(v12, vulkanMemoryModel)                                           \
  ROW(v12, vulkanMemoryModelDeviceScope)                                \
  ROW(v12, vulkanMemoryModelAvailabilityVisibilityChains)               \
  ROW(v13, subgroupSizeControl)                                         \
  ROW(v13, computeFullSubgroups)                                        \
  ROW(v13, synchronization2)                                            \
  ROW(v13, pipelineCreationCacheControl)                                \
  ROW(v13, shaderIntegerDotProduct)                                     \
  ROW(v13, shaderZeroInitializeWorkgroupMemory)                         \
  ROW(v13, maintenance4)                                                \
  ROW(coopmat, cooperativeMatrix)                                       \
  ROW(coopmat2, cooperativeMatrixWorkgroupScope)                        \
  ROW(coopmat2, cooperativeMatrixFlexibleDimensions)                    \
  ROW(coopmat2, cooperativeMatrixReductions)                            \
  ROW(coopmat2, cooperativeMatrixConversions)                           \
  ROW(coopmat2, cooperativeMatrixPerElementOperations)                  \
  ROW(coopmat2, cooperativeMatrixTensorAddressing)                      \
  ROW(coopmat2, cooperativeMatrixBlockLoads)                            \
  ROW(bfloat16, shaderBFloat16Type)                                     \
  ROW(bfloat16, shaderBFloat16DotProduct)                               \
  ROW(bfloat16, shaderBFloat16CooperativeMatrix)                        \
  ROW(workgroup_layout, workgroupMemoryExplicitLayout)                  \
  ROW(workgroup_layout, workgroupMemoryExplicitLayoutScalarBlockLayout) \
  ROW(workgroup_layout, workgroupMemoryExplicitLayout8BitAccess)        \
  ROW(workgroup_layout, workgroupMemoryExplicitLayout16BitAccess)       \
  ROW(atomic_float, shaderBufferFloat32Atomics)                         \
  ROW(atomic_float, shaderBufferFloat32AtomicAdd)                       \
  ROW(atomic_float, shaderBufferFloat64Atomics)                         \
  ROW(atomic_float, shaderBufferFloat64AtomicAdd)                       \
  ROW(atomic_float, shaderSharedFloat32Atomics)                         \
  ROW(atomic_float, shaderSharedFloat32AtomicAdd)                       \
  ROW(atomic_float, shaderSharedFloat64Atomics)                         \
  ROW(atomic_float, shaderSharedFloat64AtomicAdd)                       \
  ROW(atomic_float2, shaderBufferFloat16Atomics)                        \
  ROW(atomic_float2, shaderBufferFloat16AtomicAdd)                      \
  ROW(atomic_float2, shaderBufferFloat16AtomicMinMax)                   \
  ROW(atomic_float2, shaderBufferFloat32AtomicMinMax)                   \
  ROW(atomic_float2, shaderSharedFloat16Atomics)                        \
  ROW(atomic_float2, shaderSharedFloat16AtomicAdd)                      \
  ROW(atomic_float2, shaderSharedFloat16AtomicMinMax)                   \
  ROW(atomic_float2, shaderSharedFloat32AtomicMinMax)                   \
  ROW(uniform_control, shaderSubgroupUniformControlFlow)                \
  ROW(reconvergence, shaderMaximalReconvergence)                        \
  ROW(rotate, shaderSubgroupRotate)                                     \
  ROW(rotate, shaderSubgroupRotateClustered)                            \
  ROW(expect_assume, shaderExpectAssume)                                \
  ROW(clock, shaderSubgroupClock)                                       \
  ROW(clock, shaderDeviceClock)                                         \
  ROW(sm_builtins, shaderSMBuiltins)                                    \
  ROW(executable, pipelineExecutableInfo)                               \
  ROW(pipeline_binary, pipelineBinaries)                                \
  ROW(maintenance5, maintenance5)

namespace {

// One visit of every extension structure: (structure, extension it comes with).
template <typename All, typename Visit>
void ForEachExtensionStructure(All& all, Visit&& visit) {
  visit(all.coopmat, "VK_KHR_cooperative_matrix");
  visit(all.coopmat2, "VK_NV_cooperative_matrix2");
  visit(all.bfloat16, "VK_KHR_shader_bfloat16");
  visit(all.workgroup_layout, "VK_KHR_workgroup_memory_explicit_layout");
  visit(all.atomic_float, "VK_EXT_shader_atomic_float");
  visit(all.atomic_float2, "VK_EXT_shader_atomic_float2");
  visit(all.uniform_control, "VK_KHR_shader_subgroup_uniform_control_flow");
  visit(all.reconvergence, "VK_KHR_shader_maximal_reconvergence");
  visit(all.rotate, "VK_KHR_shader_subgroup_rotate");
  visit(all.expect_assume, "VK_KHR_shader_expect_assume");
  visit(all.clock, "VK_KHR_shader_clock");
  visit(all.sm_builtins, "VK_NV_shader_sm_builtins");
  visit(all.executable, "VK_KHR_pipeline_executable_properties");
  visit(all.pipeline_binary, "VK_KHR_pipeline_binary");
  visit(all.maintenance5, "VK_KHR_maintenance5");
}

template <typename T>
VkStructureType TypeOf(const T& structure) {
  return static_cast<VkStructureType>(structure.sType);
}

}  // namespace

FeatureChain::FeatureChain(std::uint32_t api_version, const std::set<std::string>& extensions)
    : all_(std::make_unique<Structures>()) {
  void** tail = &all_->core.pNext;
  auto link = [&](auto& structure) {
    *tail = &structure;
    tail = reinterpret_cast<void**>(&structure.pNext);
    all_->linked.insert(TypeOf(structure));
  };
  all_->linked.insert(TypeOf(all_->core));
  if (api_version >= VK_API_VERSION_1_2) link(all_->v11), link(all_->v12);
  if (api_version >= VK_API_VERSION_1_3) link(all_->v13);
  ForEachExtensionStructure(*all_, [&](auto& structure, const char* extension) {
    if (extensions.contains(extension)) link(structure);
  });
}

FeatureChain::~FeatureChain() = default;

vk::PhysicalDeviceFeatures2& FeatureChain::head() { return all_->core; }

std::set<std::string> FeatureChain::Names() const {
  std::set<std::string> names;
#define HONE_ROW(part, member) \
  if (all_->part.member) names.insert(#member);
  HONE_FEATURES(HONE_ROW)
#undef HONE_ROW
  return names;
}

bool FeatureChain::Set(std::string_view name) {
#define HONE_ROW(part, member)   \
  if (name == #member) {         \
    all_->part.member = VK_TRUE; \
    return IsLinked(all_->part); \
  }
  auto IsLinked = [this](const auto& part) {
    if constexpr (requires { part.sType; }) {
      return all_->linked.contains(TypeOf(part));
    } else {
      return true;  // VkPhysicalDeviceFeatures, inside the head
    }
  };
  HONE_FEATURES(HONE_ROW)
#undef HONE_ROW
  return false;
}

void FeatureChain::KeepTable() {
  const auto names = Names();
  auto clear = [](auto& structure, const char* = nullptr) {
    auto type = structure.sType;
    auto next = structure.pNext;
    structure = std::remove_reference_t<decltype(structure)>{};
    structure.sType = type;
    structure.pNext = next;
  };
  clear(all_->core), clear(all_->v11), clear(all_->v12), clear(all_->v13);
  ForEachExtensionStructure(*all_, clear);
  for (const auto& name : names) Set(name);
}

// An application may have used the older, finer structures instead of VkPhysicalDeviceVulkan1xFeatures.
#define HONE_OLDER_STRUCTURES(ROW)                                                                   \
  ROW(PhysicalDevice16BitStorageFeatures, v11, storageBuffer16BitAccess)                             \
  ROW(PhysicalDevice16BitStorageFeatures, v11, uniformAndStorageBuffer16BitAccess)                   \
  ROW(PhysicalDevice16BitStorageFeatures, v11, storagePushConstant16)                                \
  ROW(PhysicalDeviceVariablePointersFeatures, v11, variablePointersStorageBuffer)                    \
  ROW(PhysicalDeviceVariablePointersFeatures, v11, variablePointers)                                 \
  ROW(PhysicalDevice8BitStorageFeatures, v12, storageBuffer8BitAccess)                               \
  ROW(PhysicalDevice8BitStorageFeatures, v12, uniformAndStorageBuffer8BitAccess)                     \
  ROW(PhysicalDevice8BitStorageFeatures, v12, storagePushConstant8)                                  \
  ROW(PhysicalDeviceShaderFloat16Int8Features, v12, shaderFloat16)                                   \
  ROW(PhysicalDeviceShaderFloat16Int8Features, v12, shaderInt8)                                      \
  ROW(PhysicalDeviceShaderAtomicInt64Features, v12, shaderBufferInt64Atomics)                        \
  ROW(PhysicalDeviceShaderAtomicInt64Features, v12, shaderSharedInt64Atomics)                        \
  ROW(PhysicalDeviceScalarBlockLayoutFeatures, v12, scalarBlockLayout)                               \
  ROW(PhysicalDeviceShaderSubgroupExtendedTypesFeatures, v12, shaderSubgroupExtendedTypes)           \
  ROW(PhysicalDeviceTimelineSemaphoreFeatures, v12, timelineSemaphore)                               \
  ROW(PhysicalDeviceBufferDeviceAddressFeatures, v12, bufferDeviceAddress)                           \
  ROW(PhysicalDeviceVulkanMemoryModelFeatures, v12, vulkanMemoryModel)                               \
  ROW(PhysicalDeviceVulkanMemoryModelFeatures, v12, vulkanMemoryModelDeviceScope)                    \
  ROW(PhysicalDeviceSubgroupSizeControlFeatures, v13, subgroupSizeControl)                           \
  ROW(PhysicalDeviceSubgroupSizeControlFeatures, v13, computeFullSubgroups)                          \
  ROW(PhysicalDeviceSynchronization2Features, v13, synchronization2)                                 \
  ROW(PhysicalDeviceShaderIntegerDotProductFeatures, v13, shaderIntegerDotProduct)                   \
  ROW(PhysicalDeviceZeroInitializeWorkgroupMemoryFeatures, v13, shaderZeroInitializeWorkgroupMemory) \
  ROW(PhysicalDeviceMaintenance4Features, v13, maintenance4)

void FeatureChain::TakeFrom(const VkDeviceCreateInfo& info) {
  if (info.pEnabledFeatures) all_->core.features = *info.pEnabledFeatures;
  for (auto* in = static_cast<const VkBaseInStructure*>(info.pNext); in; in = in->pNext) {
    auto take = [&](auto& structure, const char* = nullptr) {
      if (TypeOf(structure) != in->sType) return;
      auto* next = structure.pNext;
      std::memcpy(static_cast<void*>(&structure), in, sizeof(structure));
      structure.pNext = next;
    };
    take(all_->core), take(all_->v11), take(all_->v12), take(all_->v13);
    ForEachExtensionStructure(*all_, take);
#define HONE_ROW(older, part, member)                                      \
  if (in->sType == static_cast<VkStructureType>(vk::older::structureType)) \
    all_->part.member |= reinterpret_cast<const vk::older*>(in)->member;
    HONE_OLDER_STRUCTURES(HONE_ROW)
#undef HONE_ROW
  }
}

const std::vector<std::string>& ComputeExtensions() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{
        "VK_KHR_push_descriptor",        "VK_EXT_memory_budget",       "VK_KHR_pipeline_library",
        "VK_KHR_shader_float_controls2", "VK_NV_cooperative_matrix",   "VK_KHR_shader_relaxed_extended_instruction",
        "VK_EXT_device_fault",           "VK_EXT_pipeline_robustness", "VK_EXT_external_memory_host",
    };
    FeatureChain chain(0, {});
    ForEachExtensionStructure(*chain.all_, [&](auto&, const char* extension) { all.emplace_back(extension); });
    return all;
  }();
  return names;
}

}  // namespace hone
