# cmake -DROOT=... -P include_direction.cmake: holds the #includes against the table in README.md ("Folders").
# A folder may include itself, the folders listed for it, the standard library, and its own third-party headers.
set(allowed_db "db")
set(allowed_compiler "compiler|db")
set(allowed_runtime "runtime|db")
set(allowed_tuner "tuner|compiler|runtime|db")
set(allowed_tools "tools|tuner|compiler|runtime|db")

# header pattern -> folders that may see it
set(third_party
    "sqlite3\\.h=db" "zstd\\.h=db" "muParser=db" "sodium=db" "nlohmann/=db|tools"
    "glslang/=compiler" "SPIRV/=compiler" "spirv-tools/=compiler" "spirv_cross/=compiler" "toml\\+\\+/=compiler"
    "vulkan/=runtime" "vk_mem_alloc=runtime" "fmt/=tuner|tools" "boost/=tools" "zlib\\.h=tuner|tools")

set(bad "")
set(count 0)
foreach(folder db compiler runtime tuner tools)
  file(GLOB_RECURSE files ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp)
  foreach(file IN LISTS files)
    file(STRINGS ${file} lines REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS lines)
      math(EXPR count "${count} + 1")
      if(line MATCHES "include \"(db|compiler|runtime|tuner|tools|tests|kernels)/" AND NOT CMAKE_MATCH_1 MATCHES "^(${allowed_${folder}})$")
        string(APPEND bad "${file}: ${line}   (${folder}/ may include ${allowed_${folder}})\n")
      endif()
      foreach(rule IN LISTS third_party)
        string(REPLACE "=" ";" rule "${rule}")
        list(GET rule 0 header)
        list(GET rule 1 folders)
        if(line MATCHES "[<\"]${header}" AND NOT folder MATCHES "^(${folders})$")
          string(APPEND bad "${file}: ${line}   (seen in ${folders} only)\n")
        endif()
      endforeach()
    endforeach()
  endforeach()
endforeach()
if(bad)
  message(FATAL_ERROR "includes against the direction of the folders:\n${bad}")
endif()
if(count LESS 20)
  message(FATAL_ERROR "only ${count} #includes seen under ${ROOT}: wrong ROOT?")
endif()
message(STATUS "${count} #includes, all in the right direction")
