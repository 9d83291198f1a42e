#version 460
// Down a column: of each row three elements are loaded once and serve as below, here and above in turn.
#extension GL_GOOGLE_include_directive : require
#include "grid2d.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;

vec3 Three(uint r, uint c) { return vec3(At(r, c - 1), At(r, c), At(r, c + 1)); }

void main() {
  const uint across = (cols + WG_X - 1) / WG_X;
  const uint c = LinearGroup() % across * WG_X + gl_LocalInvocationID.x;
  const uint first = LinearGroup() / across * (WG_Y * DOWN) + gl_LocalInvocationID.y * DOWN;
  if (c >= cols) return;
  vec3 above = Three(first - 1, c), here = Three(first, c);
  [[unroll]] for (uint step = 0; step < DOWN; ++step) {
    const uint r = first + step;
    const vec3 below = Three(r + 1, c);
    if (r < rows) y[r * cols + c] = OnBorder(r, c) ? here.y : Step(above, here, below);
    above = here;
    here = below;
  }
}
