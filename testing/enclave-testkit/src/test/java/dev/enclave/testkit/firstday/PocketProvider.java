package dev.enclave.testkit.firstday;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.crypto.LocalKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

// region provider
/** Opens pocket backends: keys in this process's memory, gone when it ends. */
public final class PocketProvider implements BackendProvider {

  @Override
  public BackendId id() {
    return BackendId.of("pocket");
  }

  @Override
  public List<SettingSpec> settings() {
    return List.of(SettingSpec.of("owner", "Whose pocket it is, for example treasury."));
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.SOFTWARE;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return context.settings().get("owner").isPresent()
        ? Detection.present(context.settings().fullName("owner") + " is set")
        : new Detection.Absent(context.settings().fullName("owner") + " is not set");
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    String owner =
        context
            .settings()
            .get("owner")
            .filter(text -> !text.isBlank())
            .orElseThrow(
                () ->
                    BackendFailure.permanent(
                        FailureCode.MISCONFIGURED,
                        "Setting "
                            + context.settings().fullName("owner")
                            + " is not set. Set it to whose pocket it is."));
    return new PocketBackend(context, owner);
  }
}

// endregion

// region description
/** Keys in a map. Which version is active stands in the map; its lock settles every race. */
final class PocketBackend implements SigningBackend, KeyCreator, KeySigner, KeyRotator {

  private final BackendContext context;
  private final BackendDescription description;
  private final Map<KeyName, PocketKey> keys = new HashMap<>();
  private boolean closed;

  PocketBackend(BackendContext context, String owner) {
    this.context = context;
    this.description =
        BackendDescription.of(
            BackendId.of("pocket"),
            owner,
            Set.of(BackendTrait.COMPARE_AND_SET, BackendTrait.STAMPS),
            List.of(
                AlgorithmSupport.messagesUpTo(SigningAlgorithm.ED25519, 1 << 16),
                AlgorithmSupport.digestsOnly(SigningAlgorithm.ECDSA_P256_SHA256)));
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  // endregion

  // region creation
  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    if (description.support(request.algorithm()).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "There are no keys for " + request.algorithm() + " here. Use another algorithm.");
    }
    synchronized (keys) {
      requireOpen();
      PocketKey existing = keys.get(request.name());
      if (existing == null) {
        PocketKey key = new PocketKey(request);
        key.add(newVersion(key, KeyState.ACTIVE, request.operationId()));
        keys.put(request.name(), key);
        return key.snapshot();
      }
      if (existing.request.operationId().equals(request.operationId())) {
        return existing.snapshot();
      }
      throw BackendFailure.permanent(
          FailureCode.ALREADY_EXISTS,
          "Key " + request.name() + " exists. Use it, or take another name.");
    }
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    synchronized (keys) {
      return key(name).snapshot();
    }
  }

  private PocketVersion newVersion(PocketKey key, KeyState state, String operationId) {
    LocalKey privateKey = LocalKey.generate(key.request.algorithm(), context.random());
    int number = key.versions.size() + 1;
    KeyVersion version =
        KeyVersion.of(
                KeyVersionId.of(Integer.toString(number)),
                state,
                context.time().now(),
                "pocket:" + key.request.name() + "/" + number)
            .withPublicKey(privateKey.publicKey())
            .withOrigin(KeyOrigin.GENERATED);
    return new PocketVersion(version, privateKey, operationId);
  }

  // endregion

  // region signing
  @Override
  public RawSignature sign(KeyVersionRef ref, SigningInput input, CallContext call)
      throws BackendFailure {
    LocalKey privateKey;
    synchronized (keys) {
      PocketVersion version = key(ref.name()).version(ref.version());
      if (version.info.state() != KeyState.ACTIVE
          && version.replacedAt.filter(at -> ref.inGrace(at, call.time().now())).isEmpty()) {
        throw BackendFailure.permanent(
            FailureCode.INVALID_STATE,
            "Version " + ref.version() + " is " + version.info.state() + " and signs nothing.");
      }
      privateKey = version.privateKey;
    }
    if (!description.support(ref.algorithm()).filter(s -> s.takes(input)).isPresent()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED, "This kind or length of input is not signed here.");
    }
    try {
      return RawSignature.of(
          privateKey.sign(input), ref.algorithm().defaultEncoding(), ref.version());
    } catch (UsageException e) {
      if (e.code() == ErrorCode.CLOSED) {
        // The backend was closed between the look-up and the signature.
        throw closedFailure();
      }
      throw e;
    }
  }

  // endregion

  // region rotation
  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    synchronized (keys) {
      PocketKey key = key(request.name());
      Optional<PocketVersion> earlier = key.preparedBy(request.operationId());
      if (earlier.isPresent()) {
        return earlier.get().info;
      }
      key.requireActive(request.expectedActive());
      PocketVersion next = newVersion(key, KeyState.PENDING, request.operationId());
      key.add(next);
      return next.info;
    }
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    synchronized (keys) {
      return key(request.name()).preparedBy(request.operationId()).map(version -> version.info);
    }
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId nextId, CallContext call)
      throws BackendFailure {
    synchronized (keys) {
      PocketKey key = key(request.name());
      PocketVersion next = key.version(nextId);
      if (next.info.state() == KeyState.PENDING) {
        key.requireActive(request.expectedActive());
        Optional<Instant> now = Optional.of(call.time().now());
        PocketVersion old = key.version(request.expectedActive());
        old.become(request.retiredState());
        old.replacedAt = now.filter(at -> request.retiredState() == KeyState.VERIFY_ONLY);
        next.become(KeyState.ACTIVE);
        next.info = next.info.withActivatedAt(now);
      }
      return key.snapshot();
    }
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    synchronized (keys) {
      PocketKey key = key(name);
      key.rotation = interval;
      return key.snapshot();
    }
  }

  // endregion

  // region end
  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    synchronized (keys) {
      requireOpen();
      return HealthReport.HEALTHY;
    }
  }

  @Override
  public void close() {
    synchronized (keys) {
      closed = true;
      keys.values().forEach(key -> key.versions.forEach(v -> v.privateKey.close()));
      keys.clear();
    }
  }

  private void requireOpen() throws BackendFailure {
    if (closed) {
      throw closedFailure();
    }
  }

  private BackendFailure closedFailure() {
    return BackendFailure.permanent(
        FailureCode.CLOSED, "The pocket has been closed. Open it again.");
  }

  private PocketKey key(KeyName name) throws BackendFailure {
    requireOpen();
    PocketKey key = keys.get(name);
    if (key == null) {
      throw BackendFailure.permanent(
          FailureCode.NOT_FOUND, "There is no key " + name + ". Create it, or check the name.");
    }
    return key;
  }
}

// endregion

// region state
/** One key; guarded by the backend's lock. */
final class PocketKey {

  final CreateRequest request;
  final List<PocketVersion> versions = new ArrayList<>();
  RotationInterval rotation;

  PocketKey(CreateRequest request) {
    this.request = request;
    this.rotation = request.rotation();
  }

  void add(PocketVersion version) {
    versions.add(version);
  }

  PocketVersion version(KeyVersionId id) throws BackendFailure {
    return versions.stream()
        .filter(v -> v.info.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                BackendFailure.permanent(
                    FailureCode.NOT_FOUND,
                    "Key " + request.name() + " has no version " + id + ". Load it again."));
  }

  Optional<PocketVersion> preparedBy(String operationId) {
    return versions.stream().skip(1).filter(v -> v.operationId.equals(operationId)).findFirst();
  }

  void requireActive(KeyVersionId expected) throws BackendFailure {
    if (version(expected).info.state() != KeyState.ACTIVE) {
      throw BackendFailure.permanent(
          FailureCode.CONFLICT,
          "Version " + expected + " of key " + request.name() + " is not active any more.");
    }
  }

  KeySnapshot snapshot() {
    return KeySnapshot.of(
            request.name(),
            request.algorithm(),
            versions.stream().map(v -> v.info).toList(),
            "pocket:" + request.name())
        .withRotation(rotation)
        .withStamp(StampReading.of(request.stamp()));
  }
}

/** One version with its private key; guarded by the backend's lock. */
final class PocketVersion {

  final LocalKey privateKey;
  final String operationId;
  KeyVersion info;
  Optional<Instant> replacedAt = Optional.empty();

  PocketVersion(KeyVersion info, LocalKey privateKey, String operationId) {
    this.info = info;
    this.privateKey = privateKey;
    this.operationId = operationId;
  }

  void become(KeyState state) {
    info = info.withState(state);
  }
}
// endregion
