// Rows of a matrix, each by a team of invocations: a workgroup (ROW_OF 0) or a subgroup (ROW_OF 1). A row's packets are dealt out in
// turn: invocation TeamLane() of TeamSize() takes packets TeamLane(), TeamLane() + TeamSize(), ... PER_LANE of them are a batch.
//
// Where a row's length is no multiple of VEC its packets are not aligned and elements are loaded and stored one by one.
// Needs types.glsl, x_packets and x (read), y_packets and y (written), the push constants rows and cols.
#include "team.glsl"

uint FirstRow() { return Team(); }
uint PacketsInRow() { return (cols + VEC - 1) / VEC; }
bool Aligned() { return cols % VEC == 0; }

// A batch from packet `first` on. Elements beyond the row's end: `filler`.
void LoadBatch(uint row, uint first, float filler, out float e[PER_LANE][VEC]) {
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] = filler;
  }
  const uint packets = PacketsInRow(), team = TeamSize();
  if (Aligned()) {
    TV batch[PER_LANE];
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      batch[s] = Pack(e[s]);
      if (first + s * team < packets) batch[s] = x_packets[row * packets + first + s * team];
    }
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) Unpack(batch[s], e[s]);
  } else {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = (first + s * team) * VEC + v;
        if (i < cols) e[s][v] = float(x[row * cols + i]);
      }
    }
  }
}

void StoreBatch(uint row, uint first, float e[PER_LANE][VEC]) {
  const uint packets = PacketsInRow(), team = TeamSize();
  if (Aligned()) {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      if (first + s * team < packets) y_packets[row * packets + first + s * team] = Pack(e[s]);
    }
  } else {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = (first + s * team) * VEC + v;
        if (i < cols) y[row * cols + i] = T(e[s][v]);
      }
    }
  }
}
