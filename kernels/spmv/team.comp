#version 460
// LANES neighbouring invocations take a row's entries in turn, UNROLL each at a time, and add up with shuffles.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer Starts { uint starts[]; };
layout(binding = 1) restrict readonly buffer Columns { uint columns[]; };
layout(binding = 2) restrict readonly buffer Values { float values[]; };
layout(binding = 3) restrict readonly buffer X { float x[]; };
layout(binding = 4) restrict writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows; };

void main() {
  const uint lane = gl_SubgroupID * gl_SubgroupSize + gl_SubgroupInvocationID;   // teams lie within subgroups
  const uint row = (LinearGroup() * WG + lane) / LANES;
  float sum = 0;
  if (row < rows) {
    const uint end = starts[row + 1];
    uint i = starts[row] + lane % LANES;
    for (; i + (UNROLL - 1) * LANES < end; i += UNROLL * LANES) {
      float products[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) products[u] = values[i + u * LANES] * x[columns[i + u * LANES]];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) sum += products[u];
    }
    for (; i < end; i += LANES) sum += values[i] * x[columns[i]];
  }
  [[unroll]] for (uint apart = LANES / 2; apart > 0; apart /= 2) sum += subgroupShuffleXor(sum, apart);
  if (row < rows && lane % LANES == 0) y[row] = sum;
}
