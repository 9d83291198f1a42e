#version 460
// A workgroup looks at WG * PER_LANE neighbouring packets; UNROLL loads of an invocation are in flight at a time. The last n % VEC
// elements are looked at by workgroup 0.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 3) restrict writeonly buffer PartValues { float values[]; };
layout(binding = 4) restrict writeonly buffer PartPlaces { uint places[]; };
layout(push_constant) uniform Push { uint n; uint least; };
#include "best.glsl"

const uint kTile = WG * PER_LANE;

void Look(inout Best best, TV packet, uint i) {
  float e[VEC];
  Unpack(packet, e);
  [[unroll]] for (uint v = 0; v < VEC; ++v) best = Better(best, Best(Signed(e[v]), i * VEC + v));
}

void main() {
  const uint group = LinearGroup(), packets = n / VEC;
  if (group > (n - 1) / (kTile * VEC)) return;
  const uint first = group * kTile + gl_LocalInvocationIndex;
  Best best = kNone;
  if (group * kTile + kTile <= packets) {
    for (uint step = 0; step < PER_LANE; step += UNROLL) {
      TV loaded[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) loaded[u] = x_packets[first + (step + u) * WG];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) Look(best, loaded[u], first + (step + u) * WG);
    }
  } else {
    for (uint i = first, step = 0; step < PER_LANE && i < packets; ++step, i += WG) Look(best, x_packets[i], i);
  }
  const uint i = packets * VEC + gl_LocalInvocationIndex;
  if (group == 0 && i < n) best = Better(best, Best(Signed(float(x[i])), i));
  best = WorkgroupBest(best);
  if (gl_LocalInvocationIndex == 0) {
    values[group] = best.value;
    places[group] = best.place;
  }
}
