#version 460
// One workgroup adds up the partial sums.
#extension GL_GOOGLE_include_directive : require
#include "workgroup_sum.glsl"
layout(local_size_x = WG) in;
layout(binding = 1) restrict writeonly buffer Out { float result; };
layout(binding = 2) restrict readonly buffer Partial { float partial[]; };
layout(push_constant) uniform Push { uint n; };

void main() {
  const uint tile = WG * PER_LANE * VEC;
  const uint groups = n / tile + (n % tile > 0 ? 1 : 0);
  float sum = 0;
  for (uint i = gl_LocalInvocationIndex; i < groups; i += WG) sum += partial[i];
  sum = WorkgroupSum(sum);
  if (gl_LocalInvocationIndex == 0) result = sum;
}
