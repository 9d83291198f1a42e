// The bin of an element; bins or more: none. Needs the push constants bins, low and high.
uint Bin(uint x) { return x; }

uint Bin(float x) {
  precise const float scale = float(bins) / (high - low);
  precise const float place = (x - low) * scale;
  return x >= low && x <= high ? min(uint(place), bins - 1) : bins;
}
