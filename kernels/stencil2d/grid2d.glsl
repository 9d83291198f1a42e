// The grid, and one point's step.
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(binding = 0) restrict readonly buffer X { float x[]; };
layout(binding = 1) restrict writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; uint points; float centre; float side; float corner; };

// above, here, below: three neighbouring elements of three rows.
float Step(vec3 above, vec3 here, vec3 below) {
  const float sides = above.y + below.y + here.x + here.z;
  const float corners = above.x + above.z + below.x + below.z;
  const float result = centre * here.y + side * sides;
  return points == 9 ? result + corner * corners : result;
}

bool OnBorder(uint r, uint c) { return r == 0 || c == 0 || r + 1 >= rows || c + 1 >= cols; }

float At(uint r, uint c) { return r < rows && c < cols ? x[r * cols + c] : 0; }   // 0 - 1 is beyond every size
