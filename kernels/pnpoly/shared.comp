#version 460
// A workgroup puts CHUNK edges into shared memory, tests its points against them, and goes on to the next.
#extension GL_GOOGLE_include_directive : require
#include "edges.glsl"

shared vec4 edges[CHUNK];

void main() {
  const uint first = LinearGroup() * (WG * PER_LANE) + gl_LocalInvocationIndex;
  vec2 mine[PER_LANE];
  uint crossed[PER_LANE];
  [[unroll]] for (uint p = 0; p < PER_LANE; ++p) {
    mine[p] = first + p * WG < n ? points[first + p * WG] : vec2(0);
    crossed[p] = 0;
  }
  for (uint start = 0; start < vertices; start += CHUNK) {
    const uint count = (min(CHUNK, vertices - start) + UNROLL - 1) / UNROLL * UNROLL;
    barrier();
    for (uint i = gl_LocalInvocationIndex; i < count; i += WG) {
      Edge edge = Edge(0, 0, 0, 0);                       // has no height: passes nothing
      if (start + i < vertices) edge = EdgeAt(start + i);
      edges[i] = vec4(edge.from_y, edge.to_y, edge.slope, edge.from_x);
    }
    barrier();
    for (uint i = 0; i < count; i += UNROLL) {
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) {
        const vec4 e = edges[i + u];
        [[unroll]] for (uint p = 0; p < PER_LANE; ++p) crossed[p] += Crosses(Edge(e.x, e.y, e.z, e.w), mine[p]);
      }
    }
  }
  [[unroll]] for (uint p = 0; p < PER_LANE; ++p) {
    if (first + p * WG < n) inside[first + p * WG] = crossed[p] % 2;
  }
}
