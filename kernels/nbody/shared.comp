#version 460
// A workgroup reads WG * TILES bodies at a time into shared memory; every invocation adds up their pull on its PER_LANE bodies.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "bodies.glsl"

const uint kTile = WG * TILES;
shared vec4 tile[kTile];

void main() {
  const uint first_body = LinearGroup() * (WG * PER_LANE) + gl_LocalInvocationIndex;
  vec3 places[PER_LANE], sums[PER_LANE];
  [[unroll]] for (uint b = 0; b < PER_LANE; ++b) {
    const uint i = first_body + b * WG;
    places[b] = i < n ? bodies[i].xyz : vec3(0);
    sums[b] = vec3(0);
  }
  for (uint first = 0; first < n; first += kTile) {
    barrier();
    [[unroll]] for (uint t = 0; t < TILES; ++t) {
      const uint i = first + t * WG + gl_LocalInvocationIndex;
      tile[t * WG + gl_LocalInvocationIndex] = i < n ? bodies[i] : vec4(0);   // beyond the end: no mass, no pull
    }
    barrier();
    for (uint i = 0; i < kTile; i += UNROLL) {
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) {
        [[unroll]] for (uint b = 0; b < PER_LANE; ++b) Attract(sums[b], places[b], tile[i + u]);
      }
    }
  }
  [[unroll]] for (uint b = 0; b < PER_LANE; ++b) {
    const uint i = first_body + b * WG;
    if (i < n) accelerations[i] = vec4(sums[b], 0);
  }
}
