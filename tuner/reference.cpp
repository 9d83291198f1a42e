#include "tuner/reference.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "db/error.h"

namespace hone {
namespace {

void Copy(const ReferenceCall& call) { call.Buffer(1) = call.Buffer(0); }

// y = a x + y.  Shape: x[n], y[n]
void Axpy(const ReferenceCall& call) {
  const double a = call.Scalar("a", 1);
  std::vector<double>& y = call.Buffer(1);
  const std::vector<double>& x = call.Buffer(0, y.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += a * x[i];
}

// out = in^T.  Shape: in[rows][columns], out[columns][rows]
void Transpose(const ReferenceCall& call) {
  const std::size_t rows = call.Size("rows"), columns = call.Size("columns");
  const std::vector<double>& in = call.Buffer(0, rows * columns);
  std::vector<double>& out = call.Buffer(1, rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) out[c * rows + r] = in[r * columns + c];
}

// Shape: in[n], out[1]
void Sum(const ReferenceCall& call) {
  const std::vector<double>& in = call.Buffer(0);
  call.Buffer(1).assign(1, std::accumulate(in.begin(), in.end(), 0.0));
}

// Shape: in[n], out[n]
void InclusiveScan(const ReferenceCall& call) {
  const std::vector<double>& in = call.Buffer(0);
  std::partial_sum(in.begin(), in.end(), call.Buffer(1, in.size()).begin());
}
void ExclusiveScan(const ReferenceCall& call) {
  const std::vector<double>& in = call.Buffer(0);
  std::exclusive_scan(in.begin(), in.end(), call.Buffer(1, in.size()).begin(), 0.0);
}

// c = alpha a b + beta c, row-major.  Shape: a[m][k], b[k][n], c[m][n]
void Gemm(const ReferenceCall& call) {
  const std::size_t m = call.Size("m"), n = call.Size("n"), k = call.Size("k");
  const double alpha = call.Scalar("alpha", 1), beta = call.Scalar("beta", 0);
  const std::vector<double>&a = call.Buffer(0, m * k), &b = call.Buffer(1, k * n);
  std::vector<double>& c = call.Buffer(2, m * n);
  std::vector<double> row(n);
  for (std::size_t i = 0; i < m; ++i) {
    std::fill(row.begin(), row.end(), 0);
    for (std::size_t l = 0; l < k; ++l)
      for (std::size_t j = 0; j < n; ++j) row[j] += a[i * k + l] * b[l * n + j];
    for (std::size_t j = 0; j < n; ++j) c[i * n + j] = alpha * row[j] + beta * c[i * n + j];
  }
}

// Shape: in[n], out[n]
void Sort(const ReferenceCall& call) {
  std::vector<double>& out = call.Buffer(1) = call.Buffer(0);
  std::sort(out.begin(), out.end());
}
// Shape: keys[n], in place
void SortInPlace(const ReferenceCall& call) { std::sort(call.Buffer(0).begin(), call.Buffer(0).end()); }

// Stable.  Shape: keys[n], values[n], keys_out[n], values_out[n]
void SortPairs(const ReferenceCall& call) {
  const std::vector<double>& keys = call.Buffer(0);
  const std::vector<double>& values = call.Buffer(1, keys.size());
  std::vector<double>&keys_out = call.Buffer(2, keys.size()), &values_out = call.Buffer(3, keys.size());
  std::vector<std::size_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return keys[i]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    keys_out[i] = keys[order[i]];
    values_out[i] = values[order[i]];
  }
}

struct Entry {
  std::string_view name;
  Reference reference;
};
constexpr Entry kReferences[] = {
    {"copy", Copy},
    {"axpy", Axpy},
    {"transpose", Transpose},
    {"sum", Sum},
    {"inclusive_scan", InclusiveScan},
    {"exclusive_scan", ExclusiveScan},
    {"gemm", Gemm},
    {"sort", Sort},
    {"sort_in_place", SortInPlace},
    {"sort_pairs", SortPairs},
};

}  // namespace

std::size_t ReferenceCall::Size(std::string_view name) const {
  const std::optional<std::int64_t> value = problem.Integer(name);
  if (!value) throw Error("a C++ reference needs the problem's integer '" + std::string(name) + "'");
  return static_cast<std::size_t>(*value);
}

std::vector<double>& ReferenceCall::Buffer(std::size_t binding, std::size_t least) const {
  const std::size_t has = binding < buffers.size() ? buffers[binding].size() : 0;
  if (binding < buffers.size() && has >= least) return buffers[binding];
  throw Error(
      "its C++ reference needs a buffer of binding " + std::to_string(binding) + " with at least " + std::to_string(least) +
      " elements; the manifest " +
      (binding < buffers.size() ? "gives it " + std::to_string(has) : "has " + std::to_string(buffers.size()) + " buffers"));
}

double ReferenceCall::Scalar(std::string_view name, double otherwise) const {
  const auto found = scalars.find(std::string(name));
  return found == scalars.end() ? otherwise : found->second;
}

Reference FindReference(std::string_view name) {
  for (const Entry& entry : kReferences)
    if (entry.name == name) return entry.reference;
  throw Error("there is no C++ reference 'cpp:" + std::string(name) + "'" + DidYouMean(name, ReferenceNames()));
}

std::vector<std::string> ReferenceNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kReferences) names.emplace_back(entry.name);
  return names;
}

}  // namespace hone
