#version 460
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer In { T from[]; };
layout(binding = 1) writeonly buffer Out { T to[]; };
layout(push_constant) uniform Push { uint n0; uint n1; uint n2; uint p0; uint p1; uint p2; };

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationID.x;
  if (i >= n0 * n1 * n2) return;
  const uint size[3] = uint[](n0, n1, n2);
  const uint place[3] = uint[](i / (n1 * n2), i / n2 % n1, i % n2);
  to[(place[p0] * size[p1] + place[p1]) * size[p2] + place[p2]] = from[i];
}
