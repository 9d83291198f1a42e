#include "tuner/protocol.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "tuner/messages.h"

namespace hone {
namespace {

struct Pair {
  int ends[2];
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
};

TEST(Protocol, AMessageArrivesWhole) {
  Pair pair;
  Channel a(pair.ends[0]), b(pair.ends[1]);
  const std::string payload(3u << 20, 'x');  // more than a socket's buffer
  std::jthread sender([&] { a.Send({MessageType::kKernel, payload}); });
  const Channel::Received received = b.Receive();
  ASSERT_EQ(received.status, Channel::Status::kMessage);
  EXPECT_EQ(received.message.type, MessageType::kKernel);
  EXPECT_EQ(received.message.payload, payload);
}

TEST(Protocol, WhoDiesWhileItIsWrittenToIsGone) {
  Pair pair;
  Channel a(pair.ends[0]);
  std::jthread dying([&] {
    char some[100];
    EXPECT_GT(read(pair.ends[1], some, sizeof some), 0);
    close(pair.ends[1]);
  });
  EXPECT_THROW(a.Send({MessageType::kKernel, std::string(3u << 20, 'x')}), GoneError);  // more than a socket's buffer
}

TEST(Protocol, SilenceCloseAndStop) {
  Pair pair;
  Channel a(pair.ends[0]), b(pair.ends[1]);
  using std::chrono::steady_clock;
  EXPECT_EQ(b.Receive(steady_clock::now() + std::chrono::milliseconds(20)).status, Channel::Status::kTimedOut);
  EXPECT_EQ(b.Receive({}, [] { return true; }).status, Channel::Status::kStopped);
  a.Close();
  EXPECT_EQ(b.Receive().status, Channel::Status::kClosed);
  EXPECT_THROW(b.Send({MessageType::kQuit, {}}), GoneError);
}

TEST(Protocol, GarbageIsAnErrorNeverACrash) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 500; ++trial) {
    Pair pair;
    Channel b(pair.ends[1]);
    std::string bytes(random() % 200, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    if (trial % 3 == 0 && bytes.size() > 8) bytes.replace(0, 8, std::string("hone\1\0\7\0", 8));  // a good start
    ASSERT_EQ(write(pair.ends[0], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    close(pair.ends[0]);
    try {
      const auto received = b.Receive();
      if (received.status == Channel::Status::kMessage) ResultMessage::Read(received.message);
    } catch (const Error&) {
    }
  }
}

TEST(Protocol, AnotherVersionSaysSo) {
  Pair pair;
  Channel b(pair.ends[1]);
  const std::string header("hone\x63\0\1\0\0\0\0\0\0\0\0\0", 16);
  ASSERT_EQ(write(pair.ends[0], header.data(), header.size()), 16);
  try {
    b.Receive();
    FAIL();
  } catch (const ProtocolError& error) {
    const std::string own = std::to_string(kProtocolVersion);
    EXPECT_EQ(error.what(), "tuner and worker are of different versions (protocol " + own + " and 99)");
  }
  close(pair.ends[0]);
}

TEST(Protocol, MessagesComeBackAsTheyWere) {
  ResultMessage result;
  result.id = 42;
  result.measurement.outcome = Outcome::kWrongResult;
  result.measurement.message = "element 3 …";
  result.measurement.samples_ns = {1.5, 2.5};
  result.measurement.properties = {{"registers", 32}};
  result.measurement.check_ms = 0.25;
  result.usable = false;
  const ResultMessage back = ResultMessage::Read(result.Write());
  EXPECT_EQ(back.id, 42u);
  EXPECT_EQ(back.measurement.outcome, Outcome::kWrongResult);
  EXPECT_EQ(back.measurement.message, result.measurement.message);
  EXPECT_EQ(back.measurement.samples_ns, result.measurement.samples_ns);
  EXPECT_EQ(back.measurement.properties, result.measurement.properties);
  EXPECT_EQ(back.measurement.check_ms, 0.25);
  EXPECT_FALSE(back.usable);

  const RoundMessage round = RoundMessage::Read(RoundMessage{3, {{1, 2}, {0.5, 0.25}}}.Write());
  EXPECT_EQ(round.id, 3u);
  EXPECT_EQ(round.round.times_ns, (std::vector<double>{1, 2}));
  EXPECT_EQ(round.round.joules, (std::vector<double>{0.5, 0.25}));

  HelloMessage hello{"1", {}};
  hello.options.energy = true;
  hello.options.cold = true;
  hello.options.watchdog_ms = 77;
  hello.options.max_samples = 5;
  hello.options.long_call_ms = 3;
  const HelloMessage again = HelloMessage::Read(hello.Write());
  EXPECT_EQ(again.device, "1");
  EXPECT_TRUE(again.options.cold);
  EXPECT_TRUE(again.options.energy);
  EXPECT_EQ(again.options.watchdog_ms, 77);
  EXPECT_EQ(again.options.max_samples, 5);
  EXPECT_EQ(again.options.long_call_ms, 3);
}

TEST(Protocol, ExpectedVariantsComeBackAsTheyWere) {
  const auto kernel = std::make_shared<Kernel>();
  auto module = std::make_shared<Module>();
  module->words = {1, 2, 3};
  module->hash = HashOf(module->words);
  module->interface = {{{"n", "uint", 4}}, 8, {{0, false}, {1, true}}, {{"WG", 3, "uint"}}, 1024, {64, 2, 1}};
  ExpectMessage expect{
      3, {{7, {kernel, "tiled", {{"WG", std::int64_t{64}}}, {}, {module}}, {{"n", 5}}, {{{"n", 1}}, {{"n", 2}}}}}};
  const ExpectMessage back = ExpectMessage::Read(expect.Write(), kernel);
  EXPECT_EQ(back.threads, 3);
  ASSERT_EQ(back.expected.size(), 1u);
  EXPECT_EQ(back.expected[0].number, 7u);
  EXPECT_EQ(back.expected[0].binary.pattern, "tiled");
  EXPECT_EQ(back.expected[0].binary.point, expect.expected[0].binary.point);
  const Module& came = *back.expected[0].binary.modules.at(0);
  EXPECT_EQ(came.words, module->words);
  EXPECT_EQ(came.hash, module->hash);
  EXPECT_EQ(InterfaceToJson(came.interface), InterfaceToJson(module->interface));
  EXPECT_EQ(back.expected[0].problem, expect.expected[0].problem);
  EXPECT_EQ(back.expected[0].check_problems, expect.expected[0].check_problems);
  const AheadMessage ahead = AheadMessage::Read(AheadMessage{7, false}.Write());
  EXPECT_EQ(ahead.number, 7u);
  EXPECT_FALSE(ahead.begins);
}

TEST(Protocol, EveryTruncatedMessageIsAnError) {
  ResultMessage result;
  result.measurement.samples_ns = {1, 2, 3};
  result.measurement.properties = {{"registers", 32}};
  const Message whole = result.Write();
  for (std::size_t size = 0; size < whole.payload.size(); ++size)
    EXPECT_THROW(ResultMessage::Read({whole.type, whole.payload.substr(0, size)}), ProtocolError) << size;
  EXPECT_THROW(ResultMessage::Read({whole.type, whole.payload + "x"}), ProtocolError);
}

}  // namespace
}  // namespace hone
