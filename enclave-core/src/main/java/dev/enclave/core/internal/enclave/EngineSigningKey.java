package dev.enclave.core.internal.enclave;

import dev.enclave.DeferrableResult;
import dev.enclave.Fallback;
import dev.enclave.KeyHandle;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.PublicKeySet;
import dev.enclave.SignOptions;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.SigningKey;
import dev.enclave.SigningKey.PublishedKeys;
import dev.enclave.VersionSigner;
import dev.enclave.core.internal.fallback.SoftwareFallback;
import dev.enclave.core.internal.key.KeyDirectory;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.VersionLife;
import dev.enclave.core.internal.operation.OperationRun;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.core.internal.use.SignOperation;
import dev.enclave.deferred.DeferOptions;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A signing key over a slot. Verification uses the public keys of the newest reading. */
final class EngineSigningKey extends EngineKey implements SigningKey {

  /** How old a reading may be that is published where the next version may sign at any moment. */
  private static final Duration PUBLISHED_WITHIN = Duration.ofSeconds(1);

  /** Records at sources can be edited, so that a key may name one that leads back to it. */
  private static final int MOST_HOPS = 8;

  private final SigningAlgorithm algorithm;
  private final Optional<SoftwareFallback> fallback;
  private final int hops;

  /**
   * A key that was found.
   *
   * @param hops how many migrated keys led here
   */
  EngineSigningKey(
      KeyLookup lookup, KeyDirectory.Found found, SigningAlgorithm algorithm, int hops) {
    super(lookup, found);
    this.algorithm = algorithm;
    this.hops = hops;
    this.fallback = lookup.fallback();
    fallback.ifPresent(its -> its.expect(found.slot()));
  }

  @Override
  public SigningAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public PublicKeyInfo publicKey() {
    return publicKey(activeVersion());
  }

  private PublicKeyInfo publicKey(KeyVersion version) {
    return version
        .publicKey()
        .orElseThrow(
            () ->
                version
                    .publicKeyFault()
                    .map(
                        f ->
                            Texts.PUBLIC_KEY_FAULTY.as(
                                ErrorCode.WRONG_ANSWER,
                                slot().backend().id(),
                                slot().name(),
                                ForeignText.of(f)))
                    .orElseGet(
                        () ->
                            Texts.PUBLIC_KEY_NOT_GIVEN.as(
                                ErrorCode.WRONG_ANSWER, slot().backend().id(), slot().name())));
  }

  @Override
  public VersionSigner signer(Duration rotationGrace) {
    Objects.requireNonNull(rotationGrace, "rotationGrace");
    return hereOrMoved(
        Operation.LOOK_UP,
        entry -> followed(Optional.of(entry)),
        (entry, run) -> {
          KeyVersion active = entry.requireActive();
          SignOperation.ChosenVersion held =
              new SignOperation.ChosenVersion(entry, run.time().nanoTime(), rotationGrace);
          return new EngineVersionSigner(
              lookup().operations(),
              slot(),
              active.id(),
              algorithm,
              publicKey(active),
              held,
              caller());
        },
        there -> there.signer(rotationGrace));
  }

  /** One operation: of this key, or of the one that it was moved to. */
  private <R> R hereOrMoved(
      Operation operation,
      Function<KeyReading, Optional<KeyHandle>> moved,
      BiFunction<KeyReading, OperationRun, R> here,
      Function<EngineSigningKey, R> there) {
    Supplier<R> result =
        read(
            operation,
            (entry, run) -> {
              Optional<KeyHandle> to = moved.apply(entry);
              if (to.isPresent()) {
                run.handedOver();
                return () -> there.apply(moved(to.get(), caller()));
              }
              R found = here.apply(entry, run);
              return () -> found;
            });
    return result.get();
  }

  @Override
  public PublicKeySet publicKeys() {
    return set(read(Operation.LOOK_UP, (entry, run) -> entry.consuming()));
  }

  private PublicKeySet set(List<KeyVersion> versions) {
    return new PublicKeySet(
        versions.stream()
            .flatMap(
                v ->
                    v
                        .publicKey()
                        .map(
                            key ->
                                new PublicKeySet.Entry(
                                    EngineVersionSigner.keyId(slot(), v.id()), key))
                        .stream())
            .toList());
  }

  @Override
  public PublishedKeys publishedKeys() {
    return read(
        Operation.LOOK_UP,
        (entry, run) -> {
          KeyReading published = maxAge(entry).isZero() ? young(run) : entry;
          return new PublishedKeys(set(published.published()), maxAge(published));
        });
  }

  /**
   * Where the next version may sign at any moment, a reading from before may lack it. Anybody may
   * ask for public keys, so they are read once a second at most. In an outage what was read last is
   * the best there is, and verifiers do not wait for longer than a moment.
   */
  private KeyReading young(OperationRun run) {
    return slot().young(PUBLISHED_WITHIN, run.trace(), run.deadline()).requireUsable();
  }

  /**
   * Counted from the reading. A version that is not in it was made later, and so becomes active
   * later than the cache time after it; where nothing is published ahead, when the key is due by
   * the clock of the machine that rotates it.
   */
  private Duration maxAge(KeyReading entry) {
    VersionLife life = lookup().rules().life();
    TimeSource time = lookup().operations().time();
    Duration maxAge = life.cacheTime().minus(entry.age(time));
    Optional<Duration> untilDue =
        life.publishAhead().isZero()
            ? entry
                .info(life)
                .nextRotationAt()
                .map(due -> due.minus(VersionLife.CLOCKS_APART))
                .map(due -> Duration.between(time.now(), due))
            : Optional.empty();
    Duration least = untilDue.filter(until -> until.compareTo(maxAge) < 0).orElse(maxAge);
    return least.isNegative() ? Duration.ZERO : least;
  }

  @Override
  public SignatureValue sign(SigningInput input, SignOptions options) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    return signedHereOrMoved(
        options.caller().orElse(caller()),
        by -> signHere(input, options, by),
        there -> there.sign(input, options));
  }

  @Override
  public DeferrableResult<SignatureValue> signOrDefer(SigningInput input, DeferOptions options) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(options, "options");
    return signedHereOrMoved(
        options.signature().caller().orElse(caller()),
        by -> lookup().deferred(by).signOrDefer(slot(), input, options),
        there -> there.signOrDefer(input, options));
  }

  private <R> R signedHereOrMoved(
      String by, Function<String, R> here, Function<EngineSigningKey, R> there) {
    Optional<KeyHandle> moved = followed(slot().newest());
    if (moved.isPresent()) {
      return there.apply(moved(moved.get(), by));
    }
    try {
      return here.apply(by);
    } catch (UsageException e) {
      Optional<KeyHandle> found = followed(slot().newest());
      if (e.code() != ErrorCode.KEY_MIGRATED || found.isEmpty()) {
        throw e;
      }
      return there.apply(moved(found.get(), by));
    }
  }

  /**
   * The key that signs in place of this one, where that is wanted. What leads there may be written
   * by whoever may write tags, so that without the setting it makes no signature valid either.
   */
  private Optional<KeyHandle> followed(Optional<KeyReading> entry) {
    return entry
        .filter(e -> e.usable() && e.snapshot().active().isEmpty())
        .flatMap(KeyReading::movedTo)
        .filter(to -> lookup().rules().migration().follow());
  }

  /**
   * The key that this one was migrated to. It is looked up like any other: its backend has to be
   * allowed and configured, and its public key has to be the one that the handle names.
   */
  private EngineSigningKey moved(KeyHandle to, String caller) {
    if (hops >= MOST_HOPS) {
      throw Texts.MIGRATED_TOO_OFTEN.as(ErrorCode.KEY_MIGRATED, to, hops + 1);
    }
    return lookup().by(caller).moved(to, hops + 1);
  }

  private SignatureValue signHere(SigningInput input, SignOptions options, String by) {
    return fallback.isPresent()
        ? fallback.get().sign(slot(), input, options, by)
        : operation(by).run(new SignOperation(input, options));
  }

  /** Of signatures that leave no ticket nobody knows whether they were made before. */
  @Override
  public boolean verify(SigningInput input, SignatureValue signature) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(signature, "signature");
    boolean named = isNamedBy(signature.key());
    boolean byFallback = Fallback.Endorsement.of(signature).isPresent();
    return hereOrMoved(
        Operation.VERIFY,
        entry -> named || byFallback ? Optional.empty() : followed(Optional.of(entry)),
        (entry, run) ->
            recorded(
                run,
                named
                    && !byFallback
                    && by(entry, signature.version(), run, v -> v.verify(input, signature))),
        moved -> moved.verify(input, signature));
  }

  /** Whether a version made a signature, of which {@code valid} asks its public key. */
  private boolean by(
      KeyReading entry, KeyVersionId id, OperationRun run, Predicate<SignatureVerifier> valid) {
    KeyReading knowing = knowing(entry, id, run, valid);
    return knowing
        .snapshot()
        .version(id)
        .filter(v -> v.state().mayConsume())
        .flatMap(knowing::verifier)
        .filter(valid)
        .isPresent();
  }

  /**
   * Another replica may have rotated since the newest reading, so the key is read anew for a
   * version that is unknown, which anybody may name, and so not at any rate; and for one that was
   * only published then, if that made the signature, which nobody can forge.
   */
  private KeyReading knowing(
      KeyReading entry, KeyVersionId id, OperationRun run, Predicate<SignatureVerifier> valid) {
    Optional<KeyVersion> found = entry.snapshot().version(id);
    if (found.isPresent()) {
      boolean activated =
          found.get().state() == KeyState.PENDING && any(entry, List.of(found.get()), valid);
      return activated ? renewed(entry, run) : entry;
    }
    return slot().unknownVersions().mayLookFor(id) ? renewed(entry, run) : entry;
  }

  /** A newer reading, waited for for a second at most. */
  private KeyReading renewed(KeyReading entry, OperationRun run) {
    KeyReading renewed = slot().renewed(run.trace(), run.deadline());
    if (renewed == entry && !slot().settling()) {
      throw Texts.ACTIVE_VERSION_UNKNOWN.as(
          ErrorCode.BACKEND_UNAVAILABLE, slot().name(), slot().backend().id());
    }
    return renewed.requireUsable();
  }

  @Override
  public boolean verify(SigningInput input, byte[] signature, SignatureEncoding encoding) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(signature, "signature");
    Objects.requireNonNull(encoding, "encoding");
    Predicate<SignatureVerifier> valid = v -> v.verify(input, signature, encoding);
    return hereOrMoved(
        Operation.VERIFY,
        entry -> followed(Optional.of(entry)).filter(to -> !any(entry, entry.consuming(), valid)),
        (entry, run) -> recorded(run, valid(entry, valid, run)),
        moved -> moved.verify(input, signature, encoding));
  }

  /** Another replica may have activated what was only published. */
  private boolean valid(KeyReading entry, Predicate<SignatureVerifier> valid, OperationRun run) {
    if (any(entry, entry.consuming(), valid)) {
      return true;
    }
    if (!any(entry, entry.pending(), valid)) {
      return false;
    }
    KeyReading renewed = renewed(entry, run);
    return any(renewed, renewed.consuming(), valid);
  }

  private static boolean any(
      KeyReading entry, List<KeyVersion> versions, Predicate<SignatureVerifier> valid) {
    List<KeyVersion> known = versions.stream().filter(v -> v.publicKeyFault().isEmpty()).toList();
    if (known.stream().anyMatch(v -> entry.verifier(v).filter(valid).isPresent())) {
      return true;
    }
    // It may be the signature of one whose public key nobody knows.
    versions.forEach(entry::requirePublicKey);
    return false;
  }

  @Override
  public boolean verify(
      SigningInput input, byte[] signature, SignatureEncoding encoding, KeyVersionId version) {
    Objects.requireNonNull(input, "input");
    Objects.requireNonNull(signature, "signature");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(version, "version");
    Predicate<SignatureVerifier> valid = v -> v.verify(input, signature, encoding);
    return read(
        Operation.VERIFY,
        (entry, run) -> {
          KeyReading knowing = knowing(entry, version, run, valid);
          KeyVersion named = knowing.requireVersion(version);
          return recorded(
              run, named.state().mayConsume() && knowing.verifier(named).filter(valid).isPresent());
        });
  }

  /** A verification that finds the signature valid leaves no record. */
  private static boolean recorded(OperationRun run, boolean valid) {
    if (!valid) {
      run.invalidSignature();
    }
    return valid;
  }
}
