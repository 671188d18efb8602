package dev.enclave.aws.internal;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.aws.internal.calls.AwsSession;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.keys.KmsScheme;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KeyMetadata;

/** KMS keys as an administrator makes them, past Enclave. */
public record ForeignKmsKeys(Supplier<AwsSession> sessions) {

  public String place(KeyAlgorithm algorithm) {
    KmsScheme scheme = new KmsScheme(algorithm);
    try (AwsSession session = sessions.get()) {
      KeyMetadata made =
          session
              .kms()
              .createKey(r -> r.keySpec(scheme.spec()).keyUsage(scheme.usage()))
              .keyMetadata();
      boolean certain = KmsScheme.of(made, session).equals(List.of(algorithm));
      return certain ? made.arn() : made.arn() + "#" + algorithm;
    }
  }

  /** By hand: another KMS key, which the alias without a number names from then on. */
  public String rotate(KeyName name) {
    try (AwsSession session = sessions.get()) {
      KmsClient kms = session.kms();
      KeyMetadata first = kms.describeKey(r -> r.keyId(KmsNames.version(name, 1))).keyMetadata();
      KeyMetadata other =
          kms.createKey(r -> r.keySpec(first.keySpec()).keyUsage(first.keyUsage())).keyMetadata();
      kms.createAlias(r -> r.aliasName(KmsNames.hint(name)).targetKeyId(other.keyId()));
      return other.arn();
    }
  }
}
