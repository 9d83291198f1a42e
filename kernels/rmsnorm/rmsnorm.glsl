// y = e * scale * weight, a batch of a row at a time; and the kernel's buffers.
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 1) restrict readonly buffer WeightPackets { TV weight_packets[]; };
layout(binding = 2) restrict writeonly buffer YPackets { TV y_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict readonly buffer Weight { T weight[]; };
layout(binding = 2) restrict writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; float epsilon; };
#include "rows.glsl"

// Weights of AHEAD packets of a batch. A row's first are asked for before its statistics are known, the next before those
// at hand are used; none in a branch, where each packet would wait for the one before it (rows of 32768: 1.12 times as long).
#define AHEAD (PER_LANE < 2 ? 1 : 2)
struct Weights {
  TV weight[AHEAD];
};

// Only where Aligned().
Weights LoadWeights(uint first) {
  Weights loaded;
  const uint last = PacketsInRow() - 1, team = TeamSize();
  [[unroll]] for (uint a = 0; a < AHEAD; ++a) loaded.weight[a] = weight_packets[min(first + a * team, last)];
  return loaded;
}

// `weights`: LoadWeights(first) where Aligned().
void StoreScaled(uint row, uint first, float e[PER_LANE][VEC], float scale, Weights weights) {
  const uint packets = PacketsInRow(), team = TeamSize();
  if (Aligned()) {
    [[unroll]] for (uint s = 0; s < PER_LANE; s += AHEAD) {
      const Weights now = weights;
      if (s + AHEAD < PER_LANE) weights = LoadWeights(first + (s + AHEAD) * team);
      [[unroll]] for (uint a = 0; a < AHEAD; ++a) {
        const uint packet = first + (s + a) * team;
        float w[VEC];
        Unpack(now.weight[a], w);
        [[unroll]] for (uint v = 0; v < VEC; ++v) w[v] *= e[s + a][v] * scale;
        if (packet < packets) y_packets[row * packets + packet] = Pack(w);
      }
    }
  } else {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = (first + s * team) * VEC + v;
        if (i < cols) y[row * cols + i] = T(e[s][v] * scale * float(weight[i]));
      }
    }
  }
}
