#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "db/error.h"
#include "tools/bench.h"
#include "tools/devices.h"
#include "tools/results.h"
#include "tuner/contract.h"

namespace hone {
namespace {

Cell OverCell(const std::optional<Ratio>& ratio) {
  if (!ratio || !(ratio->median > 0)) return {"", nullptr};
  const Json json{{"median", ratio->median}, {"low", ratio->low}, {"high", ratio->high}};
  if (ratio->low <= 0) return {RatioCell(ratio->median, 1).text, json};
  return {fmt::format("{:.2f}× ({:.2f} to {:.2f})", ratio->median, ratio->low, ratio->high), json};
}

std::string NameOfDevice(const BenchRun& bench, const std::string& key) {
  const auto device =
      std::find_if(bench.devices.begin(), bench.devices.end(), [&](const DeviceInfo& one) { return one.Key() == key; });
  return device == bench.devices.end() ? key : device->name + ", " + DriverText(*device);
}

const char* DeviceHeading(const BenchRun& bench) { return bench.devices.size() > 1 ? "device" : ""; }

Cell BestVariantCell(const BenchResult& result) {
  return result.coverage.best ? Cell(ToText(VariantOf(*result.coverage.best))) : Cell("", nullptr);
}

Json DevicesJson(const BenchRun& bench) {
  Json devices = Json::array();
  for (const DeviceInfo& device : bench.devices) devices.push_back(device.Key());
  return devices;
}

// "NVIDIA H100 80GB HBM3, NVIDIA 580.159.03; 2026-11-25 20:05:11"
std::string Caption(const BenchRun& bench) {
  std::string text;
  for (const DeviceInfo& device : bench.devices) {
    text += (text.empty() ? "" : " and ") + NameOfDevice(bench, device.Key());
  }
  return bench.unix_ms == 0 ? text : text + "; " + DateCell(bench.unix_ms).text;
}

// --- with peers ---

// "torch 2.5.1, cupy 13.3.0 on NVIDIA H100 80GB HBM3"
std::string Caption(const Peers& peers) {
  std::string text;
  for (const auto& [name, value] : peers.about.items()) {
    if (name == "device") continue;
    text += (text.empty() ? "" : ", ") + name + " " + (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return peers.device.empty() ? text : text + " on " + peers.device;
}

std::vector<Column> PeerColumns(const BenchRun& bench) {
  return {{"job", "job"},
          {"kernel", "kernel"},
          {"problem", "problem"},
          {"device", DeviceHeading(bench)},
          {"best_variant", ""},
          {"best_ns", "hone", true},
          {"rate_per_s", "rate", true},
          {"peer_ns", "peer", true},
          {"peer_rate_per_s", "peer's rate", true},
          {"unit", ""},
          {"over_peer", "over peer", true},
          {"over_default", "over default", true},
          {"over_median", "over median", true},
          {"rounds", ""},
          {"message", "note"}};
}

const Cell kNone{"", nullptr};

// Either may be absent, not both. The rate counts the peer's bytes or operations where there is a peer.
std::vector<Cell> JoinedRow(const BenchRun& bench, const PeerResult* peer, const BenchResult* ours) {
  const double our_ns = ours ? ours->best.median_ns : 0;
  const bool both = peer && our_ns > 0;
  const double speed = both ? peer->median_ns / our_ns : 0;
  return {peer ? Cell(peer->job) : kNone,
          ours ? Cell(ours->kernel.name) : kNone,
          ours ? Cell(ours->coverage.problem.ToText()) : kNone,
          ours ? Cell(NameOfDevice(bench, ours->coverage.device_key), ours->coverage.device_key) : kNone,
          ours ? BestVariantCell(*ours) : kNone,
          TimeCell(our_ns),
          both   ? PeerRateCell(*peer, peer->rate_per_s * speed)
          : ours ? RateCell(WorkOf(ours->kernel, ours->coverage.problem), our_ns)
                 : kNone,
          peer ? TimeCell(peer->median_ns) : kNone,
          peer ? PeerRateCell(*peer, peer->rate_per_s) : kNone,
          peer ? Cell("", peer->unit) : kNone,
          both ? RatioCell(speed, 1) : kNone,
          ours ? OverCell(ours->over_default) : kNone,
          ours ? OverCell(ours->over_median) : kNone,
          ours ? Cell("", ours->rounds) : kNone,
          ours ? Cell(ours->message) : kNone};
}

bool Does(const PeerJob& job, const BenchResult& result) {
  if (job.kernel != result.kernel.name) return false;
  try {
    return CompleteProblem(result.kernel, job.problem) == result.coverage.problem;
  } catch (const Error& error) {
    throw Error("job '" + job.job + "' of kernel '" + job.kernel + "': " + error.what());
  }
}

struct Joined {
  Table table;
  std::size_t with_partner = 0, at_least_as_fast = 0;  // of the peers' jobs
};

Joined Join(const BenchRun& bench, const Peers& peers, const std::vector<PeerJob>& jobs) {
  Joined joined{.table = Table(PeerColumns(bench))};
  std::vector<bool> used(bench.results.size());
  for (const PeerResult& peer : peers.results) {
    double fastest_ns = 0;
    bool found = false;
    for (std::size_t i = 0; i < bench.results.size(); ++i) {
      const BenchResult& ours = bench.results[i];
      const bool does =
          std::any_of(jobs.begin(), jobs.end(), [&](const PeerJob& job) { return job.job == peer.job && Does(job, ours); });
      if (!does) continue;
      joined.table.Add(JoinedRow(bench, &peer, &ours));
      used[i] = found = true;
      const double ns = ours.best.median_ns;
      if (ns > 0 && (fastest_ns == 0 || ns < fastest_ns)) fastest_ns = ns;
    }
    if (!found) joined.table.Add(JoinedRow(bench, &peer, nullptr));
    joined.with_partner += fastest_ns > 0;
    joined.at_least_as_fast += fastest_ns > 0 && fastest_ns <= peer.median_ns;
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i]) joined.table.Add(JoinedRow(bench, nullptr, &bench.results[i]));
  }
  return joined;
}

void PrintText(const Table& table, std::vector<std::string> facts, const Arguments& arguments) {
  const bool markdown = arguments.Flag("markdown");
  if (markdown) facts.push_back("`" + arguments.line() + "`");
  std::string text = markdown ? table.ToMarkdown() : table.ToText();
  for (const std::string& fact : facts) text += (markdown ? (&fact == &facts[0] ? "\n- " : "- ") : "") + fact + "\n";
  std::fputs(text.c_str(), stdout);
}

}  // namespace

void PrintBench(const BenchRun& bench, const Arguments& arguments) {
  const bool stored = arguments.Flag("stored");
  Table table({{"kernel", "kernel"},
               {"problem", "problem"},
               {"device", DeviceHeading(bench)},
               {"best_variant", "best variant"},
               {"best_ns", stored ? "time" : "now", true},
               {"stored_ns", stored ? "" : "stored", true},
               {"rate_per_s", "rate", true},
               {"over_default", "over default", true},
               {"over_median", "over median", true},
               {"rounds", ""},
               {"message", "note"}});
  for (const BenchResult& result : bench.results) {
    table.Add({result.kernel.name,
               result.coverage.problem.ToText(),
               {NameOfDevice(bench, result.coverage.device_key), result.coverage.device_key},
               BestVariantCell(result),
               TimeCell(result.best.median_ns),
               TimeCell(result.coverage.best ? result.coverage.best->statistics.median_ns : 0),
               RateCell(WorkOf(result.kernel, result.coverage.problem), result.best.median_ns),
               OverCell(result.over_default),
               OverCell(result.over_median),
               {"", result.rounds},
               result.message});
  }
  if (arguments.Flag("json")) return table.Print(true);
  PrintText(table, {Caption(bench)}, arguments);
}

void PrintBench(const BenchRun& bench, const Peers& peers, const std::vector<PeerJob>& jobs, const Arguments& arguments) {
  const Joined joined = Join(bench, peers, jobs);
  if (arguments.Flag("json")) {
    return PrintJson({{"command", arguments.line()},
                      {"unix_ms", bench.unix_ms},
                      {"devices", DevicesJson(bench)},
                      {"peers", peers.about},
                      {"jobs", peers.results.size()},
                      {"with_partner", joined.with_partner},
                      {"at_least_as_fast", joined.at_least_as_fast},
                      {"rows", joined.table.ToJson()}});
  }
  std::vector<std::string> facts{"hone: " + Caption(bench), "peers: " + Caption(peers),
                                 fmt::format("{} jobs of peers, {} with a partner here, {} of those at least as fast",
                                             peers.results.size(), joined.with_partner, joined.at_least_as_fast)};
  const bool same = std::any_of(bench.devices.begin(), bench.devices.end(),
                                [&](const DeviceInfo& device) { return device.name == peers.device; });
  if (!same) facts.push_back("the peers were not measured on this device: 'over peer' compares two devices");
  PrintText(joined.table, std::move(facts), arguments);
}

}  // namespace hone
