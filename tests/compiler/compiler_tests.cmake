# The command-line tools that the library test runs beside the compiler; tests that need a missing one skip.
find_program(HONE_GLSLC glslc NO_CACHE)
target_compile_definitions(compiler_tests PRIVATE HONE_GLSLC="${HONE_GLSLC}" HONE_SPIRV_VAL="${HONE_SPIRV_VAL}")
find_package(Python3 COMPONENTS Interpreter QUIET)
if(TARGET hone AND Python3_FOUND AND EXISTS ${PROJECT_SOURCE_DIR}/tools/tune_command.cpp AND EXISTS ${PROJECT_SOURCE_DIR}/tools/check_command.cpp)
  add_test(NAME compiler.Tutorial
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/compiler/tutorial.py ${PROJECT_SOURCE_DIR} $<TARGET_FILE:hone>)
  set_tests_properties(compiler.Tutorial PROPERTIES TIMEOUT 300)
endif()
