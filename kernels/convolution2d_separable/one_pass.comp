#version 460
// The rows that a tile needs, filtered along themselves into shared memory; then the tile's columns from there.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer Image { float image[]; };
layout(binding = 1) restrict readonly buffer Down { float down[]; };
layout(binding = 2) restrict readonly buffer Across { float across[]; };
layout(binding = 3) restrict writeonly buffer Out { float results[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

const uint kHigh = WG_Y * DOWN;
shared float tile[kHigh + REACH][WG_X];

void main() {
  const uint tiles = (cols + WG_X - 1) / WG_X;
  const uint first = LinearGroup() / tiles * kHigh;
  if (first >= rows) return;
  const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
  const uint c = LinearGroup() % tiles * WG_X + x;
  for (uint r = y; r < kHigh + high - 1; r += WG_Y) {
    const uint from = min(first + r, rows + high - 2) * (cols + wide - 1) + min(c, cols - 1);
    float sum = 0;
    for (uint j = 0; j < wide; ++j) sum += across[j] * image[from + j];
    tile[r][x] = sum;
  }
  barrier();
  float sums[DOWN];
  [[unroll]] for (uint d = 0; d < DOWN; ++d) sums[d] = 0;
  for (uint i = 0; i < high; ++i) {
    const float weight = down[i];
    [[unroll]] for (uint d = 0; d < DOWN; ++d) sums[d] += weight * tile[y + d * WG_Y + i][x];
  }
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    const uint r = first + y + d * WG_Y;
    if (r < rows && c < cols) results[r * cols + c] = sums[d];
  }
}
