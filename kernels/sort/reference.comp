#version 460
// One workgroup sorts with a bitonic network whose exchanges all put the smaller key first, so that elements beyond n (larger than
// any) never move. Equal keys are the same bits, so that this is what any sort gives.
// Source: Batcher, Sorting Networks and their Applications, 1968.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#define WG 256
#define PER_LANE 1
#define BITS 8
#include "radix.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) readonly buffer Keys { uint keys[]; };
layout(binding = 1) coherent buffer SortedKeys { uint sorted[]; };
layout(push_constant) uniform Push { uint n; };

void Exchange(uint i, uint j) {
  if (j >= n) return;
  const uint a = Ordered(sorted[i], K(0)), b = Ordered(sorted[j], K(0));
  if (a <= b) return;
  sorted[i] = Raw(b, K(0));
  sorted[j] = Raw(a, K(0));
}

void Synchronize() {
  memoryBarrierBuffer();
  barrier();
}

void main() {
  const uint lane = gl_LocalInvocationIndex;
  for (uint first = lane; first < n; first += 16 * WG) {
    [[unroll]] for (uint step = 0; step < 16; ++step) {
      const uint i = first + step * WG;
      if (i < n) sorted[i] = keys[i];
    }
  }
  Synchronize();
  for (uint run = 2; run / 2 < n; run *= 2) {
    for (uint apart = run / 2; apart > 0; apart /= 2) {
      // The first step of a run compares it with its mirror image, the others with neighbours `apart`.
      const uint flip = apart == run / 2 ? run - 1 : apart;
      const uint pairs = (n + 2 * apart - 1) / (2 * apart) * apart;
      for (uint first = lane; first < pairs; first += 16 * WG) {
        [[unroll]] for (uint step = 0; step < 16; ++step) {
          const uint pair = first + step * WG;
          const uint i = pair / apart * (2 * apart) + pair % apart;
          if (pair < pairs) Exchange(i, i ^ flip);
        }
      }
      Synchronize();
    }
  }
}
