/**
 * Credentials and tokens that end, and are renewed before.
 *
 * <p>An author of a backend writes a {@link dev.enclave.kit.credentials.CredentialSource} for each
 * place that hands out credentials. A {@link dev.enclave.kit.credentials.RefreshingValue} keeps
 * what the source gave, renews it ahead of its end, and lets calls wait for the first one. It ends
 * with the backend.
 */
@org.jspecify.annotations.NullMarked
package dev.enclave.kit.credentials;
