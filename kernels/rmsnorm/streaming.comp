#version 460
// A row of any length: the sum of squares in one reading, then the results.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 1) restrict readonly buffer WeightPackets { TV weight_packets[]; };
layout(binding = 2) restrict writeonly buffer YPackets { TV y_packets[]; };
layout(binding = 0) restrict readonly buffer X { T x[]; };
layout(binding = 1) restrict readonly buffer Weight { T weight[]; };
layout(binding = 2) restrict writeonly buffer Y { T y[]; };
layout(push_constant) uniform Push { uint rows; uint cols; float epsilon; };
#include "rows.glsl"

void LoadWeight(uint packet, out float e[VEC]) {
  if (Aligned()) {
    Unpack(weight_packets[packet], e);
  } else {
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      e[v] = 0;
      if (packet * VEC + v < cols) e[v] = float(weight[packet * VEC + v]);
    }
  }
}

void main() {
  const uint packets = PacketsInRow(), lane = TeamLane(), team = TeamSize();
  for (uint row = FirstRow(); row < rows; row += Teams()) {
    float squares = 0;
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] = 0;
        if (first + s * team < packets) LoadPacket(row, first + s * team, 0, e[s]);
      }
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        [[unroll]] for (uint v = 0; v < VEC; ++v) squares += e[s][v] * e[s][v];
      }
    }
    const float scale = inversesqrt(TeamSum(squares) / cols + epsilon);
    for (uint first = lane; first < packets; first += PER_LANE * team) {
      float e[PER_LANE][VEC];
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        if (first + s * team < packets) LoadPacket(row, first + s * team, 0, e[s]);
      }
      [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
        const uint packet = first + s * team;
        if (packet < packets) {
          float w[VEC];
          LoadWeight(packet, w);
          [[unroll]] for (uint v = 0; v < VEC; ++v) e[s][v] *= scale * w[v];
          StorePacket(row, packet, e[s]);
        }
      }
    }
  }
}
