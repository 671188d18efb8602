/** Settings, where each came from, and which names exist. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.config;
