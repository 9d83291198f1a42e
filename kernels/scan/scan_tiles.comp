#version 460
// Each tile, scanned, on top of the sum of all tiles before it.
#extension GL_GOOGLE_include_directive : require
#include "bits.glsl"
#include "grid.glsl"
#include "number.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { BITS x_packets[]; };
layout(binding = 0) restrict readonly buffer X { uint x[]; };
layout(binding = 1) restrict writeonly buffer YPackets { BITS y_packets[]; };
layout(binding = 1) restrict writeonly buffer Y { uint y[]; };
layout(binding = 2) restrict readonly buffer Sums { T sums[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };
#include "tile.glsl"

void main() {
  const uint tile = LinearGroup();
  if (tile > (n - 1) / kTile) return;
  T e[PER_LANE][VEC], all;
  LoadTile(tile, e);
  const T before = BeforeRun(ScanRun(e), all);
  StoreTile(tile, e, sums[tile] + before);
}
