// A kernel's folder that lives as long as a test: FOLDER/made, with FOLDER/common beside it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace hone {

class TemporaryKernel {
 public:
  TemporaryKernel() {
    static int count = 0;
    root_ =
        std::filesystem::temp_directory_path() / ("hone_made_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
    std::filesystem::create_directories(root_ / "made");
  }
  ~TemporaryKernel() { std::filesystem::remove_all(root_); }
  TemporaryKernel(const TemporaryKernel&) = delete;

  std::string folder() const { return (root_ / "made").string(); }
  void Write(const std::string& file, const std::string& text) {
    const std::filesystem::path path = root_ / "made" / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }

 private:
  std::filesystem::path root_;
};

// y = x over n floats; one pattern "only" with one pass of main.comp, which is also the reference.
inline std::string MinimalManifest(const std::string& parameters, const std::string& groups,
                                   const std::string& reference = "main.comp") {
  return R"(summary = "y = x"
[problem]
n = {}
[tune]
problems = [{ n = 1024 }]
[check]
problems = [{ n = 1 }]
reference = { shader = ")" +
         reference + R"(", groups = "n", defines = { WG = 1 } }
[work]
bytes = "8 * n"
[[buffer]]
name = "x"
type = "float"
length = "n"
access = "read"
[[buffer]]
name = "y"
type = "float"
length = "n"
access = "readwrite"
[[push]]
name = "n"
type = "uint"
[[pattern.only.pass]]
shader = "main.comp"
groups = ")" +
         groups + R"("
[pattern.only.parameters]
)" + parameters +
         "\n";
}

inline std::string MinimalShader() {
  return R"(#version 460
layout(local_size_x = WG) in;
layout(binding = 0) buffer X { float x[]; };
layout(binding = 1) buffer Y { float y[]; };
layout(push_constant) uniform Push { uint n; };
void main() {
  const uint index = gl_GlobalInvocationID.x;
  if (index < n) y[index] = x[index];
}
)";
}

}  // namespace hone
