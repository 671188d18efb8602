/** Opens a session: clients, trust, logs. */
@org.jspecify.annotations.NullMarked
package dev.enclave.aws.internal.connect;
