#version 460
// One workgroup; every sum carries its rounding errors along.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "two_sum.glsl"
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Out { float result; };
layout(push_constant) uniform Push { uint n; };

shared Sum sums[128];

void main() {
  const uint lane = gl_LocalInvocationID.x;
  Sum sum = Sum(0, 0);
  for (uint i = lane; i < n; i += 128 * 16) {
#define STEP(j) Add(sum, i + j * 128 < n ? float(x[i + j * 128]) : 0);
    SIXTEEN_TIMES(STEP)
  }
  sums[lane] = sum;
  barrier();
  if (lane > 0) return;
  for (uint i = 1; i < 128; ++i) Add(sum, sums[i]);
  result = Total(sum);
}
