#version 460
// TILE x TILE tiles of A and B through shared memory; an invocation computes ROWS elements of C, in one column, TILE / ROWS apart.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = TILE, local_size_y = TILE / ROWS) in;
layout(binding = 0) restrict readonly buffer A { float a[]; };
layout(binding = 1) restrict readonly buffer B { float b[]; };
layout(binding = 2) restrict writeonly buffer C { float c[]; };
layout(push_constant) uniform Push { uint m; uint n; uint k; };

const uint kApart = TILE / ROWS;
shared float tile_a[TILE][TILE + PAD];
shared float tile_b[TILE][TILE + PAD];

void main() {
  const uint across = (n + TILE - 1) / TILE;
  const uint group = LinearGroup();
  if (group / across * TILE >= m) return;
  const uint x = gl_LocalInvocationID.x, y = gl_LocalInvocationID.y;
  const uint first_row = group / across * TILE + y;
  const uint column = group % across * TILE + x;
  float sums[ROWS];
  [[unroll]] for (uint r = 0; r < ROWS; ++r) sums[r] = 0;
  for (uint first = 0; first < k; first += TILE) {
    [[unroll]] for (uint r = 0; r < ROWS; ++r) {
      const uint row = first_row + r * kApart, deep = first + y + r * kApart;
      tile_a[y + r * kApart][x] = row < m && first + x < k ? a[row * k + first + x] : 0;
      tile_b[y + r * kApart][x] = deep < k && column < n ? b[deep * n + column] : 0;
    }
    barrier();
    [[unroll]] for (uint step = 0; step < TILE; ++step) {
      [[unroll]] for (uint r = 0; r < ROWS; ++r) sums[r] += tile_a[y + r * kApart][step] * tile_b[step][x];
    }
    barrier();
  }
  [[unroll]] for (uint r = 0; r < ROWS; ++r) {
    const uint row = first_row + r * kApart;
    if (row < m && column < n) c[row * n + column] = sums[r];
  }
}
