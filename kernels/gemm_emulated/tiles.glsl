// The tiles of a product: BM x BN of C, BM x BK of A, BK x BN of B; tile (i, step) of A and (j, step) of B are number i * steps + step
// and j * steps + step. A packet is eight halves. Needs `#version`, nothing before it.
#extension GL_EXT_control_flow_attributes : require
layout(push_constant) uniform Push { uint m; uint n; uint k; };

const uint kPacketsA = BM * BK / 8;  // of the high or of the low parts of a tile
const uint kPacketsB = BN * BK / 8;

uint TilesDown() { return (m + BM - 1) / BM; }
uint TilesAcross() { return (n + BN - 1) / BN; }
uint Steps() { return (k + BK - 1) / BK; }
