// Rows of a matrix, each by a team of invocations: a workgroup (ROW_OF 0) or a subgroup (ROW_OF 1). A row's packets are dealt out in
// turn: invocation TeamLane() of TeamSize() takes packets TeamLane(), TeamLane() + TeamSize(), ...
//
// Where a row's length is no multiple of VEC its packets are not aligned and are loaded and stored element by element.
// Needs types.glsl, x_packets and x (read), y_packets and y (written), the push constants rows and cols.
#include "team.glsl"

uint FirstRow() { return Team(); }
uint PacketsInRow() { return (cols + VEC - 1) / VEC; }
bool Aligned() { return cols % VEC == 0; }

// Elements beyond the row's end: `filler`.
void LoadPacket(uint row, uint packet, float filler, out float e[VEC]) {
  if (Aligned()) {
    Unpack(x_packets[row * (cols / VEC) + packet], e);
  } else {
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      e[v] = filler;
      if (packet * VEC + v < cols) e[v] = float(x[row * cols + packet * VEC + v]);
    }
  }
}

void StorePacket(uint row, uint packet, float e[VEC]) {
  if (Aligned()) {
    y_packets[row * (cols / VEC) + packet] = Pack(e);
  } else {
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      if (packet * VEC + v < cols) y[row * cols + packet * VEC + v] = T(e[v]);
    }
  }
}
