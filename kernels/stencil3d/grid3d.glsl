// The grid, and one point's step.
#include "grid.glsl"
layout(binding = 0) restrict readonly buffer X { float x[]; };
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint nz; uint ny; uint nx; float centre; float side; };

float Step(float here, float behind, float ahead, float up, float down, float left, float right) {
  return centre * here + side * (behind + ahead + up + down + left + right);
}

bool OnBorder(uint k, uint j, uint i) {
  return k == 0 || j == 0 || i == 0 || k + 1 >= nz || j + 1 >= ny || i + 1 >= nx;
}

// Outside the grid, where 0 - 1 also is: 0.
float At(uint k, uint j, uint i) { return k < nz && j < ny && i < nx ? x[(k * ny + j) * nx + i] : 0; }
