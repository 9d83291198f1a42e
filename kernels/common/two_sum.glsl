// Sums in float with about twice its precision, for references: a running sum and what its roundings lost.
// Source: Knuth, The Art of Computer Programming 2, 4.2.2 (two-sum).
struct Sum {
  float value;
  float lost;
};

void Add(inout Sum sum, float x) {
  precise const float total = sum.value + x;
  precise const float other = total - sum.value;
  precise const float kept = total - other;
  precise const float left = sum.value - kept;
  precise const float right = x - other;
  precise const float error = left + right;
  precise const float lost = sum.lost + error;
  sum.value = total;
  sum.lost = lost;
}

// Adds x * y, with the rounding of the product.
void AddProduct(inout Sum sum, float x, float y) {
  precise const float product = x * y;
  precise const float error = fma(x, y, -product);
  precise const float lost = sum.lost + error;
  sum.lost = lost;
  Add(sum, product);
}

void Add(inout Sum sum, Sum other) {
  Add(sum, other.value);
  precise const float lost = sum.lost + other.lost;
  sum.lost = lost;
}

float Total(Sum sum) { return sum.value + sum.lost; }
