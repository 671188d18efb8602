package dev.enclave.aws.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.model.KmsScheme;
import java.util.List;
import java.util.function.Supplier;

/** KMS keys as an administrator makes them, past Enclave. */
public record ForeignKmsKeys(Supplier<AwsSession> sessions) {

  public String place(KeyAlgorithm algorithm) {
    KmsScheme scheme = KmsScheme.of(algorithm);
    try (AwsSession session = sessions.get()) {
      String arn =
          session
              .kms()
              .createKey(r -> r.keySpec(scheme.spec()).keyUsage(scheme.usage()))
              .keyMetadata()
              .arn();
      boolean certain = KmsScheme.of(scheme.spec(), scheme.usage()).equals(List.of(algorithm));
      return certain ? arn : arn + "#" + algorithm;
    }
  }
}
