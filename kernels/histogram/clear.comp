#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 1) restrict writeonly buffer Counts { uint counts[]; };
layout(push_constant) uniform Push { uint n; uint bins; float low; float high; };

void main() {
  const uint i = LinearGroup() * WG + gl_LocalInvocationIndex;
  if (i < bins) counts[i] = 0;
}
