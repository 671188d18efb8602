package dev.enclave.software.internal.sealing;

/**
 * What the sealed part of {@code store.json} is, in the clear but authenticated.
 *
 * @param storeId the store it belongs to
 */
public record SealHeader(String storeId) {}
