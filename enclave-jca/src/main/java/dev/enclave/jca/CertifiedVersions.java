package dev.enclave.jca;

import dev.enclave.SignOptions;
import dev.enclave.SigningKey;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One key, and the versions of it that handshakes have chosen, with their chains. One thread at a
 * time asks for a chain. Who has a valid one never waits for it. Thread-safe.
 */
final class CertifiedVersions {

  /** For how long a version that was chosen signs, and is found by its alias. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** How long after the source was asked a handshake waits for its answer at most. */
  static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  /** For how long a failure is that of all who need the same chain. */
  static final Duration SHARED_FAILURE = Duration.ofSeconds(5);

  /** A version with its chain, and when it was last chosen. */
  record Version(EnclavePrivateKey key, CertifiedChain chain, Instant chosen) {

    String alias() {
      return CertifiedVersions.alias(key);
    }

    boolean isIssuedBy(Principal @Nullable [] issuers) {
      return issuers == null
          || issuers.length == 0
          || chain.certificates().stream()
              .anyMatch(c -> Arrays.asList(issuers).contains(c.getIssuerX500Principal()));
    }
  }

  private record Outcome(Instant at, Optional<RuntimeException> failure) {}

  /** One call of the source. */
  private record Attempt(String alias, Instant begun, CompletableFuture<Outcome> outcome) {

    boolean isUnderWay() {
      return !outcome.isDone();
    }

    /** Throws what the call has ended with, if it was for this version. */
    void requireNoFailureOf(String version) {
      Optional<RuntimeException> failure = outcome.join().failure();
      if (failure.isPresent() && version.equals(alias)) {
        throw failure.get();
      }
    }

    boolean hasJustEnded(Instant now) {
      Duration since = Duration.between(outcome.join().at(), now);
      return !since.isNegative() && since.compareTo(SHARED_FAILURE) < 0;
    }
  }

  private final SigningKey key;
  private final CertificateSource certificates;
  private final InstantSource clock;
  private final SignOptions options;

  /** By alias. Those before the newest stay while their handshakes may not have signed yet. */
  private final Map<String, Version> versions = new ConcurrentHashMap<>();

  private final AtomicReference<Attempt> latest =
      new AtomicReference<>(
          new Attempt(
              "",
              Instant.EPOCH,
              CompletableFuture.completedFuture(new Outcome(Instant.EPOCH, Optional.empty()))));

  CertifiedVersions(
      SigningKey key, CertificateSource certificates, InstantSource clock, SignOptions options) {
    this.key = key;
    this.certificates = certificates;
    this.clock = clock;
    this.options = options;
  }

  boolean isOf(String keyType) {
    return switch (key.algorithm().family()) {
      case EDDSA -> keyType.equals("EdDSA");
      case ECDSA -> keyType.equals("EC") || keyType.equals("EC_EC");
      default -> keyType.equals("RSA");
    };
  }

  Optional<Version> chosen(String alias) {
    return Optional.ofNullable(versions.get(alias));
  }

  /** The active version, as a signer that was taken now, with a chain that is valid now. */
  Version current() {
    while (true) {
      EnclavePrivateKey active = EnclavePrivateKey.of(key.signer(GRACE), options);
      String alias = alias(active);
      Instant now = clock.instant();
      Optional<Version> known =
          Optional.ofNullable(
                  versions.computeIfPresent(
                      alias, (any, before) -> new Version(active, before.chain(), now)))
              .filter(version -> version.chain().isValid(now));
      Attempt last = Objects.requireNonNull(latest.get());
      if (known.isPresent() && (last.isUnderWay() || !known.get().chain().isDue(now))) {
        return known.get();
      }
      if (known.isEmpty() && last.isUnderWay()) {
        await(last, now);
        last.requireNoFailureOf(alias);
        continue;
      }
      if (known.isEmpty() && last.hasJustEnded(now)) {
        last.requireNoFailureOf(alias);
      }
      Attempt mine = new Attempt(alias, now, new CompletableFuture<>());
      if (latest.compareAndSet(last, mine)) {
        ask(active, mine);
        mine.requireNoFailureOf(alias);
      }
    }
  }

  /** Bounded, as nobody knows when the source answers. */
  private static void await(Attempt attempt, Instant now) {
    Duration waited = Duration.between(attempt.begun(), now);
    Duration left = LONGEST_WAIT.minus(waited.isNegative() ? Duration.ZERO : waited);
    try {
      attempt.outcome().get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw Texts.SOURCE_NOT_ANSWERED.as(
          ErrorCode.DEADLINE_EXCEEDED,
          (left.isNegative() ? waited : LONGEST_WAIT).toSeconds(),
          attempt.alias().substring(0, attempt.alias().indexOf('#')));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Texts.INTERRUPTED.as(ErrorCode.INTERRUPTED);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an attempt ends without an exception");
    }
  }

  private void ask(EnclavePrivateKey version, Attempt mine) {
    Optional<RuntimeException> failure = Optional.empty();
    try {
      versions.computeIfPresent(
          mine.alias(),
          (any, before) ->
              new Version(before.key(), before.chain().asked(mine.begun()), before.chosen()));
      keep(version, asked(version));
    } catch (RuntimeException e) {
      failure = failed(version, e);
    } finally {
      mine.outcome().complete(new Outcome(clock.instant(), failure));
    }
  }

  private CertifiedChain asked(EnclavePrivateKey version) {
    List<X509Certificate> answer =
        certificates.chain(version).orElseThrow(() -> uncertified(version));
    if (!CertificateChains.isOf(version.publicKey(), answer)) {
      throw Texts.SOURCE_GAVE.as(
          ErrorCode.INVALID_PUBLIC_KEY,
          answer.isEmpty() ? Texts.NO_CERTIFICATE.with() : Texts.CERTIFICATE_OF_ANOTHER_KEY.with(),
          version.keyId());
    }
    Instant now = clock.instant();
    CertifiedChain chain = CertifiedChain.of(answer, now);
    if (!chain.isValid(now)) {
      throw outdated(version, chain, now);
    }
    return chain;
  }

  /** A chain that is still valid is replaced by one that ends no earlier. */
  private void keep(EnclavePrivateKey version, CertifiedChain answer) {
    Instant now = clock.instant();
    versions.compute(
        alias(version),
        (any, before) ->
            before == null
                ? new Version(version, answer, now)
                : new Version(before.key(), answer.orBetter(before.chain(), now), now));
    versions.values().removeIf(old -> Duration.between(old.chosen(), now).compareTo(GRACE) > 0);
  }

  /** What handshakes fail with; with nothing while the chain at hand is valid. */
  private Optional<RuntimeException> failed(EnclavePrivateKey version, RuntimeException failure) {
    Instant now = clock.instant();
    Version held = versions.get(alias(version));
    if (held == null) {
      return Optional.of(failure);
    }
    if (held.chain().isValid(now)) {
      return Optional.empty();
    }
    EnclaveException outdated = outdated(version, held.chain(), now);
    outdated.addSuppressed(failure);
    return Optional.of(outdated);
  }

  private static EnclaveException outdated(
      EnclavePrivateKey version, CertifiedChain chain, Instant now) {
    return Texts.CHAIN_OUTDATED.as(
        ErrorCode.KEY_NOT_FOUND, version.keyId(), chain.from(), chain.until(), now);
  }

  private static EnclaveException uncertified(EnclavePrivateKey version) {
    return Texts.NO_CHAIN.as(ErrorCode.KEY_NOT_FOUND, version.keyId());
  }

  private static String alias(EnclavePrivateKey version) {
    return version.keyId() + '#' + HexFormat.of().formatHex(((OpaqueKey) version).fingerprint());
  }
}
