#version 460
// A workgroup splits one tile of A (BM x BK) or of B (BK x BN) into pairs of halves, whose sum has 22 bits of a float's 24.
//
// The tile is scaled by a power of two that brings its largest element to [2^14, 2^15): elements down to 2^-17 of the largest keep
// all 22 bits, smaller ones are off by at most 2^-39 of the largest. Beyond the matrix: zeros. What is stored lies as the shared
// memory of gemm_cooperative.glsl wants it: a tile's high parts, then its low ones, in packets of eight.
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_arithmetic : require
#include "grid.glsl"
#include "gemm_tiles.glsl"
layout(local_size_x = 128) in;
const uint kInvocations = 128;
layout(binding = 0) restrict readonly buffer A { float a[]; };
layout(binding = 0) restrict readonly buffer A4 { vec4 a4[]; };
layout(binding = 1) restrict readonly buffer B { float b[]; };
layout(binding = 1) restrict readonly buffer B4 { vec4 b4[]; };
layout(binding = 3) restrict writeonly buffer PackedA { uvec4 packed_a[]; };
layout(binding = 4) restrict writeonly buffer PackedB { uvec4 packed_b[]; };
layout(binding = 5) restrict writeonly buffer ScalesA { float scales_a[]; };
layout(binding = 6) restrict writeonly buffer ScalesB { float scales_b[]; };

shared float largest[kInvocations];  // of each subgroup

// Of the workgroup's values.
float Largest(float mine) {
  mine = subgroupMax(mine);
  if (subgroupElect()) largest[gl_SubgroupID] = mine;
  barrier();
  float all = 0;
  for (uint i = gl_SubgroupInvocationID; i < gl_NumSubgroups; i += gl_SubgroupSize) all = max(all, largest[i]);
  return subgroupMax(all);
}

// Eight elements of a matrix of rows x columns from `at` (row, column) on, along the row.
#define ALONG_ROW(from, from4, at, rows, columns, e)                                                \
  if (columns % 4 == 0 && at.x < rows && at.y + 8 <= columns) {                                     \
    const vec4 low = from4[(at.x * columns + at.y) / 4], high = from4[(at.x * columns + at.y) / 4 + 1];\
    e = float[](low.x, low.y, low.z, low.w, high.x, high.y, high.z, high.w);                        \
  } else {                                                                                          \
    EDGE(from, at, rows, columns, e)                                                                \
  }

// The elements of packet i of a tile whose first row and column in the matrix are `first`.
void PacketOfA(uint i, uvec2 first, out float e[8]) {
  const uvec2 at = first + uvec2(i / (BK / 8), i % (BK / 8) * 8);
  ALONG_ROW(a, a4, at, m, k, e)
}

void PacketOfB(uint i, uvec2 first, out float e[8]) {
  const uvec2 at = first + uvec2(i / (BN / 8), i % (BN / 8) * 8);
  ALONG_ROW(b, b4, at, k, n, e)
}

// Splits the tile whose PACKETS packets PACKET tells.
#define SPLIT(PACKET, PACKETS, first, tile, packed, scales)                                         \
  {                                                                                                 \
    const uint each = (PACKETS + kInvocations - 1) / kInvocations;                                  \
    float e[each][8];                                                                               \
    float most = 0;                                                                                 \
    [[unroll]] for (uint i = 0; i < each; ++i) {                                                    \
      const uint packet = gl_LocalInvocationIndex + i * kInvocations;                               \
      if (packet >= PACKETS) break;                                                                 \
      PACKET(packet, first, e[i]);                                                                  \
      [[unroll]] for (uint v = 0; v < 8; ++v) most = max(most, abs(e[i][v]));                       \
    }                                                                                               \
    const uint exponent = max(floatBitsToUint(Largest(most)) >> 23, 15);                            \
    const float scale = uintBitsToFloat(268 - exponent << 23);                                      \
    if (gl_LocalInvocationIndex == 0) scales[tile] = uintBitsToFloat(exponent - 14 << 23);          \
    [[unroll]] for (uint i = 0; i < each; ++i) {                                                    \
      const uint packet = gl_LocalInvocationIndex + i * kInvocations;                               \
      if (packet >= PACKETS) break;                                                                 \
      uvec4 high, low;                                                                              \
      [[unroll]] for (uint v = 0; v < 4; ++v) {                                                     \
        const vec2 pair = scale * vec2(e[i][2 * v], e[i][2 * v + 1]);                               \
        const vec2 rounded = uintBitsToFloat(floatBitsToUint(pair) + 0x1000 & 0xFFFFE000);          \
        high[v] = packHalf2x16(rounded);                                                            \
        low[v] = packHalf2x16(pair - rounded);                                                      \
      }                                                                                             \
      packed[2 * PACKETS * tile + packet] = high;                                                   \
      packed[2 * PACKETS * tile + PACKETS + packet] = low;                                          \
    }                                                                                               \
  }

void main() {
  const uint steps = Steps(), tiles_of_a = TilesDown() * steps, group = LinearGroup();
  if (group < tiles_of_a) {
    const uvec2 first = uvec2(group / steps * BM, group % steps * BK);
    SPLIT(PacketOfA, kPacketsA, first, group, packed_a, scales_a)
  } else if (group < tiles_of_a + TilesAcross() * steps) {
    const uint tile = group - tiles_of_a;
    const uvec2 first = uvec2(tile % steps * BK, tile / steps * BN);
    SPLIT(PacketOfB, kPacketsB, first, tile, packed_b, scales_b)
  }
}
