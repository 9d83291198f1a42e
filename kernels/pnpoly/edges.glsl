// Points and edges. An edge goes from corner `i` to the one before it (the last for the first); it is kept as the heights of its
// ends, its slope across, and where it starts. A ray to the right from a point inside crosses an odd number of edges.
#extension GL_EXT_control_flow_attributes : require
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer Points { vec2 points[]; };
layout(binding = 1) restrict readonly buffer Corners { vec2 corners[]; };
layout(binding = 2) restrict writeonly buffer Inside { uint inside[]; };
layout(push_constant) uniform Push { uint n; uint vertices; };

struct Edge {
  float from_y, to_y, slope, from_x;
};

Edge EdgeAt(uint i) {
  const vec2 from = corners[i], to = corners[i == 0 ? vertices - 1 : i - 1];
  const float slope = from.y == to.y ? 0 : (to.x - from.x) / (to.y - from.y);
  return Edge(from.y, to.y, slope, from.x);
}

bool Passes(Edge edge, float y) {
#if BETWEEN == 0
  return (edge.from_y > y) != (edge.to_y > y);
#elif BETWEEN == 1
  return edge.from_y > y ? edge.to_y <= y : edge.to_y > y;
#else
  return min(edge.from_y, edge.to_y) <= y && y < max(edge.from_y, edge.to_y);
#endif
}

// Written as one fma: every variant decides alike for points next to an edge.
uint Crosses(Edge edge, vec2 point) {
  return Passes(edge, point.y) && point.x < fma(point.y - edge.from_y, edge.slope, edge.from_x) ? 1 : 0;
}
