#version 460
// A tile of WG_X * ACROSS by WG_Y * DOWN points and the points around it through shared memory.
#extension GL_GOOGLE_include_directive : require
#include "grid2d.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;

const uint kWide = WG_X * ACROSS, kHigh = WG_Y * DOWN;
shared float tile[kHigh + 2][kWide + 2];

vec3 Three(uint r, uint c) { return vec3(tile[r][c - 1], tile[r][c], tile[r][c + 1]); }

void main() {
  const uint tiles = (cols + kWide - 1) / kWide;
  const uint first_r = LinearGroup() / tiles * kHigh, first_c = LinearGroup() % tiles * kWide;
  if (first_r >= rows) return;
  for (uint r = gl_LocalInvocationID.y; r < kHigh + 2; r += WG_Y) {
    for (uint c = gl_LocalInvocationID.x; c < kWide + 2; c += WG_X) tile[r][c] = At(first_r + r - 1, first_c + c - 1);
  }
  barrier();
  [[unroll]] for (uint down = 0; down < DOWN; ++down) {
    [[unroll]] for (uint across = 0; across < ACROSS; ++across) {
      const uint in_r = down * WG_Y + gl_LocalInvocationID.y, in_c = across * WG_X + gl_LocalInvocationID.x;
      const uint r = first_r + in_r, c = first_c + in_c;
      if (r < rows && c < cols) {
        const float here = tile[in_r + 1][in_c + 1];
        y[r * cols + c] = OnBorder(r, c) ? here : Step(Three(in_r, in_c + 1), Three(in_r + 1, in_c + 1), Three(in_r + 2, in_c + 1));
      }
    }
  }
}
