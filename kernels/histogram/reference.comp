#version 460
// One workgroup clears the counts, then counts.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x = 128) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) coherent buffer Counts { uint counts[]; };
layout(push_constant) uniform Push { uint n; uint bins; float low; float high; };
#include "bin.glsl"

void main() {
  const uint lane = gl_LocalInvocationIndex;
  const float scale = BinsPerUnit();
  for (uint i = lane; i < bins; i += 128) atomicExchange(counts[i], 0);
  memoryBarrierBuffer();
  barrier();
  for (uint first = lane; first < n; first += 128 * 16) {
    [[unroll]] for (uint step = 0; step < 16; ++step) {
      const uint i = first + step * 128;
      const uint bin = i < n ? Bin(x[i], scale) : bins;
      if (bin < bins) atomicAdd(counts[bin], 1);
    }
  }
}
