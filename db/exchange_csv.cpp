#include <limits>
#include <ostream>

#include "db/exchange_impl.h"

namespace hone {
namespace {

// As RFC 4180 says: quoted where needed, quotes doubled.
std::string Cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + "\"";
}

std::string Number(double number) { return nlohmann::json(number).dump(); }

std::string SamplesCell(const std::vector<double>& samples) {
  std::string cell;
  for (const double sample : samples) {
    if (!cell.empty()) cell += ' ';
    cell += Number(sample);
  }
  return cell;
}

}  // namespace

void ExportCsv(const Store& store, std::ostream& out, const ExportOptions& options) {
  out << "kernel,problem,device,pattern,point,outcome,phase,median_ns,low_ns,high_ns,min_ns,p95_ns,mad_ns,cold,compile_"
         "ms,"
         "pipeline_ms,check_ms,bench_ms,unix_ms,run,message,samples_ns\n";
  for (const Measurement& m : Chosen(store, options)) {
    const Statistics& s = m.statistics;
    out << m.kernel << ',' << m.problem.ToText() << ',' << Cell(m.device_key) << ',' << m.pattern << ',' << m.point.ToText()
        << ',' << ToText(m.outcome) << ',' << Cell(m.phase);
    for (const double ns : {s.median_ns, s.low_ns, s.high_ns, s.min_ns, s.p95_ns, s.mad_ns}) {
      out << ',' << (m.outcome == Outcome::kOk ? Number(ns) : "");
    }
    out << ',' << (m.cold ? 1 : 0);
    for (const double ms : {m.compile_ms, m.pipeline_ms, m.check_ms, m.bench_ms}) out << ',' << Number(ms);
    out << ',' << m.unix_ms << ',' << m.run << ',' << Cell(m.message) << ',' << SamplesCell(m.samples_ns) << '\n';
  }
}

}  // namespace hone
