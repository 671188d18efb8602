/** Recognises places and infers the environment type. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.detect;
