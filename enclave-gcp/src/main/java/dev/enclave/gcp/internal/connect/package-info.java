/** Opens a session: clients, trust, logs. */
@org.jspecify.annotations.NullMarked
package dev.enclave.gcp.internal.connect;
