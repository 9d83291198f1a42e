// One kernel and problem on one device: searches, measures through the worker, stores at once, and ends with a play-off.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "db/store.h"
#include "tuner/ahead.h"
#include "tuner/ahead_pace.h"
#include "tuner/client.h"
#include "tuner/helper.h"
#include "tuner/options.h"
#include "tuner/report.h"
#include "tuner/space.h"
#include "tuner/time_share.h"
#include "tuner/trial.h"

namespace hone {

using CompileVariant = std::function<Compiled(const std::string& pattern, const Values& point, const Values& types)>;

// What a job is about.
struct Task {
  std::shared_ptr<const Kernel> kernel;  // with its sources
  Values problem;                        // complete
  bool asked_for = false;                // else the manifest's own
  int number = 0;                        // among those of the run
  std::vector<Measurement> earlier;      // for --refresh: what other drivers of the device, or other sources, found best
};

// What the jobs of a run share. The store is one for all devices: lock before use.
struct TuneRun {
  const TuneOptions& options;
  Store& store;
  std::mutex& store_lock;
  std::mutex& callback_lock;
  const TuneCallback& callback;
  std::atomic<bool>& broken;  // an error ends the run: everybody stops
  std::chrono::steady_clock::time_point start;
  Budget budget;                                                  // of the job that comes next
  std::optional<std::chrono::steady_clock::time_point> deadline;  // likewise, its play-off included
  std::int64_t run = 0;
  std::set<std::int64_t> continued;  // earlier runs of the same command, which this one continues
  int tasks = 0;
  std::function<void()> compilers_idle;  // called once a job compiles nothing more
};

std::string VariantKey(const std::string& pattern, const Values& point);  // "pattern point"

class Job : public Objective {
 public:
  // device: client's. task: its problem is complete. client, helpers: have been given the kernel when a turn begins. The
  // helpers' workers measure what the search expects to ask next.
  Job(TuneRun& run, Client& client, const DeviceInfo& device, std::vector<Helper*> helpers, const Task& task,
      CompileVariant compile, ThreadPool& pool);
  ~Job() override;

  // A turn: of the first, or of further ones, which go on with what is known by then, also of other problems.
  void CompileFirst();  // begins to, on the pool, before the turn
  void Run();           // Errors: Error; throws Interrupted, with row() as far as it got
  // Re-times these variants of earlier devices or sources, best first, against the default; searches only when the best of them
  // no longer holds.
  void Refresh(const std::vector<Measurement>& earlier);
  void DryRun();     // measures nothing
  void FinishRow();  // sums up what is known so far, and rests
  void Rest();       // until the next turn: compiles nothing more
  TuneRow& row() { return row_; }
  SearchStanding Standing() const;

  // Objective: the search asks.
  Observation Measure(PointId point) override;
  void Expect(std::span<const PointId> points) override;
  std::size_t PointsAhead(std::size_t most) override;
  double TimeUsed() override;  // what is left before the deadline belongs to the play-off

  // Measures one variant of this problem outside the search, or finds it in the database. nullopt: not a legal point here.
  std::optional<Measurement> MeasureVariant(const std::string& pattern, const Values& point);
  const std::map<std::string, Measurement>& results() const { return results_; }  // by VariantKey

 private:
  static constexpr int kMostAhead = 16;    // variants decided before their turn
  static const std::string& AboutToRun();  // the message of a pending row
  void LoadStored();
  std::optional<double> CostOf(const Measurement& measured) const;
  Observation ObservationOf(const Measurement& measured) const;
  bool Usable(const Measurement& stored) const;
  bool IsChosen(const Measurement& measured) const;
  const Measurement* Best() const;
  struct Worker {
    Client& client;
    std::size_t number;  // 0 is the search's own, the others are the helpers'
    std::size_t of;
    // Whether this point's pipeline is this worker's, when they are made ahead: of several workers each makes a part, and
    // rather measures those.
    bool Makes(PointId point) const { return point % of == number; }
  };
  Worker WorkerOf(Client& client, std::size_t number) const { return {client, number, helpers_.size() + 1}; }
  Measurement MeasureNew(PointId point, const Worker& worker);
  Compiled Prepare(PointId point) const;
  Measurement AskWorker(const Compiled& variant, const Worker& worker);
  const Measurement* FindKnown(PointId point);
  void Help(const Worker& worker);
  void StopHelpers();
  BenchRequest RequestFor(const Binary& binary) const;
  void Keep(const Measurement& measurement);
  double Put(const Measurement& measurement);  // returns the milliseconds it took
  void WatchDrift();
  void Speculate(PointId point);
  void MeasureDefault(std::vector<PointId> next = {});
  void Search();
  const Measurement* Known(PointId point) const;
  std::vector<const Measurement*> AllKnown() const;
  bool PlayoffHolds() const;
  struct Finals {
    std::vector<PointId> points;
    int rounds = 0;
    bool too_late = false;  // not even two have time for it
  };
  std::vector<PointId> Finalists(int most) const;
  Finals PlanPlayoff() const;
  double SecondsLeft() const;
  double Turn_ns(double median_ns) const;
  int Rounds() const;
  std::vector<Binary> BinariesOf(const std::vector<PointId>& points);
  void Playoff();
  void StorePlayoff(const std::vector<PointId>& points, const std::vector<Binary>& binaries,
                    const Client::PlayoffResult& result);

  void Report(TuneProgress::Stage stage, const Measurement* latest = nullptr);
  std::optional<PointId> DefaultPoint() const;  // of the first pattern: the yardstick
  std::vector<PointId> DefaultPoints() const;   // of all
  std::string KeyOf(PointId point) const;

  TuneRun& run_;
  Client& client_;
  std::vector<Helper*> helpers_;
  const DeviceInfo device_;
  std::shared_ptr<const Kernel> kernel_;
  Values problem_, types_;
  std::vector<Values> check_problems_;
  CompileVariant compile_;
  int number_, compile_threads_;
  Space space_;
  CompileAhead ahead_;
  std::mutex lock_;  // what follows, and row_, while helpers run
  std::condition_variable helped_;
  AheadPace pace_{kMostAhead};
  std::deque<PointId> queue_;    // for helpers
  std::set<PointId> in_flight_;  // at helpers
  bool help_over_ = false, searching_ = false;
  std::map<std::string, Measurement> stored_;           // of earlier runs, by VariantKey
  std::vector<std::pair<PointId, Observation>> asked_;  // by the search, in order
  std::map<std::string, Observation> searched_;         // what a search saw, of this run or an earlier one, by VariantKey
  std::map<std::string, std::uint64_t> won_;            // play-offs of earlier runs, by VariantKey of the winner
  std::map<std::string, Measurement> results_;          // known in this run
  std::map<std::string, std::string> same_code_;        // identity -> VariantKey of what was measured first
  std::optional<Measurement> leader_;                   // fastest so far
  std::optional<Binary> leader_binary_;
  std::int64_t began_ms_ = std::numeric_limits<std::int64_t>::max();  // first result of the runs that this one continues
  std::set<PointId> announced_;                                       // by the strategy's latest Expect
  std::uint64_t since_drift_check_ = 0, done_ = 0, total_ = 0;
  double drift_ = 1;
  std::chrono::steady_clock::time_point start_, last_drift_check_;  // start_: of this turn
  int turns_ = 0;
  Stop stopped_ = Stop::kNone;
  TuneRow row_;
};

}  // namespace hone
