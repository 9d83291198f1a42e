#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid3d.glsl"
layout(local_size_x = 64) in;

void main() {
  const uint at = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (at >= nx * ny * nz) return;
  const uint i = at % nx, j = at / nx % ny, k = at / nx / ny;
  y[at] = OnBorder(k, j, i) ? x[at]
                            : Step(x[at], At(k - 1, j, i), At(k + 1, j, i), At(k, j - 1, i), At(k, j + 1, i), At(k, j, i - 1), At(k, j, i + 1));
}
