package dev.enclave.benchmarks.setting;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SigningInput;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Has a key of every name, which is always the same one. */
final class NullBackend implements SigningBackend, KeyCreator, KeySigner {

  private static final KeyVersionId VERSION = KeyVersionId.of("1");

  private final KeyVersion version;
  private final Function<SigningInput, Bytes> signer;
  private final EnvironmentType stamp;
  private final BackendDescription description;

  NullBackend(
      PublicKeyInfo publicKey,
      Function<SigningInput, Bytes> signer,
      EnvironmentType stamp,
      Instant createdAt) {
    KeyAlgorithm algorithm = publicKey.algorithm();
    this.version =
        KeyVersion.of(VERSION, KeyState.ACTIVE, createdAt, "null:1")
            .withPublicKey(Optional.of(publicKey))
            .withAssurance(Assurance.HSM)
            .withOrigin(KeyOrigin.GENERATED);
    this.signer = signer;
    this.stamp = stamp;
    this.description =
        BackendDescription.of(
            NullBackendProvider.ID,
            "nowhere",
            Set.of(BackendTrait.STAMPS),
            List.of(
                algorithm.digest().isPresent()
                    ? AlgorithmSupport.digestsAndMessagesUpTo(algorithm, Integer.MAX_VALUE)
                    : AlgorithmSupport.messagesUpTo(algorithm, Integer.MAX_VALUE)));
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) {
    return KeySnapshot.of(name, signatureAlgorithm(), List.of(version), "null:" + name)
        .withRotation(RotationInterval.NEVER)
        .withStamp(StampReading.of(stamp))
        .withCreatedAt(version.createdAt());
  }

  private KeyAlgorithm signatureAlgorithm() {
    return version.publicKey().orElseThrow().algorithm();
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    throw BackendFailure.permanent(
        FailureCode.UNSUPPORTED, "The null backend has all its keys already. Use one by its name.");
  }

  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call) {
    return RawSignature.of(signer.apply(input), signatureAlgorithm().defaultEncoding(), VERSION);
  }

  @Override
  public HealthReport health(CallContext call) {
    return HealthReport.HEALTHY;
  }

  @Override
  public void close() {}
}
