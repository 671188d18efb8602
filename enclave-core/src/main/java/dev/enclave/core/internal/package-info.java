/**
 * Start-up: puts the parts together in the order configuration, detection, policy, resolution,
 * opening.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal;
