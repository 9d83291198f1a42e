#version 460
// A workgroup covers WG_X * ACROSS samples of WG_Y * DOWN trials; a delay is looked up once for an invocation's ACROSS samples. Samples
// and trials beyond the last are summed as the last and not stored.
#extension GL_GOOGLE_include_directive : require
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer Signal { float signal[]; };
layout(binding = 1) restrict readonly buffer Shifts { float shifts[]; };
layout(binding = 2) restrict writeonly buffer Series { float series[]; };
layout(push_constant) uniform Push { uint channels; uint samples; uint trials; uint reach; };

// Of a sample in a channel; never beyond what there is.
uint Delay(uint channel, uint trial) { return min(uint(shifts[channel] * float(trial)), reach); }

void main() {
  const uint tiles = (samples + WG_X * ACROSS - 1) / (WG_X * ACROSS);
  const uint first_sample = LinearGroup() % tiles * (WG_X * ACROSS) + gl_LocalInvocationID.x * (APART != 0 ? 1 : ACROSS);
  const uint step = APART != 0 ? WG_X : 1;
  const uint first_trial = LinearGroup() / tiles * (WG_Y * DOWN) + gl_LocalInvocationID.y;
  if (first_trial >= trials) return;
  float sums[DOWN][ACROSS];
  uint places[ACROSS];
  [[unroll]] for (uint a = 0; a < ACROSS; ++a) {
    places[a] = min(first_sample + a * step, samples - 1);
    [[unroll]] for (uint d = 0; d < DOWN; ++d) sums[d][a] = 0;
  }
  for (uint first = 0; first < channels; first += UNROLL) {
    [[unroll]] for (uint u = 0; u < UNROLL; ++u) {
      const uint channel = min(first + u, channels - 1);
      const float weight = first + u < channels ? 1 : 0;
      [[unroll]] for (uint d = 0; d < DOWN; ++d) {
        const uint from = channel * (samples + reach) + Delay(channel, min(first_trial + d * WG_Y, trials - 1));
        [[unroll]] for (uint a = 0; a < ACROSS; ++a) sums[d][a] = fma(weight, signal[from + places[a]], sums[d][a]);
      }
    }
  }
  [[unroll]] for (uint d = 0; d < DOWN; ++d) {
    [[unroll]] for (uint a = 0; a < ACROSS; ++a) {
      const uint trial = first_trial + d * WG_Y, place = first_sample + a * step;
      if (trial < trials && place < samples) series[trial * samples + place] = sums[d][a];
    }
  }
}
