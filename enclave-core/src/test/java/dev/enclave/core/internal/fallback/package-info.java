/** Who asks the backend in an outage. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.fallback;
