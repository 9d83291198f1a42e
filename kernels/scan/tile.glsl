// A tile of WG * PER_LANE packets, by PlaceInTile(): loading it, and storing it scanned.
// Needs BITS, T, x_packets, x, y_packets, y, n and exclusive, and tile_scan.glsl.
const uint kTile = WG * PER_LANE * VEC;

// Beyond the array's end: zeros.
void LoadTile(uint tile, out T e[PER_LANE][VEC]) {
  const uint first = tile * kTile;
  if (first + kTile <= n) {
    BITS packets[PER_LANE];
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) packets[s] = x_packets[first / VEC + PlaceInTile(s)];
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) Unpack(packets[s], e[s]);
  } else {
    [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = first + PlaceInTile(s) * VEC + v;
        e[s][v] = T(0);
        if (i < n) FromBits(x[i], e[s][v]);
      }
    }
  }
}

// sums[s]: the sum of packet s.
void PacketSums(T e[PER_LANE][VEC], out T sums[PER_LANE]) {
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    sums[s] = e[s][0];
    [[unroll]] for (uint v = 1; v < VEC; ++v) sums[s] += e[s][v];
  }
}

// before[s]: the sum of all elements before packet s.
void StoreTile(uint tile, T e[PER_LANE][VEC], T before[PER_LANE]) {
  const uint first = tile * kTile;
  [[unroll]] for (uint s = 0; s < PER_LANE; ++s) {
    T sum = before[s];
    [[unroll]] for (uint v = 0; v < VEC; ++v) {
      const T next = sum + e[s][v];
      e[s][v] = exclusive != 0 ? sum : next;
      sum = next;
    }
    if (first + kTile <= n) {
      y_packets[first / VEC + PlaceInTile(s)] = Pack(e[s]);
    } else {
      [[unroll]] for (uint v = 0; v < VEC; ++v) {
        const uint i = first + PlaceInTile(s) * VEC + v;
        if (i < n) y[i] = ToBits(e[s][v]);
      }
    }
  }
}
