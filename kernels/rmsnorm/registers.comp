#version 460
// A row stays in its team's registers: one read, one write.
#extension GL_GOOGLE_include_directive : require
#include "rmsnorm.glsl"

void main() {
  const uint lane = TeamLane();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float e[PER_LANE][VEC];
    LoadBatch(row, lane, 0, e);
    Weights weights;
    if (Aligned()) weights = LoadWeights(lane);
    float squares = 0;
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) squares += e[s][v] * e[s][v];
    }
    const float scale = inversesqrt(TeamSum(squares) / cols + epsilon);
    StoreScaled(row, lane, e, scale, weights);
  }
}
