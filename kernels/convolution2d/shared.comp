#version 460
// A workgroup's part of the image, WG_X * ACROSS by WG_Y * DOWN elements and the filter's reach beyond, through shared memory.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer Image { float image[]; };
layout(binding = 1) restrict readonly buffer Filter { float weights[]; };
layout(binding = 2) restrict writeonly buffer Out { float results[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint high; uint wide; };

const uint kWide = WG_X * ACROSS, kHigh = WG_Y * DOWN;
shared float tile[kHigh + REACH][kWide + REACH + PAD];

void main() {
  const uint tiles = (cols + kWide - 1) / kWide;
  const uint first_r = LinearGroup() / tiles * kHigh, first_c = LinearGroup() % tiles * kWide;
  if (first_r >= rows) return;
  const uint pitch = cols + wide - 1, depth = rows + high - 1;
  for (uint r = gl_LocalInvocationID.y; r < kHigh + high - 1; r += WG_Y) {
    for (uint c = gl_LocalInvocationID.x; c < kWide + wide - 1; c += WG_X) {
      tile[r][c] = first_r + r < depth && first_c + c < pitch ? image[(first_r + r) * pitch + first_c + c] : 0;
    }
  }
  barrier();
  const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
  float sums[DOWN][ACROSS];
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[d][a] = 0;
  }
  for (uint i = 0; i < high; ++i) {
    for (uint j = 0; j < wide; ++j) {
      const float weight = weights[i * wide + j];
      [[unroll]] for (uint d = 0; d < DOWN; ++d) {
        [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[d][a] += weight * tile[y + d * WG_Y + i][x + a * WG_X + j];
      }
    }
  }
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) {
      const uint r = first_r + y + d * WG_Y, c = first_c + x + a * WG_X;
      if (r < rows && c < cols) results[r * cols + c] = sums[d][a];
    }
  }
}
