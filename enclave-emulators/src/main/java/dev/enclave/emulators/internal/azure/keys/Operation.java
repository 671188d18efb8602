package dev.enclave.emulators.internal.azure.keys;

import java.util.Map;

/** Carries out one request and says what to answer; nothing at all for 204. */
@FunctionalInterface
interface Operation {

  Map<String, ?> apply(Call call);
}
