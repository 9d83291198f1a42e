// Features a manifest may require: those that runtime/features.cpp asks devices for. A test holds the two lists together.
#include "compiler/manifest_reader.h"

namespace hone {

const Names& FeatureNames() {
  static const Names names{
      "bufferDeviceAddress", "computeFullSubgroups", "cooperativeMatrix", "cooperativeMatrixBlockLoads",
      "cooperativeMatrixConversions", "cooperativeMatrixFlexibleDimensions", "cooperativeMatrixPerElementOperations",
      "cooperativeMatrixReductions", "cooperativeMatrixTensorAddressing", "cooperativeMatrixWorkgroupScope",
      "hostQueryReset", "maintenance4", "maintenance5", "pipelineBinaries", "pipelineCreationCacheControl",
      "pipelineExecutableInfo", "scalarBlockLayout", "shaderBFloat16CooperativeMatrix", "shaderBFloat16DotProduct",
      "shaderBFloat16Type", "shaderBufferFloat16AtomicAdd", "shaderBufferFloat16AtomicMinMax",
      "shaderBufferFloat16Atomics", "shaderBufferFloat32AtomicAdd", "shaderBufferFloat32AtomicMinMax",
      "shaderBufferFloat32Atomics", "shaderBufferFloat64AtomicAdd", "shaderBufferFloat64Atomics",
      "shaderBufferInt64Atomics", "shaderDeviceClock", "shaderExpectAssume", "shaderFloat16", "shaderFloat64",
      "shaderInt16", "shaderInt64", "shaderInt8", "shaderIntegerDotProduct", "shaderMaximalReconvergence",
      "shaderSMBuiltins", "shaderSharedFloat16AtomicAdd", "shaderSharedFloat16AtomicMinMax",
      "shaderSharedFloat16Atomics", "shaderSharedFloat32AtomicAdd", "shaderSharedFloat32AtomicMinMax",
      "shaderSharedFloat32Atomics", "shaderSharedFloat64AtomicAdd", "shaderSharedFloat64Atomics",
      "shaderSharedInt64Atomics", "shaderStorageBufferArrayDynamicIndexing", "shaderSubgroupClock",
      "shaderSubgroupExtendedTypes", "shaderSubgroupRotate", "shaderSubgroupRotateClustered",
      "shaderSubgroupUniformControlFlow", "shaderZeroInitializeWorkgroupMemory", "storageBuffer16BitAccess",
      "storageBuffer8BitAccess", "storagePushConstant16", "storagePushConstant8", "subgroupSizeControl",
      "synchronization2", "timelineSemaphore", "uniformAndStorageBuffer16BitAccess",
      "uniformAndStorageBuffer8BitAccess", "uniformBufferStandardLayout", "variablePointers",
      "variablePointersStorageBuffer", "vulkanMemoryModel", "vulkanMemoryModelAvailabilityVisibilityChains",
      "vulkanMemoryModelDeviceScope", "workgroupMemoryExplicitLayout", "workgroupMemoryExplicitLayout16BitAccess",
      "workgroupMemoryExplicitLayout8BitAccess", "workgroupMemoryExplicitLayoutScalarBlockLayout",
  };
  return names;
}

}  // namespace hone
