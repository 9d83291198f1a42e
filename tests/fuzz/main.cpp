// A driver for the fuzz targets where there is no libFuzzer: the same flags, the same entry point, no coverage
// guidance.
//   fuzz_NAME [-max_total_time=SECONDS] [-seed=N] [-timeout=SECONDS] [-dict=FILE] [-artifact_prefix=PATH]
//            [-unit=BYTES] CORPUS_FOLDER...
//   fuzz_NAME FILE...      runs these inputs once: to reproduce
// An input that crashes, hangs or makes a sanitizer speak is left in PATHcrash.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/mutate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Every report ends in SIGABRT, which Fail() catches. Third-party libraries keep what they allocate until the end: no
// leaks.
extern "C" const char* __asan_default_options() { return "abort_on_error=1:handle_segv=0:detect_leaks=0"; }
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

namespace fs = std::filesystem;

struct Options {
  double max_total_time = 60;
  unsigned seed = 1, timeout = 60, unit = 1;
  std::string dict, artifact_prefix = "./";
  std::vector<std::string> paths;
};

std::string current, artifact;  // what Fail() writes, and where

void Fail(int signal) {
  const int file = open(artifact.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool written = file >= 0 && write(file, current.data(), current.size()) == static_cast<ssize_t>(current.size());
  std::fprintf(stderr, "%s; the input %s %s\n", signal == SIGALRM ? "one input takes too long" : "crash",
               written ? "is in" : "could not be written to", artifact.c_str());
  std::signal(signal, SIG_DFL);
  raise(signal);
}

Options Parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    const std::string value(argument.substr(std::min(argument.find('=') + 1, argument.size())));
    if (argument.starts_with("-max_total_time=")) {
      options.max_total_time = std::atof(value.c_str());
    } else if (argument.starts_with("-seed=")) {
      options.seed = static_cast<unsigned>(std::atoi(value.c_str()));
    } else if (argument.starts_with("-timeout=")) {
      options.timeout = static_cast<unsigned>(std::atoi(value.c_str()));
    } else if (argument.starts_with("-unit=")) {
      options.unit = static_cast<unsigned>(std::atoi(value.c_str()));
    } else if (argument.starts_with("-dict=")) {
      options.dict = value;
    } else if (argument.starts_with("-artifact_prefix=")) {
      options.artifact_prefix = value;
    } else {
      options.paths.emplace_back(argument);
    }
  }
  return options;
}

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Lines "text", with \\, \" and \xAB; others are comments.
std::vector<std::string> ReadDictionary(const std::string& path) {
  std::vector<std::string> words{"\n\n\n\n"};
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.size() < 2 || line.front() != '"' || line.back() != '"') continue;
    std::string word;
    for (std::size_t i = 1; i + 1 < line.size(); ++i) {
      if (line[i] != '\\') {
        word += line[i];
      } else if (line[++i] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 1, 2), nullptr, 16));
        i += 2;
      } else {
        word += line[i];
      }
    }
    words.push_back(word);
  }
  return words;
}

std::vector<std::string> ReadCorpus(const std::vector<std::string>& folders) {
  std::vector<fs::path> paths;
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const fs::path& path : paths) corpus.push_back(ReadFile(path));
  return corpus;
}

void RunOne(std::string input, const Options& options) {
  current = std::move(input);
  alarm(options.timeout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
  alarm(0);
}

}  // namespace

int main(int count, char** arguments) {
  const Options options = Parse(count, arguments);
  artifact = options.artifact_prefix + "crash";
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) std::signal(signal, Fail);
  if (!options.paths.empty() && fs::is_regular_file(options.paths[0])) {
    for (const std::string& path : options.paths) RunOne(ReadFile(path), options);
    return 0;
  }
  const std::vector<std::string> corpus = ReadCorpus(options.paths);
  if (corpus.empty()) {
    std::fputs("no corpus\n", stderr);
    return 2;
  }
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(options.max_total_time);
  std::size_t runs = 0;
  for (; runs < corpus.size() && std::chrono::steady_clock::now() < end; ++runs) RunOne(corpus[runs], options);
  hone::Mutator mutator(corpus, ReadDictionary(options.dict), options.seed, options.unit);
  for (; std::chrono::steady_clock::now() < end; ++runs) RunOne(mutator.Next(), options);
  std::printf("%zu inputs\n", runs);
}
