#version 460
// One element an invocation. Either the reads of neighbouring invocations are neighbours, or their writes are.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;
layout(binding = 0) restrict readonly buffer In { T from[]; };
layout(binding = 1) restrict writeonly buffer Out { T to[]; };
layout(push_constant) uniform Push { uint batch; uint rows; uint cols; };

void main() {
  const uint wide = OVER_OUT != 0 ? rows : cols;
  const uint high = OVER_OUT != 0 ? cols : rows;
  const uint across = (wide + WG_X - 1) / WG_X;
  const uint down = (high + WG_Y - 1) / WG_Y;
  const uint group = LinearGroup();
  const uint x = group % across * WG_X + gl_LocalInvocationID.x;
  const uint y = group / across % down * WG_Y + gl_LocalInvocationID.y;
  const uint b = group / across / down;
  if (b >= batch || x >= wide || y >= high) return;
  const uint r = OVER_OUT != 0 ? x : y;
  const uint c = OVER_OUT != 0 ? y : x;
  to[(b * cols + c) * rows + r] = from[(b * rows + r) * cols + c];
}
