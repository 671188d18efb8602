/** Whose tokens are sent, and how they are come by. */
@org.jspecify.annotations.NullMarked
package dev.enclave.azure.internal.credentials;
