// hone tune stopped from outside, with its worker, as a terminal does it: what was measured is kept, and a second run goes on.
#include <gtest/gtest.h>
#include <signal.h>

#include "db/error.h"
#include "db/store.h"
#include "tests/tools/tuned.h"

namespace hone::testing {
namespace {

struct Stop {
  const char* name;
  int signal;  // 0: the terminal is closed
  int status;
  const char* says;
};

constexpr const char* kFinishing = "\nhone: finishing; results are kept (again: stop at once)\n";

class Stopped : public ::testing::TestWithParam<Stop> {
 protected:
  int Count() const {
    int count = 0;
    try {
      Store::Open(database_, Store::Mode::kReadOnly).ForEach({}, [&](const Measurement& each) {
        EXPECT_TRUE(each.outcome == Outcome::kOk || each.outcome == Outcome::kPending) << each.message;
        count += each.outcome == Outcome::kOk;
        return true;
      });
    } catch (const Error&) {  // it is being made
    }
    return count;
  }
  ProcessResult Tune(int evaluations, const ProcessOptions& options = {}) const {
    return RunHone({"tune", HONE_TEST_DATA "/kernels/many", "--db", database_, "--problem", "n=4096", "--strategy", "random",
                    "--evals", std::to_string(evaluations), "--playoff", "0", "--json"},
                   options);
  }
  TemporaryFolder folder_;
  const std::string database_ = folder_ / "t.db";
};
INSTANTIATE_TEST_SUITE_P(Tune, Stopped,
                         ::testing::Values(Stop{"CtrlC", SIGINT, 130, kFinishing}, Stop{"Terminate", SIGTERM, 130, kFinishing},
                                           Stop{"ClosedTerminal", 0, 130, ""}, Stop{"Kill", SIGKILL, 128 + SIGKILL, ""}),
                         [](const auto& parameter) { return parameter.param.name; });

TEST_P(Stopped, KeepsWhatItMeasuredAndASecondRunGoesOn) {
  const ProcessResult stopped = Tune(
      9000, {.terminal = GetParam().signal == 0, .stop_when = [&] { return Count() >= 3; }, .stop_with = GetParam().signal});
  EXPECT_EQ(stopped.status, GetParam().status) << stopped.errors;
  EXPECT_EQ(stopped.errors, GetParam().says);
  const int kept = Count();
  ASSERT_GE(kept, 3);
  ASSERT_LT(kept, 9000);
  const nlohmann::json row = JsonOf(Tune(kept + 2))["results"][0];
  EXPECT_EQ(row["reused"], kept);
  EXPECT_EQ(Count(), kept + row["measured"].get<int>());
}

}  // namespace
}  // namespace hone::testing
