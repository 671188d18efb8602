/** Companions in software that sign while a backend does not answer, and their endorsement. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.fallback;
