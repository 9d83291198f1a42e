#version 460
// A row of any length: its maximum and its sum in one reading (the sum so far is scaled when the maximum grows), then the results.
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
  const uint packets = PacketsInRow(), lane = TeamLane(), team = TeamSize();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float top = kLowest, sum = 0;
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, kLowest, e);
      float next = top;
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) next = max(next, e[s][v]);
      }
      sum *= exp(top - next);
      top = next;
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) sum += exp(e[s][v] - top);
      }
    }
    const float row_top = TeamMax(top);
    const float scale = 1 / TeamSum(sum * exp(top - row_top));
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, kLowest, e);
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] = exp(e[s][v] - row_top) * scale;
      }
      StoreBatch(row, first, e);
    }
  }
}
