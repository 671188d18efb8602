package dev.enclave.emulators.internal.azure.keys.request;

import java.util.Map;

/** Carries out one request and says what to answer; nothing at all for 204. */
@FunctionalInterface
public interface Operation {

  Map<String, ?> apply(Call call);
}
