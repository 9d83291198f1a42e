// Kernel templates: kernels/<name>/kernel.toml and the shaders beside it, read and checked. kernels/README.md describes the
// form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics.h"
#include "db/kernel.h"

namespace hone {

// Reads FOLDER/kernel.toml. Every formula has been parsed and every name in it is known; shaders exist; default points, default
// problems and test problems are legal. Points and problems are complete: what the manifest leaves out has its default.
// include_dirs: searched after the kernel's folder and common/ beside it.
// Errors: ManifestError with every error of the manifest ("kernels/saxpy/kernel.toml:9:3: error: unknown name 'PERLANE' in
// 'where' (did you mean 'PER_LANE'?)"); Error when there is no manifest.
Kernel LoadKernel(const std::string& folder, const std::vector<std::string>& include_dirs = {});

// The same from text, without looking at any file: shaders are not checked to exist, source_hash is that of the text.
// file: what messages call it.
Kernel ParseManifest(std::string_view text, const std::string& file, const std::string& name);

// Every file that `kernel` was read from: the manifest, its shaders and what they include. For dependency files of builds.
std::vector<std::string> SourceFiles(const Kernel& kernel, const std::vector<std::string>& include_dirs = {});

}  // namespace hone
