package dev.enclave.emulators.internal.azure.identity;

/**
 * A service principal that a workload runs as.
 *
 * @param objectId of the principal in the directory
 * @param clientId of its application
 */
public record Identity(String objectId, String clientId) {}
