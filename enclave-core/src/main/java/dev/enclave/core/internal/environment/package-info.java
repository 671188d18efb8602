/** The process's own variables, files and clock: the only place that touches them. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.environment;
