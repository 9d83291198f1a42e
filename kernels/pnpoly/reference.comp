#version 460
#extension GL_GOOGLE_include_directive : require
#define WG 64
#define BETWEEN 0
#include "edges.glsl"

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (i >= n) return;
  uint crossed = 0;
  for (uint edge = 0; edge < vertices; ++edge) crossed += Crosses(EdgeAt(edge), points[i]);
  inside[i] = crossed % 2;
}
