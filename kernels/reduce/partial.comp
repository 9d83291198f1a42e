#version 460
// A workgroup adds up WG * PER_LANE neighbouring packets; UNROLL loads of an invocation are in flight at a time, and each element
// of a packet has its own sum. The last n % VEC elements are added by workgroup 0.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
#include "workgroup_sum.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
#if VEC > 1
layout(binding = 0) restrict readonly buffer X { T x[]; };
#endif
#ifdef LAST_BLOCK
layout(binding = 1) restrict writeonly buffer Out { float result; };
layout(binding = 2) coherent restrict buffer Partial { float partial[]; };
layout(binding = 3) coherent restrict buffer Finished { uint finished; };
shared bool is_last;
#else
layout(binding = 2) restrict writeonly buffer Partial { float partial[]; };
#endif
layout(push_constant) uniform Push { uint n; };

const uint kTile = WG * PER_LANE;

float SumOfTile(uint group) {
  const uint packets = n / VEC;
  float sums[VEC];
  [[unroll]] for (uint v = 0; v < VEC; ++v) sums[v] = 0;
  const uint first = group * kTile + gl_LocalInvocationIndex;
  if (group * kTile + kTile <= packets) {
    for (uint step = 0; step < PER_LANE; step += UNROLL) {
      TV loaded[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) loaded[u] = x_packets[first + (step + u) * WG];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) {
        float e[VEC];
        Unpack(loaded[u], e);
        [[unroll]] for (uint v = 0; v < VEC; ++v) sums[v] += e[v];
      }
    }
  } else {
    for (uint i = first, step = 0; step < PER_LANE && i < packets; ++step, i += WG) {
      float e[VEC];
      Unpack(x_packets[i], e);
      [[unroll]] for (uint v = 0; v < VEC; ++v) sums[v] += e[v];
    }
  }
  float sum = 0;
  [[unroll]] for (uint v = 0; v < VEC; ++v) sum += sums[v];
#if VEC > 1
  const uint i = packets * VEC + gl_LocalInvocationIndex;
  if (group == 0 && i < n) sum += float(x[i]);
#endif
  return WorkgroupSum(sum);
}

void main() {
  const uint group = LinearGroup();
  const uint groups = (n + kTile * VEC - 1) / (kTile * VEC);
  if (group >= groups) return;
  const float sum = SumOfTile(group);
  if (gl_LocalInvocationIndex == 0) partial[group] = sum;
#ifdef LAST_BLOCK
  if (gl_LocalInvocationIndex == 0) {
    memoryBarrierBuffer();
    is_last = atomicAdd(finished, 1) == groups - 1;
    memoryBarrierBuffer();
  }
  barrier();
  if (!is_last) return;
  memoryBarrierBuffer();
  float total = 0;
  for (uint i = gl_LocalInvocationIndex; i < groups; i += WG) total += partial[i];
  total = WorkgroupSum(total);
  if (gl_LocalInvocationIndex == 0) result = total;
#endif
}
