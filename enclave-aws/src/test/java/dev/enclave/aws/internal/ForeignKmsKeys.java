package dev.enclave.aws.internal;

import dev.enclave.KeyAlgorithm;
import java.net.URI;
import java.util.List;

/** KMS keys as an administrator makes them, past Enclave. */
record ForeignKmsKeys(URI endpoint, String account) {

  String place(KeyAlgorithm algorithm) {
    KmsScheme scheme = KmsScheme.of(algorithm);
    try (AwsSession session = Sessions.with(endpoint, account)) {
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
