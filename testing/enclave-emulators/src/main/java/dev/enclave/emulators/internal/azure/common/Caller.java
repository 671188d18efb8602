package dev.enclave.emulators.internal.azure.common;

/**
 * Who sent a request, established by its token.
 *
 * @param objectId of the service principal ({@code oid})
 * @param clientId of the application ({@code appid})
 * @param tenant of the directory ({@code tid})
 */
public record Caller(String objectId, String clientId, String tenant) {}
