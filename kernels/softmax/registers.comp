#version 460
// A row stays in its team's registers: one read, one write.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 1) restrict writeonly buffer YPackets { TV y_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; };
#include "rows.glsl"

const float kLowest = -3.4e38;

void main() {
  const uint lane = TeamLane();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float e[PER_LANE][VEC];
    LoadBatch(row, lane, kLowest, e);
    float top = kLowest;
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) top = max(top, e[s][v]);
    }
    top = TeamMax(top);
    float sum = 0;
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        e[s][v] = exp(e[s][v] - top);
        sum += e[s][v];
      }
    }
    const float scale = 1 / TeamSum(sum);
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] *= scale;
    }
    StoreBatch(row, lane, e);
  }
}
