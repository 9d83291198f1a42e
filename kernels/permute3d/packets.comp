#version 460
// A workgroup writes WG * PER_LANE neighbouring packets of VEC elements, all of an invocation's loads before its first store. Where
// the last axis moves or is no multiple of VEC long, as many elements, one at a time.
#extension GL_GOOGLE_include_directive : require
#include "bits.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer InPackets { BITS from_packets[]; };
layout(binding = 1) restrict writeonly buffer OutPackets { BITS to_packets[]; };
layout(binding = 0) restrict readonly buffer In { T from[]; };
layout(binding = 1) restrict writeonly buffer Out { T to[]; };
layout(push_constant) uniform Push { uint n0; uint n1; uint n2; uint p0; uint p1; uint p2; };
#include "axes.glsl"

// Where element or packet i of the output, whose last axis is `wide`, comes from, for strides counted alike.
uint Source(uint i, uint wide, uvec3 strides) {
  const uint row = i / wide, high = Size(p1);
  return row / high * strides.x + row % high * strides.y + i % wide * strides.z;
}

void main() {
  const uint first = LinearGroup() * (WG * PER_LANE * VEC) + gl_LocalInvocationID.x;
  const uint count = n0 * n1 * n2;
  if (p2 == 2 && n2 % VEC == 0) {
    const uint packets = count / VEC, first_packet = LinearGroup() * (WG * PER_LANE) + gl_LocalInvocationID.x;
    const uvec3 strides = uvec3(InStride(p0) / VEC, InStride(p1) / VEC, 1);
    BITS loaded[PER_LANE];
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
      const uint i = first_packet + step * WG;
      if (i < packets) loaded[step] = from_packets[Source(i, n2 / VEC, strides)];
    }
    [[unroll]] for (uint step = 0; step < PER_LANE; ++step) {
      const uint i = first_packet + step * WG;
      if (i < packets) to_packets[i] = loaded[step];
    }
  } else {
    const uvec3 strides = uvec3(InStride(p0), InStride(p1), InStride(p2));
    T loaded[PER_LANE * VEC];
    [[unroll]] for (uint step = 0; step < PER_LANE * VEC; ++step) {
      const uint i = first + step * WG;
      if (i < count) loaded[step] = from[Source(i, Size(p2), strides)];
    }
    [[unroll]] for (uint step = 0; step < PER_LANE * VEC; ++step) {
      const uint i = first + step * WG;
      if (i < count) to[i] = loaded[step];
    }
  }
}
