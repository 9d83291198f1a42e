// The bin of an element; bins or more: none. Needs the push constants bins, low and high.
float BinsPerUnit() {
  precise const float scale = float(bins) / (high - low);
  return scale;
}

uint Bin(uint x, float scale) { return x; }

uint Bin(float x, float scale) {
  precise const float place = (x - low) * scale;
  return x >= low && x <= high ? min(uint(place), bins - 1) : bins;
}
