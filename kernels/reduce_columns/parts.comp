#version 460
// What was found in each column's parts.
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
layout(local_size_x = 256) in;
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
layout(binding = 2) restrict readonly buffer Partial { float partial[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint op; };
#include "reduction.glsl"

void main() {
  const uint column = LinearGroup() * 256 + gl_LocalInvocationIndex;
  if (column >= cols) return;
  float all = partial[column];
  for (uint part = 1; part < SPLIT; ++part) all = Both(all, partial[part * cols + column]);
  y[column] = Signed(all);
}
