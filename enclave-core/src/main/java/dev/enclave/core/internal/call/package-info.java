/**
 * One call to a backend: its opening when it is first needed, attempts, deadline, budget, breaker,
 * translation of failures.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.call;
