#version 460
#extension GL_GOOGLE_include_directive : require
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer Signal { float signal[]; };
layout(binding = 1) readonly buffer Shifts { float shifts[]; };
layout(binding = 2) writeonly buffer Series { float series[]; };
layout(push_constant) uniform Push { uint channels; uint samples; uint trials; uint reach; };

// Of a sample in a channel; never beyond what there is.
uint Delay(uint channel, uint trial) { return min(uint(shifts[channel] * float(trial)), reach); }

void main() {
  const uint i = LinearGroup() * 64 + gl_LocalInvocationIndex;
  if (i >= samples * trials) return;
  const uint sample_at = i % samples, trial = i / samples;
  Sum sum = Sum(0, 0);
  for (uint c = 0; c < channels; ++c) Add(sum, signal[c * (samples + reach) + sample_at + Delay(c, trial)]);
  series[i] = Total(sum);
}
