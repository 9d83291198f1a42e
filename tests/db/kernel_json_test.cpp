#include <gtest/gtest.h>

#include "db/error.h"
#include "db/kernel.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

TEST(KernelJson, RoundTripKeepsEveryField) {
  const Kernel kernel = SampleKernel();
  const std::string text = KernelToJson(kernel);
  const Kernel back = KernelFromJson(text);
  EXPECT_EQ(KernelToJson(back), text);
  EXPECT_EQ(back.patterns[1].passes[1].loop, "digits");
  EXPECT_EQ(back.patterns[1].loops[0].swap, kernel.patterns[1].loops[0].swap);
  EXPECT_EQ(back.tolerances.at("float16_t").relative, 2e-3);
  EXPECT_EQ(back.source_hash, kernel.source_hash);
  EXPECT_EQ(back.patterns[0].default_point.ToText(), "PER_LANE=4 WG=256");
}

std::string ErrorOf(const std::string& text) {
  try {
    KernelFromJson(text);
  } catch (const Error& failure) {
    return failure.what();
  }
  return "no error";
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(KernelJson, ErrorsNameThePlace) {
  const std::string good = KernelToJson(SampleKernel());
  EXPECT_EQ(ErrorOf(Replaced(good, "\"flops\"", "\"flips\"")), "kernel: unknown key 'flips' (did you mean 'flops'?)");
  EXPECT_EQ(ErrorOf(Replaced(good, "\"length\":\"n\"", "\"length\":\"n +* (\"")), "kernel.buffers[0].length: missing ')'");
  EXPECT_EQ(ErrorOf(Replaced(good, "\"access\":\"read\"", "\"access\":\"reed\"")),
            "kernel.buffers[0].access: unknown word 'reed'");
  EXPECT_EQ(ErrorOf(Replaced(good, "\"loop\":\"digits\"", "\"loop\":\"digit\"")),
            "kernel 'axpy', pattern 'looped': no loop 'digit'");
  EXPECT_EQ(ErrorOf("[]"), "kernel: not a JSON object");
  EXPECT_NE(ErrorOf("{").find("not JSON"), std::string::npos);
  EXPECT_EQ(ErrorOf(std::string(100000, '[')), "a kernel: JSON nested over 32 deep");
}

TEST(InterfaceJson, RoundTrip) {
  const ModuleInterface interface = SampleModule(1)->interface;
  EXPECT_EQ(InterfaceToJson(InterfaceFromJson(InterfaceToJson(interface))), InterfaceToJson(interface));
  EXPECT_EQ(InterfaceFromJson(InterfaceToJson(interface)).push[1].offset, 4u);
}

TEST(InterfaceJson, RefusesAPushConstantPastTheEnd) {
  ModuleInterface interface = SampleModule(1)->interface;
  interface.push_bytes = 6;
  EXPECT_THROW(InterfaceFromJson(InterfaceToJson(interface)), Error);
}

TEST(DeviceJson, RoundTrip) {
  const DeviceInfo device = SampleDevice();
  const DeviceInfo back = DeviceFromJson(DeviceToJson(device));
  EXPECT_EQ(back.Key(), device.Key());
  EXPECT_EQ(back.limits, device.limits);
  EXPECT_EQ(back.features, device.features);
}

TEST(BinaryBytes, RoundTripAndDamage) {
  const Binary binary = SampleBinary(SampleKernel(), "strided", {{"PER_LANE", 4}, {"WG", 64}}, {{"T", "float"}});
  const std::string bytes = BinaryToBytes(binary);
  const Binary back = BinaryFromBytes(bytes);
  EXPECT_EQ(back.modules.at(0)->words, binary.modules.at(0)->words);
  EXPECT_EQ(back.point, binary.point);
  EXPECT_EQ(BinaryToBytes(back), bytes);
  std::string flipped = bytes;
  flipped.back() ^= 1;
  EXPECT_THROW(BinaryFromBytes(flipped), Error);
  EXPECT_THROW(BinaryFromBytes(bytes.substr(0, bytes.size() - 1)), Error);
  EXPECT_THROW(BinaryFromBytes(bytes + "x"), Error);
  EXPECT_THROW(BinaryFromBytes(""), Error);
}

}  // namespace
}  // namespace hone
