package dev.enclave.core.internal.use;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.key.CachedKey;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.ReservedNames;
import dev.enclave.core.internal.operation.KeyOperation;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.crypto.Hashing;
import dev.enclave.crypto.Signatures;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.StatementText;
import dev.enclave.spi.AlgorithmSupport;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.RawSignature;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * A signature: pins the active version, gives the backend the input it takes, and releases nothing
 * that is not the right key's signature in the right form.
 *
 * @param only the version to sign with or not at all; none for whatever version is active
 * @param held when that version was chosen, if it may sign although it was replaced since
 * @param statement whether Enclave itself wrote it, and no caller
 * @param details what the audit log says of it beside what it says of every signature
 */
public record SignOperation(
    Optional<KeyVersionId> only,
    Optional<ChosenVersion> held,
    SigningInput input,
    SignOptions options,
    boolean statement,
    Map<String, String> details)
    implements KeyOperation<SignOperation.Prepared, SignatureValue> {

  /** What a caller asks for, with whatever version is active. */
  public SignOperation(SigningInput input, SignOptions options) {
    this(Optional.empty(), Optional.empty(), input, options, false, Map.of());
  }

  /** What a caller asks for, with this version, as long as it is active. */
  public SignOperation(KeyVersionId only, SigningInput input, SignOptions options) {
    this(Optional.of(only), Optional.empty(), input, options, false, Map.of());
  }

  /** What Enclave itself states, with this version, as long as it is active. */
  public static SignOperation ofStatement(KeyVersionId only, Message statement) {
    return new SignOperation(
        Optional.of(only), Optional.empty(), statement, SignOptions.defaults(), true, Map.of());
  }

  /** The same, of which the audit log says more. */
  public SignOperation recording(Map<String, String> more) {
    return new SignOperation(only, held, input, options, statement, Map.copyOf(more));
  }

  /**
   * The choice of a version.
   *
   * @param entry the reading by which it was active
   * @param atNanos when it was chosen
   * @param grace for how long it signs from then on although it was replaced
   */
  public record ChosenVersion(KeyReading entry, long atNanos, Duration grace) {

    private static final Duration LONGEST_GRACE = Duration.ofMinutes(1);

    public ChosenVersion {
      if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
        throw Texts.GRACE_TOO_LONG.as(ErrorCode.INVALID_ARGUMENT, grace);
      }
    }

    Duration graceAt(long nanos) {
      return nanos - atNanos < grace.toNanos() ? grace : Duration.ZERO;
    }
  }

  /**
   * A version, ready to sign.
   *
   * @param input what the backend gets
   */
  public record Prepared(
      KeyReading entry, KeyReading.Pinned pinned, SigningAlgorithm algorithm, SigningInput input) {

    KeyVersion version() {
      return pinned.version();
    }
  }

  @Override
  public Operation kind() {
    return Operation.SIGN;
  }

  @Override
  public Duration within() {
    return options.deadline().orElse(RetryingCaller.SIGN_WITHIN);
  }

  @Override
  public boolean secret() {
    return false;
  }

  @Override
  public Prepared prepare(OperationRun run) {
    KeyReading entry = run.slot().current(run.trace(), run.deadline());
    if (only.isPresent()) {
      entry = readingOf(only.get(), entry, run);
    }
    Prepared prepared = prepared(entry, run.slot());
    run.version(prepared.version().id());
    return prepared;
  }

  @Override
  public SignatureValue carryOut(Prepared prepared, OperationRun run) {
    SignatureValue signature =
        only.isPresent() ? signOnly(prepared, run) : signPinned(prepared, run);
    run.version(signature.version());
    run.details(details);
    return signature;
  }

  private SignatureValue signOnly(Prepared prepared, OperationRun run) {
    try {
      return signWith(prepared, run);
    } catch (UsageException e) {
      throw replaced(run.slot(), prepared, e);
    }
  }

  private SignatureValue signPinned(Prepared prepared, OperationRun run) {
    return withActive(
        run,
        prepared,
        Prepared::version,
        entry -> prepared(entry, run.slot()),
        next -> signWith(next, run));
  }

  /**
   * Uses the active version; if it was retired meanwhile, the one that replaced it, and so on. A
   * version is tried once, since readings may go back and forth between versions.
   *
   * @param version of what a reading was prepared for
   */
  static <P, R> R withActive(
      OperationRun run,
      P first,
      Function<P, KeyVersion> version,
      Function<KeyReading, P> prepare,
      Function<P, R> use) {
    P next = first;
    Set<KeyVersionId> tried = new HashSet<>(Set.of(version.apply(next).id()));
    while (true) {
      try {
        return use.apply(next);
      } catch (UsageException e) {
        if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
          throw e;
        }
        P again = prepare.apply(run.fresh());
        if (!tried.add(version.apply(again).id())) {
          throw e;
        }
        next = again;
      }
    }
  }

  /** A reading by which the version is active: this one, or the one it was chosen by. */
  private KeyReading readingOf(KeyVersionId version, KeyReading entry, OperationRun run) {
    if (!grace(run).isZero() && isReplaced(version, entry.requireUsable().snapshot())) {
      return held.orElseThrow().entry();
    }
    requireActive(entry, version);
    return entry;
  }

  /** What the backend is to allow of the version, if it has been replaced since it was chosen. */
  private Duration grace(OperationRun run) {
    long now = run.time().nanoTime();
    return held.map(chosen -> chosen.graceAt(now)).orElse(Duration.ZERO);
  }

  /** Whether a rotation, and nothing else, replaced the version. */
  private static boolean isReplaced(KeyVersionId version, KeySnapshot now) {
    return now.active().isPresent()
        && now.version(version).filter(v -> v.state() == KeyState.VERIFY_ONLY).isPresent();
  }

  private static void requireActive(KeyReading entry, KeyVersionId only) {
    KeyVersionId active = entry.requireUsable().requireActive().id();
    if (!active.equals(only)) {
      throw Texts.REPLACED_BY_ACTIVE.as(
          ErrorCode.KEY_NOT_ACTIVE, only, entry.snapshot().name(), active);
    }
  }

  /** What the backend refused although the reading promised it: the next signer reads anew. */
  private static EnclaveException replaced(CachedKey slot, Prepared prepared, UsageException e) {
    if (e.code() != ErrorCode.KEY_NOT_ACTIVE) {
      return e;
    }
    slot.distrust();
    return Texts.REPLACED_FOR_BACKEND.as(
        ErrorCode.KEY_NOT_ACTIVE, prepared.version().id(), slot.name());
  }

  private Prepared prepared(KeyReading entry, CachedKey slot) {
    entry.requireUsable();
    if (!statement) {
      requireCallers(slot);
    }
    if (!(entry.snapshot().algorithm() instanceof SigningAlgorithm algorithm)) {
      throw wrongPurpose(entry.snapshot().name(), entry.snapshot().algorithm());
    }
    SignatureEncoding encoding = options.encoding().orElse(algorithm.defaultEncoding());
    if (!algorithm.hasEncoding(encoding)) {
      throw Texts.NO_SUCH_ENCODING.as(
          ErrorCode.INVALID_ENCODING, algorithm, encoding, algorithm.defaultEncoding());
    }
    return new Prepared(entry, entry.requirePinned(), algorithm, inputFor(slot, algorithm, input));
  }

  /**
   * Whether a key may sign that for a caller, on whatever way it came here: not with a key that
   * signs for Enclave alone, and not what begins as its own texts do.
   */
  private void requireCallers(CachedKey slot) {
    if (slot.signsForEnclave()) {
      ReservedNames.requireFree(slot.name());
    }
    if (input instanceof Message message && StatementText.isReserved(message)) {
      throw Texts.MESSAGE_RESERVED.as(ErrorCode.MESSAGE_RESERVED, slot.name());
    }
  }

  public static EnclaveException wrongPurpose(KeyName name, KeyAlgorithm algorithm) {
    return (algorithm instanceof SigningAlgorithm ? Texts.KEY_SIGNS : Texts.KEY_WRAPS)
        .as(ErrorCode.WRONG_PURPOSE, name, algorithm, algorithm.purpose());
  }

  /** What is to be kept of it for later: what the backend gets, checked as if it signed now. */
  public SigningInput inputToKeep(KeyReading entry, CachedKey slot) {
    return prepared(entry, slot).input();
  }

  /** What the backend gets: the digest where it takes one, since that is smaller and tells less. */
  public static SigningInput inputFor(CachedKey slot, KeyAlgorithm algorithm, SigningInput input) {
    AlgorithmSupport support =
        slot.backend()
            .description()
            .support(algorithm)
            .orElseThrow(
                () ->
                    Texts.DOES_NOT_SIGN_WITH.as(
                        ErrorCode.UNSUPPORTED_ALGORITHM, slot.backend().id(), algorithm));
    if (input instanceof Digest digest) {
      SignatureVerifier.requireDigest(algorithm, digest);
    }
    SigningInput given =
        input instanceof Message message && algorithm.digest().isPresent() && support.digests()
            ? Hashing.digest(algorithm.digest().get(), message)
            : input;
    if (!support.takes(given)) {
      throw given instanceof Message message
          ? Texts.MESSAGE_NOT_TAKEN.as(
              ErrorCode.UNSUPPORTED_INPUT,
              slot.backend().id(),
              algorithm,
              support.shortestMessage(),
              support.longestMessage(),
              message.size())
          : Texts.DIGEST_NOT_TAKEN.as(ErrorCode.UNSUPPORTED_INPUT, slot.backend().id(), algorithm);
    }
    return given;
  }

  private SignatureValue signWith(Prepared prepared, OperationRun run) {
    KeyVersion version = prepared.version();
    CachedKey slot = run.slot();
    if (!slot.backend().usesKeysElsewhere()) {
      run.keys().reappeared().refuse(slot, version);
    }
    RawSignature raw =
        slot.backend()
            .caller()
            .sign(
                run.toRead(slot.toSign()),
                slot.backend().capability(KeySigner.class, "sign"),
                prepared.pinned().ref().withGrace(grace(run)),
                prepared.input());
    run.trace().providerRequestId(raw.providerRequestId());
    if (!raw.version().equals(version.id())) {
      throw Texts.SIGNED_BY_OTHER_VERSION.as(
          ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name(), version.id(), raw.version());
    }
    return checked(slot, prepared, raw);
  }

  private SignatureValue checked(CachedKey slot, Prepared prepared, RawSignature raw) {
    KeyReading entry = prepared.entry();
    KeyVersion version = prepared.version();
    SigningAlgorithm algorithm = prepared.algorithm();
    SignatureEncoding canonical = algorithm.defaultEncoding();
    Bytes bytes;
    try {
      bytes = Signatures.canonical(raw.value(), algorithm, raw.encoding());
    } catch (UsageException e) {
      throw Texts.SIGNATURE_MALFORMED.as(ErrorCode.WRONG_ANSWER, slot.backend().id(), slot.name());
    }
    if (slot.backend().usesKeysElsewhere()) {
      requireVerifiable(slot, entry, version, prepared.input(), bytes, canonical);
    }
    Optional<String> requestId = raw.providerRequestId().map(ForeignText::of);
    SignatureValue value =
        SignatureValue.of(bytes, canonical, algorithm, entry.handle(), version.id(), requestId);
    return inEncoding(withRecoveryId(value, version, prepared.input()));
  }

  private SignatureValue inEncoding(SignatureValue value) {
    return options.encoding().isPresent() ? value.as(options.encoding().get()) : value;
  }

  /** Recovery costs as much as signing, and not everyone needs it, so it waits until asked for. */
  private static SignatureValue withRecoveryId(
      SignatureValue value, KeyVersion version, SigningInput input) {
    Optional<PublicKeyInfo> key = version.publicKey();
    return value.algorithm().curve().filter("secp256k1"::equals).isPresent() && key.isPresent()
        ? value.withRecoveryId(() -> recoveryId(key.get(), input, value.bytes()))
        : value;
  }

  private static void requireVerifiable(
      CachedKey slot,
      KeyReading entry,
      KeyVersion version,
      SigningInput input,
      Bytes bytes,
      SignatureEncoding encoding) {
    boolean valid =
        entry.verifier(version).map(v -> v.verify(input, bytes, encoding)).orElse(false);
    if (!valid) {
      throw Texts.SIGNATURE_NOT_VERIFIED.as(
          ErrorCode.SIGNATURE_UNVERIFIABLE, slot.backend().id(), version.id(), slot.name());
    }
  }

  private static OptionalInt recoveryId(PublicKeyInfo key, SigningInput input, Bytes der) {
    Digest digest =
        input instanceof Digest given
            ? given
            : Hashing.digest(key.algorithm().digest().orElseThrow(), (Message) input);
    return Signatures.recoveryId(key, digest, der);
  }
}
