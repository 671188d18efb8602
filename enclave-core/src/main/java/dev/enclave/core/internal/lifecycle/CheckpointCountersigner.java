package dev.enclave.core.internal.lifecycle;

import dev.enclave.Assurance;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SecurityPolicy;
import dev.enclave.SigningAlgorithm;
import dev.enclave.auditlog.checkpoint.Countersigner;
import dev.enclave.auditlog.checkpoint.CountersigningBackend;
import dev.enclave.auditlog.checkpoint.VerifierKey;
import dev.enclave.core.internal.call.CallTrace;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.call.RetryingCaller.Plan;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.Operations;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.crypto.Signatures;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Countersigns the checkpoints of audit logs with a key of the backend. The key's creation is
 * recorded like that of any key; its signatures are not, since each record would need another.
 * Thread-safe.
 */
public final class CheckpointCountersigner implements CountersigningBackend {

  /** What the key must be worth: less protects it no better than the log's own, a file. */
  public static final Assurance LEAST = Assurance.HSM_WRAPPED;

  /** Whom the records of its making name. */
  static final String CALLER = "enclave";

  /** What the operation ids of its signatures begin with. */
  static final String OPERATION = "checkpoint-";

  /** Those that signed notes know, the better known one first. */
  private static final List<KeyAlgorithm> ALGORITHMS =
      List.of(SigningAlgorithm.ED25519, SigningAlgorithm.ECDSA_P256_SHA256);

  private static final Message LONGEST = Message.of(new byte[LONGEST_TEXT]);

  private final Operations operations;
  private final SecurityPolicy policy;
  private final KeyDirectory keys;
  private volatile @Nullable Known known;

  /** A key that the backend has been seen to have. */
  private record Known(Countersigner named, KeyVersionRef ref) {}

  public CheckpointCountersigner(Operations operations, KeyDirectory keys, SecurityPolicy policy) {
    this.operations = operations;
    this.keys = keys;
    this.policy = policy;
  }

  /** What the resolved backend gives at most as it was opened, if it says. */
  public Optional<Assurance> ceiling() {
    return keys.resolved().description().assuranceCeiling();
  }

  /** Why the resolved backend cannot countersign, if its description says so. */
  public Optional<String> obstacle() {
    OpenBackend backend = keys.resolved();
    if (!backend.description().has(BackendTrait.PERSISTENT)) {
      return Optional.of(Texts.KEEPS_NO_KEYS.with(backend.id()));
    }
    if (ALGORITHMS.stream().noneMatch(algorithm -> offers(backend, algorithm))) {
      return Optional.of(Texts.LEAVES_NO_ALGORITHM.with(backend.id(), ALGORITHMS, LONGEST_TEXT));
    }
    return Optional.empty();
  }

  private boolean offers(OpenBackend backend, KeyAlgorithm algorithm) {
    return CreateOperation.offers(policy, backend, algorithm, LONGEST);
  }

  @Override
  public Countersigner provide(String log) {
    OpenBackend resolved = keys.resolved();
    KeyReading entry = existing().orElseGet(() -> made(resolved)).requireUsable();
    KeyVersion version = entry.requireActive();
    KeyAlgorithm algorithm = entry.snapshot().algorithm();
    if (!ALGORITHMS.contains(algorithm) || version.publicKey().isEmpty()) {
      throw Texts.CHECKPOINTS_OTHER_ALGORITHM.as(
          ErrorCode.KEY_SPEC_MISMATCH, ReservedNames.CHECKPOINT, algorithm, ALGORITHMS);
    }
    requireWorth(version);
    Countersigner named =
        new Countersigner(
            new VerifierKey(log, version.publicKey().get()), entry.handle(), version.id());
    known = new Known(named, entry.snapshot().ref(version));
    return named;
  }

  private static void requireWorth(KeyVersion version) {
    if (!version.assurance().atLeast(LEAST)) {
      throw Texts.CHECKPOINTS_TOO_WEAK.as(
          ErrorCode.ASSURANCE_TOO_LOW, ReservedNames.CHECKPOINT, version.assurance(), LEAST);
    }
  }

  private Optional<KeyReading> existing() {
    CachedKey slot = keys.slot(ReservedNames.CHECKPOINT);
    // One that is to be adopted is somebody else's to make.
    return keys.adopted().contains(ReservedNames.CHECKPOINT)
        ? Optional.of(keys.read(slot, CALLER))
        : keys.readIfThere(slot, CALLER);
  }

  private KeyReading made(OpenBackend backend) {
    KeyAlgorithm algorithm =
        ALGORITHMS.stream()
            .filter(candidate -> offers(backend, candidate))
            .findFirst()
            .orElseThrow(
                () ->
                    Texts.NO_COUNTERSIGNER.as(
                        ErrorCode.CONFIGURATION_INVALID_VALUE,
                        obstacle().orElse(Texts.NO_ALGORITHM_FITS.with())));
    KeySpec<?> spec =
        KeySpec.named(ReservedNames.CHECKPOINT.value())
            .algorithm(algorithm)
            .rotation(RotationInterval.NEVER);
    return new CreateOperation(spec, true).ensure(operations, CALLER).entry();
  }

  @Override
  public void require(Countersigner named) {
    ref(named);
  }

  /** Whoever has the log's own key can name any key, and have the backend sign with it. */
  private static void requireOwnKey(Countersigner named) {
    if (!named.handle().name().equals(ReservedNames.CHECKPOINT)) {
      throw Texts.COUNTERSIGNER_FOREIGN.as(
          ErrorCode.AUDIT_LOG_CORRUPT, named.handle().name(), ReservedNames.CHECKPOINT);
    }
  }

  private KeyVersionRef ref(Countersigner named) {
    requireOwnKey(named);
    CachedKey slot = keys.slot(named.handle());
    KeyReading entry = keys.read(slot, CALLER).requireUsable();
    KeyVersion version = entry.requireVersion(named.version());
    PublicKeyInfo expected = named.key().key();
    PublicKeyInfo found = version.publicKey().orElse(expected);
    if (!found.equals(expected)) {
      throw Texts.KEY_REPLACED.as(
          ErrorCode.KEY_IDENTITY_CHANGED,
          slot.name(),
          expected.fingerprint().toString(),
          found.fingerprint().toString());
    }
    requireWorth(version);
    KeyVersionRef ref = entry.snapshot().ref(version);
    known = new Known(named, ref);
    return ref;
  }

  /** What is known already, in the state that was read last: who signs waits for no reading. */
  private KeyVersionRef pinned(Countersigner named) {
    Known last = known;
    if (last == null || !last.named().equals(named)) {
      return ref(named);
    }
    return keys.slot(named.handle())
        .atHand()
        .map(KeyReading::snapshot)
        .flatMap(key -> key.version(named.version()).map(key::ref))
        .orElse(last.ref());
  }

  @Override
  public byte[] sign(Countersigner named, byte[] text) {
    KeyVersionRef pinned = pinned(named);
    CachedKey slot = keys.slot(named.handle());
    OpenBackend backend = slot.backend();
    CallTrace trace = new CallTrace(OPERATION + operations.newTrace().operationId());
    Plan plan =
        new Plan(
            "sign a checkpoint of the audit log",
            trace,
            RetryingCaller.SIGN_WITHIN,
            false,
            slot.settling());
    var input = SignOperation.inputFor(slot, pinned.algorithm(), Message.of(text));
    RawSignature raw =
        backend.caller().sign(plan, backend.capability(KeySigner.class, "sign"), pinned, input);
    if (!raw.version().equals(named.version())) {
      throw Texts.CHECKPOINT_OF_OTHER_VERSION.as(
          ErrorCode.WRONG_ANSWER, backend.id(), raw.version(), named.version());
    }
    return Signatures.canonical(raw.value(), pinned.algorithm(), raw.encoding()).toByteArray();
  }
}
