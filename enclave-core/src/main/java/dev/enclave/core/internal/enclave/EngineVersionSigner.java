package dev.enclave.core.internal.enclave;

import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.VersionSigner;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One version of a key in a slot, which signs or nothing does. */
record EngineVersionSigner(
    Operations operations,
    CachedKey slot,
    KeyVersionId version,
    SigningAlgorithm algorithm,
    PublicKeyInfo publicKey,
    SignOperation.ChosenVersion held,
    String caller)
    implements VersionSigner {

  /** The {@code kid} of a version. */
  static String keyId(CachedKey slot, KeyVersionId version) {
    return slot.name() + "/" + version;
  }

  @Override
  public String keyId() {
    return keyId(slot, version);
  }

  @Override
  public SignatureValue sign(SigningInput input, SignOptions options) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    return operations
        .by(options.caller().orElse(caller))
        .on(slot)
        .run(
            new SignOperation(
                Optional.of(version), Optional.of(held), input, options, false, Map.of()));
  }

  @Override
  public byte[] signJws(byte[] signingInput) {
    Objects.requireNonNull(signingInput, "signingInput");
    operations.requireOpen();
    if (algorithm().joseName().isEmpty()) {
      throw operations
          .by(caller)
          .on(slot)
          .refuse(
              Operation.SIGN,
              Texts.NO_NAME_IN_JOSE.as(ErrorCode.UNSUPPORTED_ALGORITHM, algorithm(), slot.name()));
    }
    SignatureEncoding jose =
        algorithm().hasEncoding(SignatureEncoding.P1363)
            ? SignatureEncoding.P1363
            : algorithm().defaultEncoding();
    return sign(Message.of(signingInput), SignOptions.defaults().encoding(jose)).toByteArray();
  }

  @Override
  public String toString() {
    return "VersionSigner[" + keyId() + "]";
  }
}
