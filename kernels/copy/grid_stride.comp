#version 460
// Every invocation walks over the whole array, in steps of the grid's invocations, UNROLL packets at a time.
// The last n % VEC elements are done one by one by the grid's first invocations.
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

void main() {
  const uint packets_in_all = n / VEC;
  const uint stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * WG;
  const uint me = LinearGroup() * WG + gl_LocalInvocationID.x;
  uint i = me;
  const uint ahead = (UNROLL - 1) * stride;
  if (packets_in_all > ahead) {
    for (; i < packets_in_all - ahead; i += UNROLL * stride) {
      BITS packets[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) packets[u] = x_packets[i + u * stride];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) y_packets[i + u * stride] = packets[u];
    }
  }
  for (; i < packets_in_all; i += stride) y_packets[i] = x_packets[i];
#if VEC > 1
  const uint last = packets_in_all * VEC + me;
  if (last < n) y[last] = x[last];
#endif
}
