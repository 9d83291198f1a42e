#version 460
// As many workgroups as fit on the device walk over the array in steps of the grid, UNROLL packets at a time. With COPY_OF, counts
// go to one of COPIES histograms in shared memory (the copies of a bin are neighbours, so that neighbouring invocations hit
// different banks) and from there to memory at the end; bins that do not fit are counted in memory at once.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#include "bits.glsl"
#include "grid.glsl"
#include "number.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { BITS x_packets[]; };
layout(binding = 0) restrict readonly buffer X { uint x[]; };
layout(binding = 1) restrict buffer Counts { uint counts[]; };
layout(push_constant) uniform Push { uint n; uint bins; float low; float high; };
#include "bin.glsl"

#ifdef COPY_OF
const uint kCapacity = SLOTS / COPIES;
shared uint slots[SLOTS];

void Count(T element, float scale) {
  const uint bin = Bin(element, scale);
  if (bin >= bins) return;
  if (bin < kCapacity) {
    atomicAdd(slots[bin * COPIES + COPY_OF % COPIES], 1);
  } else {
    atomicAdd(counts[bin], 1);
  }
}

void Clear() {
  const uint used = min(bins, kCapacity) * COPIES;
  for (uint i = gl_LocalInvocationIndex; i < used; i += WG) slots[i] = 0;
  barrier();
}

// The copies of a bin are added up starting at a different one in each invocation, again to hit different banks.
void Flush() {
  barrier();
  const uint used = min(bins, kCapacity);
  for (uint bin = gl_LocalInvocationIndex; bin < used; bin += WG) {
    uint count = 0;
    for (uint i = 0; i < COPIES; ++i) count += slots[bin * COPIES + (i + gl_LocalInvocationIndex) % COPIES];
    if (count > 0) atomicAdd(counts[bin], count);
  }
}
#else
void Count(T element, float scale) {
  const uint bin = Bin(element, scale);
  if (bin < bins) atomicAdd(counts[bin], 1);
}
void Clear() {}
void Flush() {}
#endif

void CountPacket(BITS packet, float scale) {
  T e[VEC];
  Unpack(packet, e);
  [[unroll]] for (uint v = 0; v < VEC; ++v) Count(e[v], scale);
}

void main() {
  const uint packets_in_all = n / VEC;
  const uint stride = gl_NumWorkGroups.x * gl_NumWorkGroups.y * WG;
  const uint me = LinearGroup() * WG + gl_LocalInvocationIndex;
  const uint ahead = (UNROLL - 1) * stride;
  const float scale = BinsPerUnit();
  Clear();
  uint i = me;
  if (packets_in_all > ahead) {
    for (; i < packets_in_all - ahead; i += UNROLL * stride) {
      BITS packets[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) packets[u] = x_packets[i + u * stride];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) CountPacket(packets[u], scale);
    }
  }
  for (; i < packets_in_all; i += stride) CountPacket(x_packets[i], scale);
  const uint last = packets_in_all * VEC + me;
  if (last < n) {
    T element;
    FromBits(x[last], element);
    Count(element, scale);
  }
  Flush();
}
