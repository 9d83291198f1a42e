# Installs the package into a temporary prefix, builds the programs of this folder from it, runs them with a tuned database,
# and looks at what they link.   cmake -DBUILD=… -DSOURCE=… -DDATABASE=… -DMAKE_DATABASE=… -DWORK=… -P embed_test.cmake
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix --component runtime)
run(${MAKE_DATABASE} ${SOURCE}/kernels ${WORK}/tuned.db)
run(${CMAKE_COMMAND} -S ${SOURCE}/tests/embed -B ${WORK}/build -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${BUILD_TYPE}
    -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCMAKE_CXX_FLAGS=${CXX_FLAGS} -DCMAKE_C_FLAGS=${CXX_FLAGS}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
run(${CMAKE_COMMAND} --build ${WORK}/build)

foreach(program own_device_c own_device_c_shared adaptive_c own_device_cpp own_context frame_loop)
  run(${WORK}/build/${program} ${WORK}/tuned.db)
  message(STATUS "${program}: ${output}")
  if(NOT output MATCHES "right")
    message(FATAL_ERROR "${program} says: ${output}")
  endif()

  # No compiler and no reflection, dynamically or statically.
  run(ldd ${WORK}/build/${program})
  if(output MATCHES "glslang|SPIRV|spirv|shaderc")
    message(FATAL_ERROR "${program} links a compiler:\n${output}")
  endif()
  run(nm -C ${WORK}/build/${program})
  if(output MATCHES "glslang::|spvtools::|spirv_cross::|spvOptimizer|hone::LoadKernel")
    message(FATAL_ERROR "${program} holds a compiler: ${CMAKE_MATCH_0}")
  endif()
endforeach()

# With a user's database, which is made.
run(${WORK}/build/own_device_c_shared ${WORK}/tuned.db ${WORK}/user.db)
if(NOT output MATCHES "right" OR NOT EXISTS ${WORK}/user.db)
  message(FATAL_ERROR "own_device_c_shared with a user's database says: ${output}")
endif()

# The shared library shows the C interface and nothing else.
file(GLOB_RECURSE library ${WORK}/prefix/libhone.so)
run(nm -D --defined-only ${library})
string(REGEX MATCHALL "[^\n]+" symbols "${output}")
foreach(symbol IN LISTS symbols)
  if(NOT symbol MATCHES " T hone_[a-z_]+$")
    message(FATAL_ERROR "libhone.so shows: ${symbol}")
  endif()
endforeach()
foreach(name hone_library_open hone_load hone_record hone_context_create hone_run hone_last_error)
  if(NOT output MATCHES " T ${name}")
    message(FATAL_ERROR "libhone.so does not show ${name}")
  endif()
endforeach()

# pkg-config leads to it.
find_program(PKG_CONFIG pkg-config)
if(PKG_CONFIG)
  cmake_path(GET library PARENT_PATH folder)
  set(ENV{PKG_CONFIG_PATH} ${folder}/pkgconfig)
  run(${PKG_CONFIG} --cflags --libs hone-c)
  string(STRIP "${output}" flags)
  separate_arguments(flags)
  run(cc ${SOURCE}/tests/embed/own_device.c -o ${WORK}/by_pkg_config ${flags} -Wl,-rpath,${folder} -lvulkan)
  run(${WORK}/by_pkg_config ${WORK}/tuned.db)
  if(NOT output MATCHES "right")
    message(FATAL_ERROR "by_pkg_config says: ${output}")
  endif()
endif()

run(strip -o ${WORK}/stripped ${WORK}/build/own_context)
file(SIZE ${WORK}/stripped bytes)
message(STATUS "stripped program with the runtime, SQLite and all: ${bytes} bytes")
if(NOT CXX_FLAGS MATCHES "sanitize" AND BUILD_TYPE STREQUAL "Release" AND bytes GREATER 5767168)  # 4 MiB besides SQLite (1.5)
  message(FATAL_ERROR "the stripped program has ${bytes} bytes")
endif()

# A missing database is one clear line.
execute_process(COMMAND ${WORK}/build/own_context ${WORK}/none.db RESULT_VARIABLE status ERROR_VARIABLE error)
if(NOT status EQUAL 1 OR NOT error MATCHES "own_context: .*none.db.*\n$")
  message(FATAL_ERROR "without a database: status ${status}, ${error}")
endif()
file(REMOVE_RECURSE ${WORK})
