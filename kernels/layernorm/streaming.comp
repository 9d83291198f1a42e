#version 460
// A row of any length: sums of the elements and of their squares in one reading, both relative to the row's first element so that
// little cancels; then the results.
#extension GL_GOOGLE_include_directive : require
#include "layernorm.glsl"

void main() {
  const uint packets = PacketsInRow(), lane = TeamLane(), team = TeamSize();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    const float origin = float(x[row * cols]);
    float sum = 0, squares = 0;
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, origin, e);
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) {
          const float away = e[s][v] - origin;
          sum += away;
          squares += away * away;
        }
      }
    }
    const float shift = TeamSum(sum) / cols;
    const float mean = origin + shift;
    const float variance = max(TeamSum(squares) / cols - shift * shift, 0);
    const float scale = inversesqrt(variance + epsilon);
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      LoadBatch(row, first, origin, e);
      Weights weights;
      if (Aligned()) weights = LoadWeights(first);
      StoreScaled(row, first, e, mean, scale, weights);
    }
  }
}
