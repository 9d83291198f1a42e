// Words that workgroups of one dispatch pass to each other: each access goes to memory that all of them see, and is whole.
#extension GL_KHR_memory_scope_semantics : require
#define LOAD_WORD(word) atomicLoad(word, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed)
#define STORE_WORD(word, value) atomicStore(word, value, gl_ScopeDevice, gl_StorageSemanticsBuffer, gl_SemanticsRelaxed)
