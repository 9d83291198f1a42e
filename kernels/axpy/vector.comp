#version 460
// One workgroup covers WG * PER_LANE neighbouring packets. All of an invocation's loads are in flight before its first store.
// The last n % VEC elements are done one by one by workgroup 0.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 1) restrict buffer YPackets { TV y_packets[]; };
#if VEC > 1
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict buffer Y { T y[]; };
#endif
layout(push_constant) uniform Push { uint n; float a; };

TV Axpy(TV x, TV y) {
  float from[VEC], to[VEC];
  Unpack(x, from);
  Unpack(y, to);
  [[unroll]] for (uint e = 0; e < VEC; ++e) to[e] = a * from[e] + to[e];
  return Pack(to);
}

void main() {
  const uint packets = n / VEC;
  const uint group = LinearGroup();
  const uint first = group * (WG * PER_LANE) + gl_LocalInvocationID.x;
  if (group * (WG * PER_LANE) + WG * PER_LANE <= packets) {
    TV from[PER_LANE], to[PER_LANE];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) from[step] = x_packets[first + step * WG];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) to[step] = y_packets[first + step * WG];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) y_packets[first + step * WG] = Axpy(from[step], to[step]);
  } else {
    for (uint i = first, step = 0; step < PER_LANE && i < packets; ++step, i += WG) y_packets[i] = Axpy(x_packets[i], y_packets[i]);
  }
#if VEC > 1
  const uint i = packets * VEC + gl_LocalInvocationID.x;
  if (group == 0 && i < n) y[i] = T(a * float(x[i]) + float(y[i]));
#endif
}
