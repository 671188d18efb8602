package dev.enclave.emulators.internal.aws.kms;

import java.util.Map;

/** One operation of the API: reads and checks its members, acts, and answers. */
@FunctionalInterface
interface Operation {

  Map<String, ?> apply(Call call);
}
