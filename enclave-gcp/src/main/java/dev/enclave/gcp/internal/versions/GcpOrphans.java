package dev.enclave.gcp.internal.versions;

import com.google.cloud.kms.v1.CryptoKey;
import com.google.cloud.kms.v1.CryptoKeyVersion;
import com.google.cloud.kms.v1.CryptoKeyVersion.CryptoKeyVersionState;
import com.google.cloud.kms.v1.ListCryptoKeysResponse;
import dev.enclave.KeyName;
import dev.enclave.kit.key.LeftOver;
import dev.enclave.kit.key.Settling;
import dev.enclave.gcp.internal.calls.GcpRefusals;
import dev.enclave.gcp.internal.keys.GcpKeys;
import dev.enclave.gcp.internal.keys.GcpLister;
import dev.enclave.gcp.internal.model.GcpKey;
import dev.enclave.gcp.internal.model.GcpNames;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Versions of Enclave's keys that no activation ever named: a rotation was cut short, lost its
 * race, or made another when an answer was lost. A version that is disabled is kept: somebody has
 * looked at it. What a restoration brought and does not name is none of that: the restoration
 * itself disables.
 */
public final class GcpOrphans implements OrphanCollector {

  /** So that a page, with a few requests for each key, ends in seconds. */
  private static final int PAGE = 50;

  /** Longer than an activation takes from its look at the version to its record. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private final GcpKeys keys;
  private final GcpLister lister;
  private final GcpStateChanger states;

  public GcpOrphans(GcpKeys keys, GcpLister lister, GcpStateChanger states) {
    this.keys = keys;
    this.lister = lister;
    this.states = states;
  }

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    ListCryptoKeysResponse page = lister.page(from.orElse(""), PAGE, call);
    List<Orphan> orphans = new ArrayList<>();
    for (CryptoKey found : page.getCryptoKeysList()) {
      Optional<KeyName> name = GcpLister.keyOf(found);
      if (name.isPresent()) {
        readable(name.get(), call).ifPresent(key -> orphans.addAll(orphans(key, call)));
      }
    }
    String next = page.getNextPageToken();
    return Page.of(orphans, next.isEmpty() ? Optional.empty() : Optional.of(next));
  }

  /** A record that somebody mangled hides the orphans of its own key alone. */
  private Optional<GcpKey> readable(KeyName name, CallContext call) throws BackendFailure {
    try {
      return keys.directory().readAll(name, call);
    } catch (BackendFailure e) {
      if (e.code() != FailureCode.CORRUPT) {
        throw e;
      }
      keys.snapshots().notePassedOver(name, e);
      return Optional.empty();
    }
  }

  private static List<Orphan> orphans(GcpKey key, CallContext call) {
    List<Orphan> orphans = new ArrayList<>();
    key.versions()
        .forEach(
            (number, version) -> {
              Instant createdAt = Instant.ofEpochSecond(version.getCreateTime().getSeconds());
              if (unused(key, number, version) && LeftOver.isOld(createdAt, call)) {
                orphans.add(Orphan.of(version.getName(), key.name(), createdAt));
              }
            });
    return orphans;
  }

  private static boolean unused(GcpKey key, int number, CryptoKeyVersion version) {
    return key.leftOver(version)
        ? version.getState() == CryptoKeyVersionState.ENABLED
            || version.getState() == CryptoKeyVersionState.DISABLED
        : key.neverUsed(number);
  }

  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    if (!GcpNames.isVersion(orphan.providerUri())) {
      throw GcpRefusals.notAKey();
    }
    Optional<GcpKey> key = keys.directory().readAll(orphan.meantFor(), call);
    CryptoKeyVersion version =
        key.flatMap(
                k ->
                    k.versions().values().stream()
                        .filter(v -> v.getName().equals(orphan.providerUri()))
                        .findFirst())
            .orElse(CryptoKeyVersion.getDefaultInstance());
    if (key.isEmpty() || version.getName().isEmpty()) {
      return true;
    }
    if (version.getState() == CryptoKeyVersionState.DESTROYED
        || version.getState() == CryptoKeyVersionState.DESTROY_SCHEDULED) {
      return true;
    }
    if (orphans(key.get(), call).stream()
        .noneMatch(o -> o.providerUri().equals(orphan.providerUri()))) {
      return false;
    }
    requireNeverNamed(key.get(), version, call);
    return destroy(key.get().name(), version, call);
  }

  /**
   * A record that somebody deleted may have named a version that is newer than the active one: its
   * name is taken for ever, so that the next record is made first, by which nothing changes.
   */
  private void requireNeverNamed(GcpKey key, CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    if (key.active() != 0 && GcpNames.numberOf(version.getName()).orElseThrow() > key.active()) {
      keys.activations().claim(key.name(), key.last().unchanged(call.operationId()), call);
    }
  }

  private boolean destroy(KeyName name, CryptoKeyVersion version, CallContext call)
      throws BackendFailure {
    int number = GcpNames.numberOf(version.getName()).orElseThrow();
    LeftOver.Step destroy = () -> states.destroy(version.getName(), call);
    if (version.getState() != CryptoKeyVersionState.ENABLED) {
      destroy.run();
      return true;
    }
    return LeftOver.discard(
        name,
        Integer.toString(number),
        () -> states.set(version.getName(), CryptoKeyVersionState.DISABLED, call),
        () -> {
          Settling.await(SETTLING, "see whether it was activated meanwhile", call);
          boolean activated =
              keys.directory()
                  .readAll(name, call)
                  .filter(now -> now.last().used().contains(number))
                  .isPresent();
          return Optional.of(
              new LeftOver.Seen(
                  activated,
                  () -> states.set(version.getName(), CryptoKeyVersionState.ENABLED, call),
                  destroy));
        });
  }
}
