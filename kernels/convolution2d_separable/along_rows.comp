#version 460
// between[r][c] = the sum of image[r][c + j] * across[j].
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer Image { float image[]; };
layout(binding = 2) restrict readonly buffer Across { float across[]; };
layout(binding = 4) restrict writeonly buffer Between { float between[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

void main() {
  const uint tiles = (cols + WG_X * ACROSS - 1) / (WG_X * ACROSS);
  const uint r = LinearGroup() / tiles * WG_Y + gl_LocalInvocationID.y;
  const uint first = LinearGroup() % tiles * (WG_X * ACROSS) + gl_LocalInvocationID.x;
  if (r >= rows + high - 1) return;
  const uint from = r * (cols + wide - 1);
  float sums[ACROSS];
  [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[a] = 0;
  for (uint j = 0; j < wide; ++j) {
    const float weight = across[j];
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[a] += weight * image[from + min(first + a * WG_X, cols - 1) + j];
  }
  [[unroll]] for (uint a = 0; a < ACROSS; ++a) {
    const uint c = first + a * WG_X;
    if (c < cols) between[r * cols + c] = sums[a];
  }
}
