package dev.enclave.emulators.internal.azure.keys.request;

import dev.enclave.emulators.internal.azure.common.Caller;
import java.time.Instant;
import java.util.Map;

/** One authenticated request; {@code query} by names in lower case. */
public record Call(
    Route route,
    Input input,
    Map<String, String> query,
    String apiVersion,
    Caller caller,
    Instant now) {}
