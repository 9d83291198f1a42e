#version 460
// A row stays in its team's registers: one read, one write; the variance from differences to the mean.
#extension GL_GOOGLE_include_directive : require
#include "layernorm.glsl"

void main() {
  const uint lane = TeamLane(), team = TeamSize();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float e[PER_LANE][VEC];
    LoadBatch(row, lane, 0, e);
    Weights weights;
    if (Aligned()) weights = LoadWeights(lane);
    float sum = 0;
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) sum += e[s][v];
    }
    const float mean = TeamSum(sum) / cols;
    float squares = 0;
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const float away = (lane + s * team) * VEC + v < cols ? e[s][v] - mean : 0;
        squares += away * away;
      }
    }
    const float scale = inversesqrt(TeamSum(squares) / cols + epsilon);
    StoreScaled(row, lane, e, mean, scale, weights);
  }
}
