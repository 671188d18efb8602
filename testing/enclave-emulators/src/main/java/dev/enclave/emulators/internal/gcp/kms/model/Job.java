package dev.enclave.emulators.internal.gcp.kms.model;

import com.google.cloud.kms.v1.ImportJob;
import com.google.cloud.kms.v1.ImportJob.ImportJobState;
import com.google.cloud.kms.v1.ImportJob.ImportMethod;
import com.google.cloud.kms.v1.KeyOperationAttestation;
import com.google.cloud.kms.v1.ProtectionLevel;
import com.google.cloud.kms.v1.PublicKey.PublicKeyFormat;
import com.google.protobuf.ByteString;
import dev.enclave.emulators.internal.crypto.RsaMaterial;
import dev.enclave.emulators.internal.gcp.common.GcpFailure;
import dev.enclave.emulators.internal.x509.Pem;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An import job: a wrapping key with an end.
 *
 * @param readyAt when its wrapping key is there
 */
public record Job(
    String name,
    ImportMethod method,
    ProtectionLevel level,
    RsaMaterial wrappingKey,
    Instant createTime,
    Instant readyAt,
    Optional<Supplier<KeyOperationAttestation>> attestation) {

  // resources.proto, ImportJob: "expires 3 days after it is created".
  private static final Duration LIFETIME = Duration.ofDays(3);

  private Instant expiry() {
    return createTime.plus(LIFETIME);
  }

  /** resources.proto, ImportJobState. */
  ImportJobState state(Instant now) {
    if (!now.isBefore(expiry())) {
      return ImportJobState.EXPIRED;
    }
    return now.isBefore(readyAt) ? ImportJobState.PENDING_GENERATION : ImportJobState.ACTIVE;
  }

  public RsaMaterial usable(Instant now) {
    ImportJobState state = state(now);
    if (state != ImportJobState.ACTIVE) {
      throw GcpFailure.precondition(
          "IMPORT_JOB_" + state, name, name + " is not active, current state is: " + state + ".");
    }
    return wrappingKey;
  }

  /** resources.proto, ImportJob; its public key "only returned if state is ACTIVE". */
  public ImportJob describe(Instant now, PublicKeyFormat format) {
    ImportJobState state = state(now);
    ImportJob.Builder answer =
        ImportJob.newBuilder()
            .setName(name)
            .setImportMethod(method)
            .setProtectionLevel(level)
            .setCreateTime(Times.of(createTime))
            .setExpireTime(Times.of(expiry()))
            .setState(state);
    if (!now.isBefore(readyAt)) {
      answer.setGenerateTime(Times.of(readyAt));
      attestation.ifPresent(statement -> answer.setAttestation(statement.get()));
    }
    if (state == ImportJobState.EXPIRED) {
      answer.setExpireEventTime(Times.of(expiry()));
    }
    if (state == ImportJobState.ACTIVE) {
      answer.setPublicKey(publicKey(format)).setPublicKeyFormat(format);
    }
    return answer.build();
  }

  private ImportJob.WrappingPublicKey publicKey(PublicKeyFormat format) {
    byte[] encoded = wrappingKey.publicKey();
    ByteString pem = ByteString.copyFromUtf8(Pem.publicKey(encoded));
    ImportJob.WrappingPublicKey.Builder key = ImportJob.WrappingPublicKey.newBuilder();
    return switch (format) {
      case PUBLIC_KEY_FORMAT_UNSPECIFIED -> key.setPemBytes(pem).build();
      case PEM -> key.setData(pem).build();
      case DER -> key.setData(ByteString.copyFrom(encoded)).build();
      default ->
          throw GcpFailure.invalid("The public_key_format " + format + " is for other methods.");
    };
  }
}
