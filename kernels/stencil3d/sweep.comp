#version 460
// Through the planes: of each, an invocation loads its own element once; it serves as the one ahead, here and behind in turn. The
// four neighbours in the plane come from memory, or from shared memory (IN_PLANE).
#extension GL_GOOGLE_include_directive : require
#include "grid3d.glsl"
layout(local_size_x = WG_X, local_size_y = WG_Y) in;

#if IN_PLANE
shared float plane[WG_Y + 2][WG_X + 2];

void LoadPlane(uint k, uint j, uint i, float here) {
  const uint row = gl_LocalInvocationID.y + 1, column = gl_LocalInvocationID.x + 1;
  barrier();
  plane[row][column] = here;
  if (row == 1) plane[0][column] = At(k, j - 1, i);
  if (row == WG_Y) plane[WG_Y + 1][column] = At(k, j + 1, i);
  if (column == 1) plane[row][0] = At(k, j, i - 1);
  if (column == WG_X) plane[row][WG_X + 1] = At(k, j, i + 1);
  barrier();
}

float Near(uint k, uint j, uint i, int down, int right) {
  return plane[gl_LocalInvocationID.y + 1 + down][gl_LocalInvocationID.x + 1 + right];
}
#else
void LoadPlane(uint k, uint j, uint i, float here) {}
float Near(uint k, uint j, uint i, int down, int right) { return At(k, j + down, i + right); }
#endif

void main() {
  const uint across = (nx + WG_X - 1) / WG_X, high = (ny + WG_Y - 1) / WG_Y;
  const uint group = LinearGroup();
  const uint i = group % across * WG_X + gl_LocalInvocationID.x;
  const uint j = group / across % high * WG_Y + gl_LocalInvocationID.y;
  const uint first = group / across / high * DEEP, end = min(first + DEEP, nz);
  if (first >= nz) return;
  float behind = At(first - 1, j, i), here = At(first, j, i);
  for (uint k = first; k < end; ++k) {
    const float ahead = At(k + 1, j, i);
    LoadPlane(k, j, i, here);
    if (j < ny && i < nx) {
      y[(k * ny + j) * nx + i] =
          OnBorder(k, j, i) ? here : Step(here, behind, ahead, Near(k, j, i, -1, 0), Near(k, j, i, 1, 0), Near(k, j, i, 0, -1), Near(k, j, i, 0, 1));
    }
    behind = here;
    here = ahead;
  }
}
