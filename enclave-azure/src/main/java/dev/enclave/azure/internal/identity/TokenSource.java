package dev.enclave.azure.internal.identity;

import com.azure.core.credential.TokenCredential;

/**
 * Where tokens come from.
 *
 * @param named as messages name it
 * @param credential azure-identity's own
 * @param fix what to look at if it refuses
 */
public record TokenSource(String named, TokenCredential credential, String fix) {}
