#version 460
// A team of invocations reduces a row, UNROLL packets of it in flight; each element of a packet has its own running result. With
// SPLIT a team takes one of as many parts of the row and leaves what it found in partial.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
#include "team.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
#ifdef SPLIT
layout(binding = 2) restrict writeonly buffer Partial { float partial[]; };
#define PARTS SPLIT
#else
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
#define PARTS 1
#endif
layout(push_constant) uniform Push { uint rows; uint cols; uint op; };
#include "reduction.glsl"

void Take(inout float found[VEC], TV packet) {
  float e[VEC];
  Unpack(packet, e);
  [[unroll]] for (uint v = 0; v < VEC; ++v) found[v] = Both(found[v], Signed(e[v]));
}

// Of the row's packets, or elements where they are not aligned, the part's share.
float Found(uint row, uint part, uint lane, uint team) {
  float found[VEC];
  [[unroll]] for (uint v = 0; v < VEC; ++v) found[v] = Nothing();
  const bool aligned = cols % VEC == 0;
  const uint count = aligned ? cols / VEC : cols;
  const uint share = (count + PARTS - 1) / PARTS, end = min(share * (part + 1), count), base = row * count;
  uint i = share * part + lane;
  if (aligned) {
    for (; i + (UNROLL - 1) * team < end; i += UNROLL * team) {
      TV loaded[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) loaded[u] = x_packets[base + i + u * team];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) Take(found, loaded[u]);
    }
    for (; i < end; i += team) Take(found, x_packets[base + i]);
  } else {
    for (; i < end; i += team) found[0] = Both(found[0], Signed(float(x[base + i])));
  }
  float all = found[0];
  [[unroll]] for (uint v = 1; v < VEC; ++v) all = Both(all, found[v]);
  return all;
}

void main() {
  const uint lane = TeamLane(), team = TeamSize(), part = Team() % PARTS;
  // Subgroups may be larger than the grid was made for: then a team takes several rows.
  const uint stride = max(Teams() / PARTS, 1);
  for (uint row = Team() / PARTS; row < rows; row += stride) {
    const float mine = Found(row, part, lane, team);
    const float all = op == 0 ? TeamSum(mine) : TeamMax(mine);
    if (lane == 0) {
#ifdef SPLIT
      partial[row * SPLIT + part] = all;
#else
      y[row] = Signed(all);
#endif
    }
  }
}
