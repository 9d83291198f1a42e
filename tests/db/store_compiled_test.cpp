#include <gtest/gtest.h>

#include "db/store.h"
#include "tests/db/sample.h"

namespace hone {
namespace {

TEST(StoreCompiled, FindsAModuleByItsKeyAlsoAfterReopening) {
  TemporaryFolder folder;
  const auto module = SampleModule(1);
  const Hash key = HashOf("sources"), other = HashOf("other sources");
  {
    Store store = Store::Open(folder / "a.db", Store::Mode::kCreate);
    EXPECT_EQ(store.FindCompiled(key), nullptr);
    store.PutCompiled(key, *module);
    store.PutCompiled(other, *module);
    store.PutCompiled(other, *SampleModule(2));
  }
  Store store = Store::Open(folder / "a.db", Store::Mode::kReadOnly);
  ASSERT_NE(store.FindCompiled(key), nullptr);
  EXPECT_EQ(store.FindCompiled(key)->words, module->words);
  EXPECT_EQ(InterfaceToJson(store.FindCompiled(key)->interface), InterfaceToJson(module->interface));
  EXPECT_EQ(store.FindCompiled(other)->hash, SampleModule(2)->hash);
}

TEST(StoreCompiled, ABuildIsKnownByItsSourceAndKeyUntilAnotherSourceIsPut) {
  TemporaryFolder folder;
  Store store = Store::Open(folder / "a.db", Store::Mode::kCreate);
  const Kernel one = SampleKernel("axpy", "1"), two = SampleKernel("axpy", "2");
  const Hash key = HashOf("all variants");
  EXPECT_FALSE(store.IsBuilt(one, key));
  store.PutBuilt(one, key);
  EXPECT_TRUE(store.IsBuilt(one, key));
  EXPECT_FALSE(store.IsBuilt(one, HashOf("more variants")));
  EXPECT_FALSE(store.IsBuilt(two, key));
  store.PutKernel(two);
  EXPECT_FALSE(store.IsBuilt(one, key));  // no longer the newest
}

}  // namespace
}  // namespace hone
