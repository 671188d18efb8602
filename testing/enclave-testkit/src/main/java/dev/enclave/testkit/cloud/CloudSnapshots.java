package dev.enclave.testkit.cloud;

import dev.enclave.Assurance;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.testkit.cloud.CloudDirectory.Chain;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import dev.enclave.testkit.cloud.CloudKeyService.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what the provider's reads say into the engine's words. */
record CloudSnapshots(
    CloudKeyService service, boolean stamps, Assurance assurance, KeyOrigin origin) {

  static final String URI_PREFIX = "cloud:keys/";

  static String uri(String keyId) {
    return URI_PREFIX + keyId;
  }

  KeyState state(CloudKey key, Chain chain, Instant now) {
    return switch (service.status(key, now)) {
      case PENDING_DELETION -> KeyState.DESTROYED;
      case DISABLED -> KeyState.DISABLED;
      case ENABLED -> {
        if (toDisable(key, chain, now)) {
          yield KeyState.DISABLED;
        }
        if (!chain.successions().contains(key.id())) {
          yield service.retired(key, now) ? KeyState.VERIFY_ONLY : KeyState.PENDING;
        }
        yield chain.headIs(key.id()) && !service.retired(key, now)
            ? KeyState.ACTIVE
            : KeyState.VERIFY_ONLY;
      }
    };
  }

  /** Whether the version that took over disables it, and nobody has let it verify since. */
  private boolean toDisable(CloudKey key, Chain chain, Instant now) {
    int next = chain.successions().lastIndexOf(key.id()) + 1;
    return next > 0
        && next < chain.successions().size()
        && service.disables(chain.successions().get(next), key.id())
        && !service.retired(key, now);
  }

  /** Whether a version that was replaced, and is as it was else, signs for a moment more. */
  boolean inGrace(KeyVersionRef ref, CloudKey key, Chain chain, Instant now) {
    int next = chain.successions().lastIndexOf(key.id()) + 1;
    return next > 0
        && next < chain.successions().size()
        && service.status(key, now) == Status.ENABLED
        && !service.retired(key, now)
        && !toDisable(key, chain, now)
        && chain
            .version(chain.successions().get(next))
            .flatMap(service::activatedAt)
            .filter(at -> ref.inGrace(at, now))
            .isPresent();
  }

  KeySnapshot of(KeyName name, Chain chain, Instant now) {
    return of(name, chain, Map.of(), now);
  }

  /** With the states the caller has just written, which reads may not see yet. */
  KeySnapshot of(KeyName name, Chain chain, Map<String, KeyState> written, Instant now) {
    CloudKey first = chain.versions().get(0);
    List<KeyVersion> versions = new ArrayList<>();
    for (CloudKey key : chain.versions()) {
      KeyState state = written.getOrDefault(key.id(), state(key, chain, now));
      boolean active = state == KeyState.ACTIVE || chain.successions().contains(key.id());
      versions.add(
          version(key, state).withActivatedAt(active ? activatedAt(key, first) : Optional.empty()));
    }
    return KeySnapshot.of(name, first.algorithm(), versions, uri(first.id()))
        .withRotation(service.rotation(first, now))
        .withStamp(stamps ? StampReading.found(first.tags().stamp()) : StampReading.none())
        .withCreatedAt(first.createdAt());
  }

  private Optional<Instant> activatedAt(CloudKey key, CloudKey first) {
    return service
        .activatedAt(key)
        .or(() -> key.equals(first) ? Optional.of(key.createdAt()) : Optional.empty());
  }

  /** A foreign key: one version, active while the provider has it enabled. */
  KeySnapshot ofForeign(KeyName name, CloudKey key, Instant now) {
    Chain alone = new Chain(List.of(key), List.of(key.id()));
    return KeySnapshot.of(
            name, key.algorithm(), List.of(version(key, state(key, alone, now))), uri(key.id()))
        .withStamp(StampReading.found(key.tags().stamp()))
        .withCreatedAt(key.createdAt());
  }

  KeyVersion version(CloudKey key, Chain chain, Instant now) {
    return version(key, state(key, chain, now));
  }

  private KeyVersion version(CloudKey key, KeyState state) {
    return KeyVersion.of(KeyVersionId.of(key.id()), state, key.createdAt(), uri(key.id()))
        // As clouds do, which tell none of what waits for its deletion.
        .withPublicKey(state == KeyState.DESTROYED ? Optional.empty() : key.material().publicKey())
        .withAssurance(assurance)
        .withOrigin(origin);
  }
}
