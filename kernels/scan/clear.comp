#version 460
// No tile is taken and none has published anything.
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 2) restrict writeonly buffer Ticket { uint ticket; };
layout(binding = 3) restrict writeonly buffer State { uint state[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };

void main() {
  const uint tile = WG * PER_LANE * VEC;
  const uint i = LinearGroup() * WG + gl_LocalInvocationIndex;
  if (i < n / tile + (n % tile > 0 ? 1 : 0)) state[2 * SPREAD * i] = state[2 * SPREAD * i + 1] = 0;
  if (i == 0) ticket = 0;
}
