/** Deferred operations, as the engine keeps and runs them; what stores them is another module. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.deferral;
