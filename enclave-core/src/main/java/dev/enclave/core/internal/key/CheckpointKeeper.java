package dev.enclave.core.internal.key;

import dev.enclave.Assurance;
import dev.enclave.ConfigurationException;
import dev.enclave.EnclaveException;
import dev.enclave.ErrorCode;
import dev.enclave.IntegrityException;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PolicyException;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.UsageException;
import dev.enclave.core.internal.audit.HeldKey;
import dev.enclave.core.internal.audit.KeyKeeper;
import dev.enclave.core.internal.call.BackendCaller.Plan;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.crypto.Signatures;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.RawSignature;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds the checkpoint key of audit logs in a backend. Making it is recorded like the making of any
 * key; its signatures are not, since each record would need another. Thread-safe.
 */
public final class CheckpointKeeper implements KeyKeeper {

  /** What it must be worth: less protects it no better than a file beside the log. */
  public static final Assurance LEAST = Assurance.HSM_WRAPPED;

  /** Whom the records of its making name. */
  static final String CALLER = "enclave";

  /** What the operation ids of its signatures begin with. */
  static final String OPERATION = "checkpoint-";

  /** Those that signed notes know, the better known one first. */
  private static final List<KeyAlgorithm> ALGORITHMS =
      List.of(KeyAlgorithm.ED25519, KeyAlgorithm.ECDSA_P256_SHA256);

  private static final Message LONGEST = Message.of(new byte[LONGEST_TEXT]);

  private final Engine engine;
  private final KeyFinder finder;
  private volatile @Nullable KeyVersionRef ref;

  public CheckpointKeeper(Engine engine) {
    this.engine = engine;
    this.finder = new KeyFinder(engine);
  }

  /** Why the resolved backend can hold no checkpoint key, if it is by what it says of itself. */
  public Optional<String> obstacle() {
    OpenBackend backend = engine.backends().resolved();
    if (!backend.description().has(BackendTrait.PERSISTENT)) {
      return Optional.of("backend " + backend.id() + " keeps no keys");
    }
    if (ALGORITHMS.stream().noneMatch(algorithm -> offers(backend, algorithm))) {
      return Optional.of(
          "backend "
              + backend.id()
              + " and the policy leave none of "
              + ALGORITHMS
              + " for texts of "
              + LONGEST_TEXT
              + " bytes");
    }
    return Optional.empty();
  }

  /** Whether the configuration names the key, so that no other one may take its place. */
  public boolean adopts() {
    return engine.adoptedKeys().containsKey(ReservedNames.CHECKPOINT);
  }

  private boolean offers(OpenBackend backend, KeyAlgorithm algorithm) {
    return engine.policy().allows(algorithm)
        && backend
            .description()
            .support(algorithm)
            .filter(support -> support.digests() || support.takes(LONGEST))
            .isPresent();
  }

  @Override
  public HeldKey provide() {
    OpenBackend resolved = engine.backends().resolved();
    KeyEntry entry = existing().orElseGet(() -> made(resolved)).requireUsable();
    KeyVersion version = entry.requireActive();
    KeyAlgorithm algorithm = entry.snapshot().algorithm();
    if (!ALGORITHMS.contains(algorithm) || version.publicKey().isEmpty()) {
      throw new UsageException(
          ErrorCode.KEY_SPEC_MISMATCH,
          "Key "
              + ReservedNames.CHECKPOINT
              + " exists for "
              + algorithm
              + ", and checkpoints are signed with one of "
              + ALGORITHMS
              + ". Remove it, or set enclave.audit.checkpoint-key=local.");
    }
    if (!version.assurance().atLeast(LEAST)) {
      throw new PolicyException(
          ErrorCode.ASSURANCE_TOO_LOW,
          "Key "
              + ReservedNames.CHECKPOINT
              + " has assurance "
              + version.assurance()
              + " and "
              + LEAST
              + " is the least for a checkpoint key. Set enclave.audit.checkpoint-key=local.");
    }
    ref = entry.snapshot().ref(version);
    return new HeldKey(entry.handle(), version.id(), version.publicKey().get());
  }

  private Optional<KeyEntry> existing() {
    try {
      return Optional.of(
          finder.read(finder.slot(ReservedNames.CHECKPOINT), engine.newTrace(), CALLER));
    } catch (UsageException e) {
      // One that is to be adopted is somebody else's to make.
      if (e.code() == ErrorCode.KEY_NOT_FOUND && !adopts()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private KeyEntry made(OpenBackend backend) {
    KeyAlgorithm algorithm =
        ALGORITHMS.stream()
            .filter(candidate -> offers(backend, candidate))
            .findFirst()
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        ErrorCode.CONFIGURATION_INVALID_VALUE,
                        "No checkpoint key can be made: "
                            + obstacle().orElse("no algorithm fits")
                            + ". Set enclave.audit.checkpoint-key=local."));
    KeySpec spec =
        KeySpec.named(ReservedNames.CHECKPOINT.value())
            .algorithm(algorithm)
            .rotation(RotationInterval.NEVER);
    return KeyCreator.ofOwnKeys(engine).ensure(spec, CALLER).entry();
  }

  @Override
  public void require(HeldKey recorded) {
    KeySlot slot = slot(recorded.handle());
    KeyEntry entry = finder.read(slot, engine.newTrace(), CALLER).requireUsable();
    KeyVersion version = entry.requireVersion(recorded.version());
    PublicKeyInfo found = version.publicKey().orElse(recorded.key());
    if (!found.equals(recorded.key())) {
      throw KeyIdentity.changed(
          slot.name(), recorded.key().fingerprint().toString(), found.fingerprint().toString());
    }
    ref = entry.snapshot().ref(version);
  }

  private KeySlot slot(KeyHandle handle) {
    return finder.slot(handle);
  }

  @Override
  public byte[] sign(HeldKey key, byte[] text) throws IOException {
    try {
      KeyVersionRef known = ref;
      if (known == null) {
        require(key);
        known = ref;
      }
      return signed(key, java.util.Objects.requireNonNull(known), text);
    } catch (EnclaveException e) {
      throw new IOException(e.getMessage());
    }
  }

  private byte[] signed(HeldKey key, KeyVersionRef pinned, byte[] text) {
    OpenBackend backend = engine.backends().of(key.handle().backend());
    KeySlot slot = slot(key.handle());
    CallTrace trace = new CallTrace(OPERATION + engine.newTrace().operationId());
    Plan plan =
        new Plan(
            "sign a checkpoint of the audit log",
            trace,
            Engine.SIGN_WITHIN,
            false,
            slot.settling());
    var input = Signer.inputFor(slot, pinned.algorithm(), Message.of(text));
    RawSignature raw =
        backend.caller().call(plan, call -> backend.backend().sign(pinned, input, call));
    if (!raw.version().equals(key.version())) {
      throw new IntegrityException(
          ErrorCode.WRONG_ANSWER,
          "Backend "
              + backend.id()
              + " signed a checkpoint with version "
              + raw.version()
              + " and "
              + key.version()
              + " was asked. The answer is withheld.");
    }
    return Signatures.canonical(raw.value(), pinned.algorithm(), raw.encoding()).toByteArray();
  }
}
