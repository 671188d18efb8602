/** The way of requests: one client for the vault and for tokens, bounded and observed. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.http;
