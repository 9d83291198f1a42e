#version 460
// A workgroup a row; sums carry their roundings along.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
#include "two_sum.glsl"
layout(local_size_x = 64) in;
layout(binding = 0) readonly buffer X { T x[]; };
layout(binding = 1) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint op; };

shared Sum sums[64];
shared float tops[64], lows[64];

void main() {
  const uint row = LinearGroup(), lane = gl_LocalInvocationID.x;
  if (row >= rows) return;
  Sum sum = Sum(0, 0);
  float top = float(x[row * cols]), low = top;
  for (uint i = lane; i < cols; i += 64) {
    const float e = float(x[row * cols + i]);
    Add(sum, e);
    top = max(top, e);
    low = min(low, e);
  }
  sums[lane] = sum;
  tops[lane] = top;
  lows[lane] = low;
  barrier();
  if (lane > 0) return;
  for (uint i = 1; i < 64; ++i) {
    Add(sum, sums[i]);
    top = max(top, tops[i]);
    low = min(low, lows[i]);
  }
  y[row] = op == 0 ? Total(sum) : op == 1 ? top : low;
}
