#version 460
// Results and image elements beyond the last are computed as the last and not stored.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer Image { float image[]; };
layout(binding = 1) restrict readonly buffer Filter { float weights[]; };
layout(binding = 2) restrict writeonly buffer Out { float results[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

void main() {
  const uint tiles = (cols + WG_X * ACROSS - 1) / (WG_X * ACROSS);
  const uint first_r = LinearGroup() / tiles * (WG_Y * DOWN) + gl_LocalInvocationID.y;
  const uint first_c = LinearGroup() % tiles * (WG_X * ACROSS) + gl_LocalInvocationID.x;
  if (first_r >= rows) return;
  const uint pitch = cols + wide - 1;
  float sums[DOWN][ACROSS];
  uint from[DOWN], places[ACROSS];
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    from[d] = min(first_r + d * WG_Y, rows - 1) * pitch;
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[d][a] = 0;
  }
  [[unroll]] for (uint a = 0; a < ACROSS; ++a) places[a] = min(first_c + a * WG_X, cols - 1);
  for (uint i = 0; i < high; ++i) {
    for (uint j = 0; j < wide; ++j) {
      const float weight = weights[i * wide + j];
      [[unroll]] for (uint d = 0; d < DOWN; ++d) {
        [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[d][a] += weight * image[from[d] + i * pitch + places[a] + j];
      }
    }
  }
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) {
      const uint r = first_r + d * WG_Y, c = first_c + a * WG_X;
      if (r < rows && c < cols) results[r * cols + c] = sums[d][a];
    }
  }
}
