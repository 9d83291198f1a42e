// The tiles of a product: BM x BN of C, BM x BK of A, BK x BN of B; tile (i, step) of A and (j, step) of B are number i * steps + step
// and j * steps + step. A packet is eight halves. Needs `#version`, nothing before it.
#extension GL_EXT_control_flow_attributes : require
layout(push_constant) uniform Push { uint m; uint n; uint k; };

const uint kPacketsA = BM * BK / 8;  // of a tile, of its high or of its low parts where an element is two halves
const uint kPacketsB = BN * BK / 8;

uint TilesDown() { return (m + BM - 1) / BM; }
uint TilesAcross() { return (n + BN - 1) / BN; }
uint Steps() { return (k + BK - 1) / BK; }

// Eight elements of a matrix of rows x columns from `at` (row, column) on, along the row: zeros beyond the matrix.
#define EDGE(from, at, rows, columns, e)                                                           \
  [[unroll]] for (uint v = 0; v < 8; ++v) {                                                        \
    e[v] = 0;                                                                                      \
    if (at.x < rows && at.y + v < columns) e[v] = float(from[at.x * columns + at.y + v]);          \
  }
