#version 460
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#include "bits.glsl"
#include "grid.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint n; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i < n) y[i] = x[i];
}
