package dev.enclave.testkit.firstday;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

// region token
/** A token whose maker put keys on it: they are adopted and sign, and no more. */
final class PocketToken implements SigningBackend, KeySigner, KeyAdopter {

  private static final BackendDescription DESCRIPTION =
      BackendDescription.of(
          BackendId.of("token"),
          "slot-0",
          Set.of(BackendTrait.PERSISTENT),
          List.of(AlgorithmSupport.messagesUpTo(SigningAlgorithm.ED25519, 1 << 16)));

  private final Map<String, LocalKey> slots;
  private volatile boolean closed;

  private PocketToken(Map<String, LocalKey> slots) {
    this.slots = slots;
  }

  @Override
  public BackendDescription describe() {
    return DESCRIPTION;
  }

  @Override
  public KeySnapshot adopt(KeyName name, String uri, CallContext call) throws BackendFailure {
    LocalKey key = slot(uri);
    KeyVersion version =
        KeyVersion.of(KeyVersionId.of("1"), KeyState.ACTIVE, Instant.EPOCH, uri)
            .withPublicKey(key.publicKey());
    return KeySnapshot.of(name, key.algorithm(), List.of(version), uri);
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    LocalKey key = slot(version.providerUri());
    if (!version.version().equals(KeyVersionId.of("1"))) {
      throw failure(FailureCode.NOT_FOUND, "The slot has one version. Read the key again.");
    }
    if (DESCRIPTION.support(version.algorithm()).filter(s -> s.takes(input)).isEmpty()) {
      throw failure(FailureCode.UNSUPPORTED, "The token signs messages of up to 65536 bytes.");
    }
    return RawSignature.of(key.sign(input), key.algorithm().defaultEncoding(), version.version());
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    requireOpen();
    throw failure(FailureCode.NOT_FOUND, "The token's keys have no names. Adopt one by its slot.");
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    requireOpen();
    return HealthReport.HEALTHY;
  }

  @Override
  public void close() {
    closed = true;
  }

  private LocalKey slot(String uri) throws BackendFailure {
    requireOpen();
    if (!uri.startsWith("token:")) {
      throw failure(FailureCode.UNSUPPORTED, "That names no slot. Give token: and its number.");
    }
    LocalKey key = slots.get(uri);
    if (key == null) {
      throw failure(
          FailureCode.NOT_FOUND, "There is no such slot. List them with the token's tool.");
    }
    return key;
  }

  private void requireOpen() throws BackendFailure {
    if (closed) {
      throw failure(FailureCode.CLOSED, "The token has been closed. Open it again.");
    }
  }

  private static BackendFailure failure(FailureCode code, String message) {
    return BackendFailure.permanent(code, message);
  }

  // endregion

  /** Opens the token, whose slots its maker filled. */
  record Provider(Map<String, LocalKey> slots) implements BackendProvider {

    @Override
    public BackendId id() {
      return BackendId.of("token");
    }

    @Override
    public Assurance assuranceCeiling() {
      return Assurance.SOFTWARE;
    }

    @Override
    public Detection detect(DetectionContext context) {
      return Detection.present("the token is always there");
    }

    @Override
    public SigningBackend open(BackendContext context) {
      return new PocketToken(slots);
    }
  }
}
