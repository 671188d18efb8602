/** What others wrote, made fit for our messages, logs and records. */
@org.jspecify.annotations.NullMarked
package dev.enclave.core.internal.redaction;
