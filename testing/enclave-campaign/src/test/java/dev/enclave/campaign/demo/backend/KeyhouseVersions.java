package dev.enclave.campaign.demo.backend;

import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.campaign.demo.backend.KeyhouseKey.Version;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.OrphanCollector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes further versions of keys, and changes states; each step is one change of the document. */
record KeyhouseVersions(KeyhouseKeys keys) implements KeyRotator, KeyStateChanger, OrphanCollector {

  /** Longer than any rotation may take, clocks that differ included. */
  private static final Duration UNDER_WAY = Duration.ofMinutes(15);

  @Override
  public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
    String operation = request.operationId();
    KeyhouseKey key =
        keys.change(
            request.name(),
            read -> {
              if (read.preparedBy(operation, request.name()).isPresent()) {
                return Optional.empty();
              }
              read.requireActive(request.name(), request.expectedActive());
              return Optional.of(Map.of("add", Map.of(KeyhouseKey.OPERATION, operation)));
            },
            call);
    return key.preparedBy(operation, request.name()).orElseThrow();
  }

  @Override
  public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
      throws BackendFailure {
    KeyName name = request.name();
    return keys.find(name, call).preparedBy(request.operationId(), name);
  }

  @Override
  public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
      throws BackendFailure {
    return keys.change(
            request.name(),
            key -> {
              KeyState state = key.version(request.name(), next).state();
              if (state != KeyState.PENDING && state != KeyState.DESTROYED) {
                return Optional.empty();
              }
              key.requireActive(request.name(), request.expectedActive());
              String old = request.expectedActive().value();
              Map<String, ?> states =
                  Map.of(old, request.retiredState(), next.value(), KeyState.ACTIVE);
              return Optional.of(Map.of("states", states));
            },
            call)
        .snapshot(request.name());
  }

  @Override
  public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
      throws BackendFailure {
    Map<String, String> label = Map.of(KeyhouseKey.ROTATION, interval.toString());
    return keys.change(name, key -> Optional.of(Map.of("labels", label)), call).snapshot(name);
  }

  @Override
  public KeySnapshot changeState(KeyVersionRef ref, KeyState target, CallContext call)
      throws BackendFailure {
    Map<String, ?> changes = Map.of("states", Map.of(ref.version().value(), target));
    return keys.change(
            ref.name(),
            key -> {
              KeyState state = key.version(ref.name(), ref.version()).state();
              // The service refuses to revive a version, and to make a second one active.
              return state == target ? Optional.empty() : Optional.of(changes);
            },
            call)
        .snapshot(ref.name());
  }

  @Override
  public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
    KeyhouseKeys.Page page = keys.keys(from, call);
    List<Orphan> orphans = new ArrayList<>();
    for (KeyhouseKey key : page.keys()) {
      key.versions().stream()
          .filter(version -> leftOver(version, call))
          .map(it -> Orphan.of(it.uri(), key.name().orElseThrow(), it.createdAt()))
          .forEach(orphans::add);
    }
    return Page.of(orphans, page.more());
  }

  private static boolean leftOver(Version version, CallContext call) {
    return version.state() == KeyState.PENDING
        && version.createdAt().plus(UNDER_WAY).isBefore(call.time().now());
  }

  /** Of this and an activation at the same time, the later one finds another revision. */
  @Override
  public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
    KeyhouseKey key =
        keys.change(
            orphan.meantFor(),
            read ->
                read.versions().stream()
                    .filter(it -> it.uri().equals(orphan.providerUri()) && leftOver(it, call))
                    .findFirst()
                    .map(it -> Map.of("states", Map.of(it.number(), KeyState.DESTROYED))),
            call);
    return key.versions().stream()
        .anyMatch(it -> it.uri().equals(orphan.providerUri()) && it.state() == KeyState.DESTROYED);
  }
}
