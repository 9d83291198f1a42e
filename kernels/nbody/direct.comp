#version 460
// Every invocation walks over all bodies; the loads of a subgroup are one and the same.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "bodies.glsl"

void main() {
  const uint first_body = LinearGroup() * (WG * PER_LANE) + gl_LocalInvocationIndex;
  vec3 places[PER_LANE], sums[PER_LANE];
  [[unroll]] for (uint b = 0; b < PER_LANE; ++b) {
    const uint i = first_body + b * WG;
    places[b] = i < n ? bodies[i].xyz : vec3(0);
    sums[b] = vec3(0);
  }
  uint i = 0;
  for (; i + UNROLL <= n; i += UNROLL) {
    [[unroll]] for (uint u = 0; u < UNROLL; ++u) {
      const vec4 body = bodies[i + u];
      [[unroll]] for (uint b = 0; b < PER_LANE; ++b) Attract(sums[b], places[b], body);
    }
  }
  for (; i < n; ++i) {
    const vec4 body = bodies[i];
    [[unroll]] for (uint b = 0; b < PER_LANE; ++b) Attract(sums[b], places[b], body);
  }
  [[unroll]] for (uint b = 0; b < PER_LANE; ++b) {
    const uint to = first_body + b * WG;
    if (to < n) accelerations[to] = vec4(sums[b], 0);
  }
}
