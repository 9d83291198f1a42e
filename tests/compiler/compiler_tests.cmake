# The command-line tools that the library test runs beside the compiler; tests that need a missing one skip.
find_program(HONE_GLSLC glslc NO_CACHE)
target_link_libraries(compiler_tests PRIVATE hone::runtime)  # both_ways_test runs what was compiled
target_compile_definitions(compiler_tests PRIVATE HONE_GLSLC="${HONE_GLSLC}" HONE_SPIRV_VAL="${HONE_SPIRV_VAL}"
                           HONE_SPIRV_OPT="${HONE_SPIRV_OPT}")
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
  add_test(NAME compiler.Tutorial
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/compiler/tutorial.py ${PROJECT_SOURCE_DIR} $<TARGET_FILE:hone>)
  set_tests_properties(compiler.Tutorial PROPERTIES TIMEOUT 300)
endif()
