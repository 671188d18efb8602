/** What the environment type allows, at start-up and per key. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.policy;
