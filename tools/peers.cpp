#include "tools/peers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "compiler/toml_reader.h"
#include "db/error.h"
#include "tools/format.h"
#include "tuner/read_file.h"

namespace hone {
namespace {

const std::map<std::string, double>& Units() {  // unit -> what one of it is a second
  static const std::map<std::string, double> units{{"GB/s", 1e9}, {"Gkey/s", 1e9}, {"TFLOP/s", 1e12}};
  return units;
}

double Positive(const Json& line, const char* key) {
  const double value = line.at(key).get<double>();
  if (!(value > 0)) throw Error(std::string("'") + key + "' is not positive");
  return value;
}

PeerResult ReadResult(const Json& line) {
  PeerResult result;
  result.job = line.at("job").get<std::string>();
  result.unit = line.at("unit").get<std::string>();
  const auto unit = Units().find(result.unit);
  if (unit == Units().end()) throw Error("unknown unit '" + result.unit + "'");
  result.median_ns = 1e3 * Positive(line, "median_us");
  result.rate_per_s = unit->second * Positive(line, "value");
  return result;
}

void ReadLine(const std::string& text, Peers& peers) {
  const Json line = Json::parse(text);
  if (line.is_object() && !line.contains("job")) {
    if (!peers.about.is_null()) throw Error("a second line about the device: one run a file");
    peers.about = line;
    peers.device = line.value("device", "");
    return;
  }
  PeerResult result = ReadResult(line);
  const bool known =
      std::any_of(peers.results.begin(), peers.results.end(), [&](const PeerResult& other) { return other.job == result.job; });
  if (known) throw Error("the job '" + result.job + "' stands twice: one run a file");
  peers.results.push_back(std::move(result));
}

Values ReadProblem(const TomlMember& member, ManifestLog& log) {
  Values problem;
  TableReader reader(member.value, "the problem of '" + member.key + "'", log);
  for (const TomlMember* item : reader.Rest()) {
    if (const auto value = ReadValue(item->value, "'" + item->key + "'", log)) problem.Set(item->key, *value);
  }
  return problem;
}

}  // namespace

Peers ReadPeers(const std::string& path) {
  std::istringstream file(ReadFile(path));
  Peers peers;
  int number = 1;
  for (std::string text; std::getline(file, text); ++number) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    try {
      ReadLine(text, peers);
    } catch (const Json::exception&) {
      Fail({path, number, 0}, R"(not a line of {"job", "median_us", "value", "unit"})");
    } catch (const Error& error) {
      Fail({path, number, 0}, error.what());
    }
  }
  if (peers.results.empty()) throw Error(path + ": holds no results of peers (a JSON object a line)");
  return peers;
}

Cell PeerRateCell(const PeerResult& peer, double rate_per_s) {
  return {FormatDigits(rate_per_s / Units().at(peer.unit)) + " " + peer.unit, rate_per_s};
}

std::vector<PeerJob> ReadPeerJobs(const std::string& path) {
  const std::string text = ReadFile(path);
  const TomlNode root = ParseToml(text, path);
  ManifestLog log(text);
  std::vector<PeerJob> jobs;
  for (const TomlMember& kernel : root.members) {
    TableReader reader(kernel.value, "[" + kernel.key + "]", log);
    for (const TomlMember* job : reader.Rest()) jobs.push_back({job->key, kernel.key, ReadProblem(*job, log)});
  }
  log.ThrowIfAny();
  return jobs;
}

}  // namespace hone
