// Reference of the sorts. One workgroup sorts with a bitonic network whose exchanges all put the smaller element first, so that
// elements beyond n (larger than any) never move. Pairs nearer than a tile's length are exchanged in shared memory, a tile at a time.
// Equal keys are the same bits, so that this is what any sort gives; with VALUES, which number the elements, they make it stable.
// Source: Batcher, Sorting Networks and their Applications, 1968.
#define WG 1024
#define PER_LANE 4
#define BITS 8
#include "radix.glsl"
layout(local_size_x = WG) in;
#ifdef VALUES
layout(binding = 0) readonly buffer Keys { uint keys[]; };
layout(binding = 1) readonly buffer Values { uint values[]; };
layout(binding = 2) coherent buffer SortedKeys { uint sorted[]; };
layout(binding = 3) coherent buffer SortedValues { uint sorted_values[]; };
#define Element uvec2
Element Given(uint i) { return Element(Ordered(keys[i], K(0)), values[i]); }
Element Read(uint i) { return Element(Ordered(sorted[i], K(0)), sorted_values[i]); }
bool After(Element a, Element b) { return a.x > b.x || a.x == b.x && a.y > b.y; }
void Write(uint i, Element e) {
  sorted[i] = Raw(e.x, K(0));
  sorted_values[i] = e.y;
}
#else
layout(binding = 0) readonly buffer Keys { uint keys[]; };
layout(binding = 1) coherent buffer SortedKeys { uint sorted[]; };
#define Element uint
Element Given(uint i) { return Ordered(keys[i], K(0)); }
Element Read(uint i) { return Ordered(sorted[i], K(0)); }
bool After(Element a, Element b) { return a > b; }
void Write(uint i, Element e) { sorted[i] = Raw(e, K(0)); }
#endif
layout(push_constant) uniform Push { uint n; };

shared Element tile[kTile];

// Of a step's pairs, number `pair`: its first element. The other is this one ^ flip.
uint FirstOf(uint pair, uint apart) { return 2 * pair - (pair & apart - 1); }

void TileStep(uint base, uint apart, uint flip) {
  [[unroll]] for (uint s = 0; s < PER_LANE / 2; ++s) {
    const uint i = FirstOf(s * WG + gl_LocalInvocationIndex, apart), j = i ^ flip;
    const Element a = tile[i], b = tile[j];
    if (base + j < n && After(a, b)) {
      tile[i] = b;
      tile[j] = a;
    }
  }
  barrier();
}

// Whole: sorts what was given. Else: the steps of a longer run that are nearer than a tile's length.
void Tile(uint base, bool whole) {
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    const uint at = s * WG + gl_LocalInvocationIndex;
    tile[at] = Element(0);
    if (base + at < n) tile[at] = whole ? Given(base + at) : Read(base + at);
  }
  barrier();
  // The first step of a run compares it with its mirror image, the others with neighbours `apart`.
  for (uint run = whole ? 2 : kTile; run <= kTile; run *= 2) {
    for (uint apart = run / 2; apart > 0; apart /= 2) TileStep(base, apart, whole && apart == run / 2 ? run - 1 : apart);
  }
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    const uint at = s * WG + gl_LocalInvocationIndex;
    if (base + at < n) Write(base + at, tile[at]);
  }
}

void FarStep(uint apart, uint flip) {
  const uint pairs = (n + 2 * apart - 1) / (2 * apart) * apart;
  for (uint first = gl_LocalInvocationIndex; first < pairs; first += 16 * WG) {
    Element a[16], b[16];
    [[unroll]] for (uint s = 0; s < 16; ++s) {
      const uint i = FirstOf(first + s * WG, apart), j = i ^ flip;
      a[s] = Element(0);
      b[s] = Element(0);
      if (first + s * WG < pairs && j < n) {
        a[s] = Read(i);
        b[s] = Read(j);
      }
    }
    [[unroll]] for (uint s = 0; s < 16; ++s) {
      const uint i = FirstOf(first + s * WG, apart), j = i ^ flip;
      if (After(a[s], b[s])) {
        Write(i, b[s]);
        Write(j, a[s]);
      }
    }
  }
}

void Synchronize() {
  memoryBarrierBuffer();
  barrier();
}

void main() {
  for (uint base = 0; base < n; base += kTile) Tile(base, true);
  Synchronize();
  for (uint run = 2 * kTile; run / 2 < n; run *= 2) {
    for (uint apart = run / 2; apart >= kTile; apart /= 2) {
      FarStep(apart, apart == run / 2 ? run - 1 : apart);
      Synchronize();
    }
    for (uint base = 0; base < n; base += kTile) Tile(base, false);
    Synchronize();
  }
}
