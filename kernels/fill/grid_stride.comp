#version 460
// Every invocation walks over the whole array, in steps of the grid's invocations, UNROLL packets at a time.
// The last n % VEC elements are done one by one by the grid's first invocations.
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

void main() {
  const uint packets_in_all = n / VEC;
  const uint stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * WG;
  const uint me = LinearGroup() * WG + gl_LocalInvocationID.x;
  uint i = me;
  const uint ahead = (UNROLL - 1) * stride;
  if (packets_in_all > ahead) {
    for (; i < packets_in_all - ahead; i += UNROLL * stride) {
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) y_packets[i + u * stride] = Value();
    }
  }
  for (; i < packets_in_all; i += stride) y_packets[i] = Value();
#if VEC > 1
  const uint last = packets_in_all * VEC + me;
  if (last < n) y[last] = T(value);
#endif
}
