#version 460
// One workgroup replaces the tiles' sums by the sums of all tiles before.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define SCAN_STEPS 4
#include "workgroup_scan.glsl"
layout(local_size_x = WG) in;
layout(binding = 2) restrict buffer Sums { T sums[]; };
layout(push_constant) uniform Push { uint n; uint exclusive; };

void main() {
  const uint tile = WG * PER_LANE * VEC;
  const uint tiles = n / tile + (n % tile > 0 ? 1 : 0);
  T carry = T(0);
  for (uint first = 0; first < tiles; first += SCAN_STEPS * WG) {
    T e[SCAN_STEPS];
    [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) {
      const uint i = first + s * WG + Lane();
      e[s] = i < tiles ? sums[i] : T(0);
    }
    const T total = WorkgroupScan(e);
    [[unroll]] for (uint s = 0; s < SCAN_STEPS; ++s) {
      const uint i = first + s * WG + Lane();
      if (i < tiles) sums[i] = carry + e[s];
    }
    carry += total;
    barrier();
  }
}
