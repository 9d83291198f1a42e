#version 460
// A team of invocations computes ROWS neighbouring elements of y, so that each packet of x serves as many packets of A. Of each row
// UNROLL packets are in flight. With SPLIT_K a team takes one of SPLIT parts of the row's packets and leaves its sum in partial.
#extension GL_GOOGLE_include_directive : require
#include "types.glsl"
#include "grid.glsl"
#include "team.glsl"
layout(local_size_x = WG) in;
layout(binding = 0) restrict readonly buffer APackets { TV a_packets[]; };
layout(binding = 0) restrict readonly buffer A { T a[]; };
layout(binding = 1) restrict readonly buffer XPackets { TV x_packets[]; };
layout(binding = 1) restrict readonly buffer X { T x[]; };
layout(binding = 2) restrict writeonly buffer Y { T y[]; };
#ifdef SPLIT_K
layout(binding = 3) restrict writeonly buffer Partial { float partial[]; };
#endif
layout(push_constant) uniform Push { uint m; uint n; };

// STEPS packets of x and of each row from `packet` on, a team apart.
#define MULTIPLY(STEPS)                                                                                          \
  {                                                                                                              \
    TV from_x[STEPS], from_a[ROWS][STEPS];                                                                       \
    [[unroll]] for (uint s = 0; s < STEPS; ++s) {                                                                \
      from_x[s] = x_packets[packet + s * team];                                                                  \
      [[unroll]] for (uint r = 0; r < ROWS; ++r) from_a[r][s] = a_packets[bases[r] + packet + s * team];         \
    }                                                                                                            \
    [[unroll]] for (uint s = 0; s < STEPS; ++s) {                                                                \
      float e[VEC], f[VEC];                                                                                      \
      Unpack(from_x[s], e);                                                                                      \
      [[unroll]] for (uint r = 0; r < ROWS; ++r) {                                                               \
        Unpack(from_a[r][s], f);                                                                                 \
        [[unroll]] for (uint v = 0; v < VEC; ++v) sums[r] += e[v] * f[v];                                        \
      }                                                                                                          \
    }                                                                                                            \
  }

void main() {
  const uint lane = TeamLane(), team = TeamSize();
#ifdef SPLIT_K
  const uint block = Team() / SPLIT, part = Team() % SPLIT, parts = SPLIT;
#else
  const uint block = Team(), part = 0, parts = 1;
#endif
  // Subgroups may be larger than the grid was made for: then a team takes several blocks.
  const uint stride = max(Teams() / parts, 1);
  for (uint first_row = block * ROWS; first_row < m; first_row += stride * ROWS) {
    float sums[ROWS];
    [[unroll]] for (uint r = 0; r < ROWS; ++r) sums[r] = 0;
    if (n % VEC == 0) {
      const uint packets = n / VEC, share = (packets + parts - 1) / parts;
      const uint end = min(share * (part + 1), packets);
      uint bases[ROWS];                                  // the last rows again where there are no more
      [[unroll]] for (uint r = 0; r < ROWS; ++r) bases[r] = min(first_row + r, m - 1) * packets;
      uint packet = share * part + lane;
      for (; packet + (UNROLL - 1) * team < end; packet += UNROLL * team) MULTIPLY(UNROLL)
      for (; packet < end; packet += team) MULTIPLY(1)
    } else {
      const uint share = (n + parts - 1) / parts;
      const uint end = min(share * (part + 1), n);
      for (uint i = share * part + lane; i < end; i += team) {
        const float e = float(x[i]);
        [[unroll]] for (uint r = 0; r < ROWS; ++r) sums[r] += e * float(a[min(first_row + r, m - 1) * n + i]);
      }
    }
    [[unroll]] for (uint r = 0; r < ROWS; ++r) {
      const float sum = TeamSum(sums[r]);
      if (lane == 0 && first_row + r < m) {
#ifdef SPLIT_K
        partial[(first_row + r) * parts + part] = sum;
#else
        y[first_row + r] = T(sum);
#endif
      }
    }
  }
}
