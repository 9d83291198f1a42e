#version 460
// out[r][c] = the sum of between[r + i][c] * down[i].
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 1) restrict readonly buffer Down { float down[]; };
layout(binding = 3) restrict writeonly buffer Out { float results[]; };
layout(binding = 4) restrict readonly buffer Between { float between[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

void main() {
  const uint tiles = (cols + WG_X - 1) / WG_X;
  const uint first = LinearGroup() / tiles * (WG_Y * DOWN) + gl_LocalInvocationID.y;
  const uint c = LinearGroup() % tiles * WG_X + gl_LocalInvocationID.x;
  if (first >= rows || c >= cols) return;
  float sums[DOWN];
  [[unroll]] for (uint d = 0; d < DOWN; ++d) sums[d] = 0;
  for (uint i = 0; i < high; ++i) {
    const float weight = down[i];
    [[unroll]] for (uint d = 0; d < DOWN; ++d) sums[d] += weight * between[(min(first + d * WG_Y, rows - 1) + i) * cols + c];
  }
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    const uint r = first + d * WG_Y;
    if (r < rows) results[r * cols + c] = sums[d];
  }
}
