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

void StoreScaled(uint row, uint first, float e[PER_LANE][VEC], float scale) {
  const uint packets = PacketsInRow(), team = TeamSize();
  if (Aligned()) {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      const uint packet = first + s * team;
      if (packet < packets) {
        float w[VEC];
        Unpack(weight_packets[packet], w);
        [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] *= scale * w[v];
        y_packets[row * packets + packet] = Pack(e[s]);
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
