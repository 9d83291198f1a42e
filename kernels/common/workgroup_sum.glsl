// Sums and maxima over the WG invocations of a workgroup (WG: a power of two), for any subgroup size. Every invocation must call;
// every invocation gets the result. Before a second call in one shader: nothing, each call leaves its scratch free.
//
// SUBGROUPS 1: subgroup operations, then one value a subgroup through shared memory. SUBGROUPS 0: a tree in shared memory.
#if SUBGROUPS
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#endif

shared float workgroup_scratch[WG];

#if SUBGROUPS
float WorkgroupSum(float x) {
  x = subgroupAdd(x);
  if (gl_NumSubgroups == 1) return x;
  barrier();
  if (subgroupElect()) workgroup_scratch[gl_SubgroupID] = x;
  barrier();
  float sum = 0;
  for (uint i = gl_SubgroupInvocationID; i < gl_NumSubgroups; i += gl_SubgroupSize) sum += workgroup_scratch[i];
  return subgroupAdd(sum);
}

float WorkgroupMax(float x) {
  x = subgroupMax(x);
  if (gl_NumSubgroups == 1) return x;
  barrier();
  if (subgroupElect()) workgroup_scratch[gl_SubgroupID] = x;
  barrier();
  float top = workgroup_scratch[0];
  for (uint i = gl_SubgroupInvocationID; i < gl_NumSubgroups; i += gl_SubgroupSize) top = max(top, workgroup_scratch[i]);
  return subgroupMax(top);
}
#else
float WorkgroupSum(float x) {
  const uint lane = gl_LocalInvocationIndex;
  barrier();
  workgroup_scratch[lane] = x;
  barrier();
  for (uint half_of = WG / 2; half_of > 0; half_of /= 2) {
    if (lane < half_of) workgroup_scratch[lane] += workgroup_scratch[lane + half_of];
    barrier();
  }
  return workgroup_scratch[0];
}

float WorkgroupMax(float x) {
  const uint lane = gl_LocalInvocationIndex;
  barrier();
  workgroup_scratch[lane] = x;
  barrier();
  for (uint half_of = WG / 2; half_of > 0; half_of /= 2) {
    if (lane < half_of) workgroup_scratch[lane] = max(workgroup_scratch[lane], workgroup_scratch[lane + half_of]);
    barrier();
  }
  return workgroup_scratch[0];
}
#endif
