package dev.enclave.emulators.internal.aws.kms.request;

import java.util.Map;

/** One operation of the API: reads and checks its members, acts, and answers. */
@FunctionalInterface
public interface Operation {

  Map<String, ?> apply(Call call);
}
