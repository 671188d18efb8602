/** One call to a backend: attempts, deadline, budget, breaker, translation of failures. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.call;
