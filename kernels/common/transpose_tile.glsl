// Transposes a batch of matrices, a TILE x TILE tile a workgroup: packets of VEC from the rows of the input into shared memory, packets
// from the tile's columns out to the rows of the output. Element (r, c) of the tile lies at column c ^ r (SWIZZLE) or in rows of
// TILE + PAD, so that both ways touch all banks. Where a packet would cross a matrix' edge or is not aligned, elements go one by one.
//
// Needs, before: Batch(), Rows() and Cols() of the input, and where element (r, c) of matrix b lies: InAt(b, r, c), next to that of
// c + 1, and OutAt(b, r, c), next to that of r + 1; both multiples of VEC where r, c, Rows() and Cols() are.
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer InPackets { TV from_packets[]; };
layout(binding = 1) restrict writeonly buffer OutPackets { TV to_packets[]; };
#if VEC > 1
layout(binding = 0) restrict readonly buffer In { T from[]; };
layout(binding = 1) restrict writeonly buffer Out { T to[]; };
#else
#define from from_packets
#define to to_packets
#endif

const uint kPitch = TILE + PAD;
const uint kPackets = TILE / VEC;                     // a row of the tile
const uint kSteps = TILE * TILE / (WG * VEC);

shared T tile[TILE * kPitch];

uint At(uint r, uint c) { return r * kPitch + (SWIZZLE != 0 ? c ^ (r % TILE) : c); }

void main() {
  const uint rows = Rows(), cols = Cols();
  const uint across = (cols + TILE - 1) / TILE;
  const uint down = (rows + TILE - 1) / TILE;
  const uint group = LinearGroup();
  const uint b = group / (across * down);
  if (b >= Batch()) return;
  const uint place = group % (across * down);
  const uint first_r = (DOWN != 0 ? place % down : place / across) * TILE;
  const uint first_c = (DOWN != 0 ? place / down : place % across) * TILE;
  const bool whole = first_r + TILE <= rows && first_c + TILE <= cols;
  const bool aligned = (rows | cols) % VEC == 0;

  if (whole && aligned) {
    TV packets[kSteps];
    [[unroll]] for (uint step = 0; step < kSteps; ++step) {
      const uint i = step * WG + gl_LocalInvocationID.x;
      packets[step] = from_packets[InAt(b, first_r + i / kPackets, first_c) / VEC + i % kPackets];
    }
    [[unroll]] for (uint step = 0; step < kSteps; ++step) {
      const uint i = step * WG + gl_LocalInvocationID.x;
      float e[VEC];
      Unpack(packets[step], e);
      [[unroll]] for (uint v = 0; v < VEC; ++v) tile[At(i / kPackets, i % kPackets * VEC + v)] = T(e[v]);
    }
    barrier();
    [[unroll]] for (uint step = 0; step < kSteps; ++step) {
      const uint i = step * WG + gl_LocalInvocationID.x;
      const uint c = i / kPackets;
      float e[VEC];
      [[unroll]] for (uint v = 0; v < VEC; ++v) e[v] = float(tile[At(i % kPackets * VEC + v, c)]);
      to_packets[OutAt(b, first_r, first_c + c) / VEC + i % kPackets] = Pack(e);
    }
  } else {
    for (uint i = gl_LocalInvocationID.x; i < TILE * TILE; i += WG) {
      const uint r = i / TILE, c = i % TILE;
      if (first_r + r < rows && first_c + c < cols) tile[At(r, c)] = from[InAt(b, first_r + r, first_c + c)];
    }
    barrier();
    for (uint i = gl_LocalInvocationID.x; i < TILE * TILE; i += WG) {
      const uint r = i % TILE, c = i / TILE;
      if (first_r + r < rows && first_c + c < cols) to[OutAt(b, first_r + r, first_c + c)] = tile[At(r, c)];
    }
  }
}
