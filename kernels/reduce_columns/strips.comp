#version 460
// A workgroup of WG_X x WG_Y invocations reduces a strip of WG_X packets of columns: invocation (x, y) looks at every WG_Y-th row from
// y on, UNROLL rows in flight; then a tree in shared memory. With SPLIT a workgroup takes one of as many parts of the rows and leaves
// what it found in partial.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
#ifdef SPLIT
layout(binding = 2) restrict writeonly buffer Partial { float partial[]; };
#define PARTS SPLIT
#else
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
#define PARTS 1
#endif
layout(push_constant) uniform Push { uint rows; uint cols; uint op; };
#include "reduction.glsl"

const uint kLanes = WG_X * WG_Y;
shared float scratch[VEC * kLanes];

void Take(inout float found[VEC], TV packet) {
  float e[VEC];
  Unpack(packet, e);
  [[unroll]] for (uint v = 0; v < VEC; ++v) found[v] = Both(found[v], Signed(e[v]));
}

// Of the rows from `row` on, WG_Y apart, the packet that starts at a column.
void Look(uint row, uint end, uint column, out float found[VEC]) {
  [[unroll]] for (uint v = 0; v < VEC; ++v) found[v] = Nothing();
  if (cols % VEC == 0 && column < cols) {
    const uint pitch = cols / VEC, packet = column / VEC;
    for (; row + (UNROLL - 1) * WG_Y < end; row += UNROLL * WG_Y) {
      TV loaded[UNROLL];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) loaded[u] = x_packets[(row + u * WG_Y) * pitch + packet];
      [[unroll]] for (uint u = 0; u < UNROLL; ++u) Take(found, loaded[u]);
    }
    for (; row < end; row += WG_Y) Take(found, x_packets[row * pitch + packet]);
  } else {
    for (; row < end; row += WG_Y) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        if (column + v < cols) found[v] = Both(found[v], Signed(float(x[row * cols + column + v])));
      }
    }
  }
}

// What all invocations of a column found, in those with y = 0.
void Join(inout float found[VEC]) {
  const uint lane = gl_LocalInvocationIndex;
  [[unroll]] for (uint v = 0; v < VEC; ++v) scratch[v * kLanes + lane] = found[v];
  for (uint left = WG_Y / 2; left > 0; left /= 2) {
    barrier();
    if (gl_LocalInvocationID.y < left) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        found[v] = Both(found[v], scratch[v * kLanes + lane + left * WG_X]);
        scratch[v * kLanes + lane] = found[v];
      }
    }
  }
}

void main() {
  const uint strips = (cols + WG_X * VEC - 1) / (WG_X * VEC);
  const uint strip = LinearGroup() % strips, part = LinearGroup() / strips;
  if (part >= PARTS) return;
  const uint share = (rows + PARTS - 1) / PARTS, end = min(share * (part + 1), rows);
  const uint column = (strip * WG_X + gl_LocalInvocationID.x) * VEC;
  float found[VEC];
  Look(share * part + gl_LocalInvocationID.y, end, column, found);
  Join(found);
  if (gl_LocalInvocationID.y > 0) return;
  [[unroll]] for (uint v = 0; v < VEC; ++v) {
#ifdef SPLIT
    if (column + v < cols) partial[part * cols + column + v] = found[v];
#else
    if (column + v < cols) y[column + v] = Signed(found[v]);
#endif
  }
}
