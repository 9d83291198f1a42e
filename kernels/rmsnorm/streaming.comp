#version 460
// A row of any length: the sum of squares in one reading, then the results.
#extension GL_GOOGLE_include_directive : require
#include "rmsnorm.glsl"

void main() {
  const uint packets = PacketsInRow(), lane = TeamLane(), team = TeamSize();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float squares = 0;
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, 0, e);
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) squares += e[s][v] * e[s][v];
      }
    }
    const float scale = inversesqrt(TeamSum(squares) / cols + epsilon);
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, 0, e);
      Weights weights;
      if (Aligned()) weights = LoadWeights(first);
      StoreScaled(row, first, e, scale, weights);
    }
  }
}
