#include "db/formula.h"

#include <gtest/gtest.h>

namespace hone {
namespace {

double At10(const std::string& text) {
  return Formula::Parse(text).Evaluate(Lookup([](std::string_view) { return std::optional<double>(10); }));
}

std::string ErrorOf(const std::string& text) {
  try {
    Formula::Parse(text, {"n", "WG", "maxComputeWorkGroupInvocations"});
  } catch (const FormulaError& failure) {
    return std::to_string(failure.column) + ": " + failure.what();
  }
  return "no error";
}

TEST(Formula, Evaluates) {
  EXPECT_EQ(At10("ceil_div(n, 3)"), 4);
  EXPECT_EQ(At10("ceil_div(n, 5)"), 2);
  EXPECT_EQ(At10("ceil_div(0, n)"), 0);
  EXPECT_EQ(At10("round_up(n, 64)"), 64);
  EXPECT_EQ(At10("n % 7 + mod(-1, 4)"), 6);
  EXPECT_EQ(At10("min(n, 2, 3) + max(n, 20)"), 22);
  EXPECT_EQ(At10("is_pow2(64) + is_pow2(0) + is_pow2(n)"), 1);
  EXPECT_EQ(At10("log2(8) * 2 ^ 3"), 24);
  EXPECT_EQ(At10("n > 5 ? 1 : 2"), 1);
  EXPECT_EQ(At10("!(n == 3) && n >= 2 || 0"), 1);
  EXPECT_EQ(At10("-n + 3"), -7);
}

TEST(Formula, CeilDivIsExactUpTo2To53) {
  const Formula formula = Formula::Parse("ceil_div(a, b)");
  const double values[] = {9007199254740991.0, 2.0};
  EXPECT_EQ(formula.Evaluate(values), 4503599627370496.0);
}

TEST(Formula, ErrorsHaveColumnsAndSuggestions) {
  EXPECT_EQ(ErrorOf("WG <= maxComputeWorkgroupInvocations"),
            "7: unknown name 'maxComputeWorkgroupInvocations' (did you mean 'maxComputeWorkGroupInvocations'?)");
  EXPECT_EQ(ErrorOf("n + cel_div(n, 2)"), "5: unknown function 'cel_div' (did you mean 'ceil_div'?)");
  EXPECT_EQ(ErrorOf("n = 3"), "3: '=' does not compare; use '=='");
  EXPECT_EQ(ErrorOf("(n"), "3: missing ')'");
  EXPECT_EQ(ErrorOf("n)"), "2: ')' without '('");
  EXPECT_EQ(ErrorOf(" "), "1: empty formula");
  EXPECT_EQ(ErrorOf("n, n"), "1: ',' outside a function's arguments");
  EXPECT_EQ(ErrorOf("n; n"), "2: ';' has no place in a formula");
  EXPECT_EQ(ErrorOf("n & WG"), "3: '&' alone; use '&&'");
  EXPECT_EQ(ErrorOf("n * min"), "5: 'min' is a function; write 'min(…)'");
  EXPECT_TRUE(ErrorOf("n +").starts_with("4: bad formula 'n +'")) << ErrorOf("n +");
  EXPECT_TRUE(ErrorOf(std::string(5000, '1')).starts_with("1: a formula is at most"));
  EXPECT_TRUE(ErrorOf(std::string(100, '(') + "n" + std::string(100, ')')).find("nested too deep") != std::string::npos);
}

TEST(Formula, CountsAreIntegers) {
  const Lookup ten = [](std::string_view) { return std::optional<double>(10); };
  EXPECT_EQ(Formula::Parse("n * 2").EvaluateCount(ten), 20);
  EXPECT_THROW(Formula::Parse("n / 4").EvaluateCount(ten), Error);
  EXPECT_THROW(Formula::Parse("0 - n").EvaluateCount(ten), Error);
  EXPECT_THROW(Formula::Parse("n / 0").EvaluateCount(ten), Error);
  EXPECT_THROW(Formula::Parse("2 ^ 60").EvaluateCount(ten), Error);
  EXPECT_THROW(Formula::Parse("n").EvaluateCount(Lookup()), Error);
}

TEST(Formula, CopiesAreIndependent) {
  Formula first = Formula::Parse("a + b");
  const Formula second = first;
  first = Formula();
  const double values[] = {1, 2};
  EXPECT_EQ(second.Evaluate(values), 3);
  EXPECT_EQ(first.Evaluate(std::span<const double>()), 0);
  EXPECT_THROW(first.Evaluate(values), Error);
  EXPECT_EQ(second.names(), (std::vector<std::string>{"a", "b"}));
}

TEST(LookupIn, LaterSetsFirstAndTypesHaveBytes) {
  const Lookup lookup = LookupIn({{{"n", 1}, {"T", "float16_t"}}, {{"n", 2}}}, [](std::string_view name) {
    return name == "limit" ? std::optional<double>(7) : std::nullopt;
  });
  EXPECT_EQ(lookup("n"), 2);
  EXPECT_EQ(lookup("T_BYTES"), 2);
  EXPECT_EQ(lookup("limit"), 7);
  EXPECT_EQ(lookup("T"), std::nullopt);
  EXPECT_EQ(lookup("U_BYTES"), std::nullopt);
}

}  // namespace
}  // namespace hone
