#version 460
#extension GL_GOOGLE_include_directive : require
#include "edges.glsl"

void main() {
  const uint first = LinearGroup() * (WG * PER_LANE) + gl_LocalInvocationIndex;
  vec2 mine[PER_LANE];
  uint crossed[PER_LANE];
  [[unroll]] for (uint p = 0; p < PER_LANE; ++p) {
    mine[p] = first + p * WG < n ? points[first + p * WG] : vec2(0);
    crossed[p] = 0;
  }
  for (uint i = 0; i < vertices; ++i) {
    const Edge edge = EdgeAt(i);
    [[unroll]] for (uint p = 0; p < PER_LANE; ++p) crossed[p] += Crosses(edge, mine[p]);
  }
  [[unroll]] for (uint p = 0; p < PER_LANE; ++p) {
    if (first + p * WG < n) inside[first + p * WG] = crossed[p] % 2;
  }
}
