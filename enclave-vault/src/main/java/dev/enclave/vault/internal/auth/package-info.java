/** How this process comes by a token, and how that is renewed and revoked. */
@org.jspecify.annotations.NullMarked
package dev.enclave.vault.internal.auth;
