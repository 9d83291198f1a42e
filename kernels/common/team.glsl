// Teams of invocations that share a row's work: a workgroup (ROW_OF 0) or a subgroup (ROW_OF 1). Teams are numbered through the grid;
// sums and maxima over a team reach each of its invocations. Needs WG and grid.glsl.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

#if ROW_OF == 1
uint TeamLane() { return gl_SubgroupInvocationID; }
uint TeamSize() { return min(gl_SubgroupSize, WG); }
uint Team() { return LinearGroup() * gl_NumSubgroups + gl_SubgroupID; }
uint Teams() { return gl_NumWorkGroups.x * gl_NumWorkGroups.y * gl_NumSubgroups; }
float TeamSum(float x) { return subgroupAdd(x); }
float TeamMax(float x) { return subgroupMax(x); }
#else
#define SUBGROUPS 1
#include "workgroup_sum.glsl"
uint TeamLane() { return gl_LocalInvocationIndex; }
uint TeamSize() { return WG; }
uint Team() { return LinearGroup(); }
uint Teams() { return gl_NumWorkGroups.x * gl_NumWorkGroups.y; }
float TeamSum(float x) { return WorkgroupSum(x); }
float TeamMax(float x) { return WorkgroupMax(x); }
#endif
