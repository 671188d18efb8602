/** Opens backends at the start under the policy, and asks their health. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.backend;
