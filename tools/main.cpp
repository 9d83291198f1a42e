// hone: compile, tune and inspect Vulkan compute kernels. The subcommands are in commands.cpp.
#include <string>
#include <vector>

#include "tools/command_line.h"

int main(int argc, char** argv) { return hone::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc)); }
