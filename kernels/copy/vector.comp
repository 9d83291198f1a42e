#version 460
// One workgroup covers WG * PER_LANE neighbouring packets. All of an invocation's loads are in flight before its first store.
// The last n % VEC elements are done one by one by workgroup 0.
#extension GL_GOOGLE_include_directive : require
#include "bits.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { BITS x_packets[]; };
layout(binding = 1) restrict writeonly buffer YPackets { BITS y_packets[]; };
#if VEC > 1
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict writeonly buffer Y { T y[]; };
#endif
layout(push_constant) uniform Push { uint n; };

#ifdef BLOCKED
uint First(uint group) { return (group * WG + gl_LocalInvocationID.x) * PER_LANE; }
uint At(uint first, uint step) { return first + step; }
#else
uint First(uint group) { return group * (WG * PER_LANE) + gl_LocalInvocationID.x; }
uint At(uint first, uint step) { return first + step * WG; }
#endif

void main() {
  const uint packets_in_all = n / VEC;
  const uint group = LinearGroup();
  const uint first = First(group);
  if (group * (WG * PER_LANE) + WG * PER_LANE <= packets_in_all) {
    BITS packets[PER_LANE];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) packets[step] = x_packets[At(first, step)];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) y_packets[At(first, step)] = packets[step];
  } else {
    for (uint step = 0; step < PER_LANE; ++step) {
      const uint i = At(first, step);
      if (i < packets_in_all) y_packets[i] = x_packets[i];
    }
  }
#if VEC > 1
  const uint i = packets_in_all * VEC + gl_LocalInvocationID.x;
  if (group == 0 && i < n) y[i] = x[i];
#endif
}
