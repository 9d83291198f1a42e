// Rows of a matrix, each by a team of invocations: a workgroup (ROW_OF 0) or a subgroup (ROW_OF 1). A row's packets are dealt out in
// turn: invocation TeamLane() of TeamSize() takes packets TeamLane(), TeamLane() + TeamSize(), ...
//
// Where a row's length is no multiple of VEC its packets are not aligned and are loaded and stored element by element.
// Needs types.glsl, x_packets and x (read), y_packets and y (written), the push constants rows and cols.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_arithmetic : require

#if ROW_OF == 1
uint TeamLane() { return gl_SubgroupInvocationID; }
uint TeamSize() { return min(gl_SubgroupSize, WG); }
uint FirstRow() { return LinearGroup() * gl_NumSubgroups + gl_SubgroupID; }
uint Teams() { return gl_NumWorkGroups.x * gl_NumWorkGroups.y * gl_NumSubgroups; }
float TeamSum(float x) { return subgroupAdd(x); }
float TeamMax(float x) { return subgroupMax(x); }
#else
#define SUBGROUPS 1
#include "workgroup_sum.glsl"
uint TeamLane() { return gl_LocalInvocationIndex; }
uint TeamSize() { return WG; }
uint FirstRow() { return LinearGroup(); }
uint Teams() { return gl_NumWorkGroups.x * gl_NumWorkGroups.y; }
float TeamSum(float x) { return WorkgroupSum(x); }
float TeamMax(float x) { return WorkgroupMax(x); }
#endif

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
