/** For the modules of Enclave alone: what finds the engine and the mathematics, and texts. */
@org.jspecify.annotations.NullMarked
package dev.enclave.internal;
