#include "tuner/reference.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "db/error.h"

namespace hone {
namespace {

using Buffers = std::span<std::vector<double>>;

void Copy(const ReferenceCall& call) { call.buffers[1] = call.buffers[0]; }

// y = a x + y.  Shape: x[n], y[n]
void Axpy(const ReferenceCall& call) {
  const double a = call.Scalar("a", 1);
  for (std::size_t i = 0; i < call.buffers[1].size(); ++i) call.buffers[1][i] += a * call.buffers[0][i];
}

// out = in^T.  Shape: in[rows][columns], out[columns][rows]
void Transpose(const ReferenceCall& call) {
  const std::size_t rows = call.Size("rows"), columns = call.Size("columns");
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) call.buffers[1][c * rows + r] = call.buffers[0][r * columns + c];
}

// Shape: in[n], out[1]
void Sum(const ReferenceCall& call) {
  call.buffers[1].assign(1, std::accumulate(call.buffers[0].begin(), call.buffers[0].end(), 0.0));
}

// Shape: in[n], out[n]
void InclusiveScan(const ReferenceCall& call) {
  std::partial_sum(call.buffers[0].begin(), call.buffers[0].end(), call.buffers[1].begin());
}
void ExclusiveScan(const ReferenceCall& call) {
  std::exclusive_scan(call.buffers[0].begin(), call.buffers[0].end(), call.buffers[1].begin(), 0.0);
}

// c = alpha a b + beta c, row-major.  Shape: a[m][k], b[k][n], c[m][n]
void Gemm(const ReferenceCall& call) {
  const std::size_t m = call.Size("m"), n = call.Size("n"), k = call.Size("k");
  const double alpha = call.Scalar("alpha", 1), beta = call.Scalar("beta", 0);
  std::vector<double> row(n);
  for (std::size_t i = 0; i < m; ++i) {
    std::fill(row.begin(), row.end(), 0);
    for (std::size_t l = 0; l < k; ++l) {
      const double a = call.buffers[0][i * k + l];
      for (std::size_t j = 0; j < n; ++j) row[j] += a * call.buffers[1][l * n + j];
    }
    for (std::size_t j = 0; j < n; ++j) call.buffers[2][i * n + j] = alpha * row[j] + beta * call.buffers[2][i * n + j];
  }
}

// Shape: in[n], out[n]
void Sort(const ReferenceCall& call) {
  call.buffers[1] = call.buffers[0];
  std::sort(call.buffers[1].begin(), call.buffers[1].end());
}
// Shape: keys[n], in place
void SortInPlace(const ReferenceCall& call) { std::sort(call.buffers[0].begin(), call.buffers[0].end()); }

// Stable.  Shape: keys[n], values[n], keys_out[n], values_out[n]
void SortPairs(const ReferenceCall& call) {
  std::vector<std::size_t> order(call.buffers[0].size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return call.buffers[0][i]; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    call.buffers[2][i] = call.buffers[0][order[i]];
    call.buffers[3][i] = call.buffers[1][order[i]];
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
