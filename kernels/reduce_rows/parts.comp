#version 460
// What was found in each row's parts.
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
layout(binding = 2) restrict readonly buffer Partial { float partial[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint op; };
#include "reduction.glsl"

void main() {
  const uint row = LinearGroup() * WG + gl_LocalInvocationIndex;
  if (row >= rows) return;
  float all = partial[row * SPLIT];
  for (uint part = 1; part < SPLIT; ++part) all = Both(all, partial[row * SPLIT + part]);
  y[row] = Signed(all);
}
