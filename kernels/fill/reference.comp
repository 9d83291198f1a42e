#version 460
#extension GL_GOOGLE_include_directive : require
#define VEC 1
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint n; float value; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i < n) y[i] = T(value);
}
