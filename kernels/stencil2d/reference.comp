#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid2d.glsl"
layout(local_size_x = 64) in;

vec3 Three(uint r, uint c) { return vec3(At(r, c - 1), At(r, c), At(r, c + 1)); }

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (i >= rows * cols) return;
  const uint r = i / cols, c = i % cols;
  y[i] = OnBorder(r, c) ? x[i] : Step(Three(r - 1, c), Three(r, c), Three(r + 1, c));
}
