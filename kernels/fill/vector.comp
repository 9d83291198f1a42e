#version 460
// One workgroup covers WG * PER_LANE neighbouring packets. Each packet is one store.
// The last n % VEC elements are done one by one by workgroup 0.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict writeonly buffer YPackets { TV y_packets[]; };
#if VEC > 1
layout(binding = 0) restrict writeonly buffer Y { T y[]; };
#endif
layout(push_constant) uniform Push { uint n; float value; };

TV Value() {
  float e[VEC];
  [[unroll]] for (uint v = 0; v < VEC; ++v) e[v] = value;
  return Pack(e);
}

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
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) y_packets[At(first, step)] = Value();
  } else {
    for (uint step = 0; step < PER_LANE; ++step) {
      const uint i = At(first, step);
      if (i < packets_in_all) y_packets[i] = Value();
    }
  }
#if VEC > 1
  const uint i = packets_in_all * VEC + gl_LocalInvocationID.x;
  if (group == 0 && i < n) y[i] = T(value);
#endif
}
