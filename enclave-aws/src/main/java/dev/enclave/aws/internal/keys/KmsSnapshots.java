package dev.enclave.aws.internal.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.PublicKeyInfo;
import dev.enclave.aws.internal.model.KmsArns;
import dev.enclave.aws.internal.model.KmsKey;
import dev.enclave.aws.internal.model.KmsTags;
import dev.enclave.aws.internal.model.KmsVersionChain;
import dev.enclave.kit.key.BoundedMap;
import dev.enclave.kit.key.LastToSign;
import dev.enclave.kit.key.ParallelReads;
import dev.enclave.kit.key.ParallelReads.Read;
import dev.enclave.kit.key.ToldPublicKey;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what KMS says into the engine's words. */
public final class KmsSnapshots {

  private static final int MOST_ACTIVATED = 1_000;

  private final KmsPublicKeys publicKeys;
  private final ParallelReads parallel;
  private final LastToSign lastToSign;
  private final boolean reportsHsm;
  private final KmsFindings findings = new KmsFindings();
  // What this process activated, by KMS key: reads may not show it yet.
  private final Map<String, KmsTags.Activated> activated = BoundedMap.of(MOST_ACTIVATED);

  public KmsSnapshots(
      KmsPublicKeys publicKeys, LastToSign lastToSign, ParallelReads parallel, boolean reportsHsm) {
    this.publicKeys = publicKeys;
    this.parallel = parallel;
    this.lastToSign = lastToSign;
    this.reportsHsm = reportsHsm;
  }

  /** What is remarkable about the keys read so far. */
  public List<HealthReport.Finding> findings() {
    return findings.findings();
  }

  /**
   * Keys whose tags were denied to whoever went through all of them.
   *
   * @param afresh whether these are the first ones
   */
  public void notePassedOver(int keys, boolean afresh) {
    findings.notePassedOver(keys, afresh);
  }

  /** A first version that says that its key is being restored. */
  public void noteRestoring(KeyName name, KmsKey first, CallContext call) {
    findings.noteRestoring(name, first, call.time().now());
  }

  /** Which KMS key the alias for people names, if it is none of the key's. */
  void noteHint(KmsVersionChain chain, KmsKey active, Optional<String> other) {
    findings.noteHint(chain.name(), active, other);
  }

  /** Notes that this process made a version active. */
  public void noteActivated(KmsKey key, KmsTags.Activated when) {
    activated.put(key.id(), when);
  }

  private Optional<Instant> activatedAt(KmsVersionChain chain, KmsKey key) {
    if (key.origin() == KeyOrigin.IMPORTED) {
      // When it was active is what its own backend knew.
      return Optional.empty();
    }
    Optional<KmsTags.Activated> here = Optional.ofNullable(activated.get(key.id()));
    int activation = chain.activationOf(key);
    Optional<Instant> later = here.filter(h -> h.activation() > activation).map(h -> h.at());
    Optional<Instant> same = here.filter(h -> h.activation() == activation).map(h -> h.at());
    return later.or(() -> chain.activatedAt(key)).or(() -> same);
  }

  /** As it was read. */
  public KeySnapshot of(KmsVersionChain chain, CallContext call) throws BackendFailure {
    return of(chain, Map.of(), call);
  }

  /** With the states that were written just now, which reads may not see yet. */
  public KeySnapshot of(KmsVersionChain chain, Map<String, KeyState> written, CallContext call)
      throws BackendFailure {
    KmsKey oldest = chain.oldest();
    findings.noteRestoring(chain.name(), oldest, call.time().now());
    KeyAlgorithm algorithm = oldest.tags().algorithm().orElseThrow();
    List<Read<Optional<PublicKeyInfo>>> reads = new ArrayList<>();
    chain
        .versions()
        .values()
        .forEach(
            key -> reads.add(c -> ToldPublicKey.ifAny(() -> publicKeys.of(key, algorithm, c))));
    parallel.ahead(reads, call);
    List<KeyVersion> versions = new ArrayList<>();
    for (int n = 1; n <= chain.versions().lastKey(); n++) {
      KmsKey key = chain.versions().get(n);
      if (key == null) {
        gone(chain, n)
            .filter(g -> versions.stream().noneMatch(v -> v.id().equals(g.id())))
            .ifPresent(versions::add);
      } else {
        versions.add(version(chain, key, written, call));
      }
    }
    Optional<KmsTags.First> first = first(chain);
    return KeySnapshot.of(
            chain.name(),
            algorithm,
            versions,
            first.map(f -> KmsArns.withKeyId(oldest.arn(), f.keyId())).orElse(oldest.arn()))
        .withRotation(chain.rotation().interval())
        .withMovedTo(chain.movedTo())
        .withStamp(oldest.tags().stamp())
        .withCreatedAt(first.map(KmsTags.First::createdAt).orElse(oldest.createdAt()));
  }

  /** One version. */
  public KeyVersion version(
      KmsVersionChain chain, KmsKey key, Map<String, KeyState> written, CallContext call)
      throws BackendFailure {
    KeyState state = written.getOrDefault(key.id(), chain.state(key, call.time().now()));
    KeyAlgorithm algorithm = key.tags().algorithm().orElseThrow();
    return version(key, state, algorithm, call).withActivatedAt(activatedAt(chain, key));
  }

  /** What KMS says is the public key. */
  public Optional<PublicKeyInfo> publicKey(KmsKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    return publicKeys.of(key, algorithm, call);
  }

  /** The public key of a KMS key that is known from elsewhere. */
  public void learn(KmsKey key, PublicKeyInfo publicKey, CallContext call) throws BackendFailure {
    publicKeys.learn(key, publicKey, call);
  }

  private KeyVersion version(KmsKey key, KeyState state, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    if (state == KeyState.ACTIVE && algorithm.purpose() == KeyPurpose.SIGN) {
      lastToSign.note(new LastToSign.Usable(key.arn(), algorithm));
    }
    if (state == KeyState.ACTIVE) {
      findings.note(key);
    }
    return ToldPublicKey.onto(
            KeyVersion.of(key.version(), state, key.createdAt(), key.arn()),
            () -> publicKeys.of(key, algorithm, call))
        .withAssurance(key.assurance(reportsHsm))
        .withOrigin(key.origin());
  }

  /**
   * A version whose KMS key is gone for good, if its neighbours still know its id. Its place is
   * kept, so that what follows is not taken for the first version.
   */
  private Optional<KeyVersion> gone(KmsVersionChain chain, int number) {
    KmsKey next = chain.versions().higherEntry(number).getValue();
    Optional<String> keyId =
        number == 1
            ? first(chain).map(KmsTags.First::keyId)
            : chain.versions().values().stream()
                .flatMap(key -> key.tags().replacement().stream())
                .filter(by -> by.number() == number)
                .map(KmsTags.Replacement::keyId)
                .findFirst();
    Instant createdAt =
        number == 1
            ? first(chain).map(KmsTags.First::createdAt).orElse(next.createdAt())
            : next.createdAt();
    return keyId
        .filter(id -> KmsArns.keyId(KmsArns.withKeyId(next.arn(), id)).isPresent())
        .filter(id -> chain.version(id).isEmpty())
        .map(
            id ->
                KeyVersion.of(
                        KeyVersionId.of(id),
                        KeyState.DESTROYED,
                        createdAt,
                        KmsArns.withKeyId(next.arn(), id))
                    .withAssurance(next.assurance(reportsHsm)));
  }

  private static Optional<KmsTags.First> first(KmsVersionChain chain) {
    return chain.versions().values().stream()
        .flatMap(key -> key.tags().first().stream())
        .findFirst()
        .filter(first -> !chain.versions().containsKey(1));
  }

  /** A key that is not Enclave's: one version, active while KMS has it enabled. */
  KeySnapshot ofForeign(KeyName name, KmsKey key, KeyAlgorithm algorithm, CallContext call)
      throws BackendFailure {
    KeyState state = foreignState(key);
    return KeySnapshot.of(name, algorithm, List.of(version(key, state, algorithm, call)), key.arn())
        .withStamp(key.tags().stamp())
        .withCreatedAt(key.createdAt());
  }

  static KeyState foreignState(KmsKey key) {
    if (key.doomed()) {
      return KeyState.DESTROYED;
    }
    if (key.disabled()) {
      return KeyState.DISABLED;
    }
    if (key.empty()) {
      return KeyState.PENDING;
    }
    return key.tags().retired().isPresent() ? KeyState.VERIFY_ONLY : KeyState.ACTIVE;
  }
}
