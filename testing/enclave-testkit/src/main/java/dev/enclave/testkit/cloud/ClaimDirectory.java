package dev.enclave.testkit.cloud;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.cloud.CloudKeyService.Claim;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * No compare-and-set: everybody writes a record of its own, waits until the provider's second has
 * passed, and reads back what all others wrote in it. The rule, the same for every reader:
 *
 * <ul>
 *   <li>the first version is the key made to be one with the smallest (second, id);
 *   <li>claims are taken in order of (second, id), and one counts if it replaces the version that
 *       is active when its turn comes;
 *   <li>what was written in the current second is not looked at, since it is not complete.
 * </ul>
 */
final class ClaimDirectory implements CloudDirectory {

  private static final Comparator<CloudKey> BY_AGE =
      Comparator.comparingLong((CloudKey key) -> key.createdAt().getEpochSecond())
          .thenComparing(CloudKey::id);

  private static final Comparator<Claim> BY_TURN =
      Comparator.comparingLong(Claim::second).thenComparing(Claim::key);

  private final CloudKeyService service;

  ClaimDirectory(CloudKeyService service) {
    this.service = service;
  }

  @Override
  public Chain read(KeyName name, CallContext call) {
    Instant now = call.time().now();
    Optional<CloudKey> first =
        service.keys(now).stream()
            .filter(key -> isOf(name, key) && key.tags().first() && isPast(key, now))
            .min(BY_AGE);
    if (first.isEmpty()) {
      return new Chain(List.of(), List.of());
    }
    List<CloudKey> versions = new ArrayList<>(List.of(first.orElseThrow()));
    service.keys(now).stream()
        .filter(key -> isOf(name, key) && !key.tags().first())
        .sorted(BY_AGE)
        .forEach(versions::add);
    return new Chain(versions, successions(name, first.orElseThrow().id(), now));
  }

  private List<String> successions(KeyName name, String first, Instant now) {
    List<String> successions = new ArrayList<>(List.of(first));
    String active = first;
    for (Claim claim : service.claims(name).stream().sorted(BY_TURN).toList()) {
      if (claim.second() < now.getEpochSecond() && claim.replaced().equals(active)) {
        active = claim.key();
        successions.add(active);
      }
    }
    return successions;
  }

  private static boolean isOf(KeyName name, CloudKey key) {
    return key.tags().name().filter(name::equals).isPresent();
  }

  private static boolean isPast(CloudKey key, Instant now) {
    return key.createdAt().getEpochSecond() < now.getEpochSecond();
  }

  @Override
  public List<KeyName> names(CallContext call) {
    Instant now = call.time().now();
    return service.keys(now).stream()
        .filter(key -> key.tags().first() && isPast(key, now))
        .flatMap(key -> key.tags().name().stream())
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public boolean enterFirst(KeyName name, CloudKey key, CallContext call) throws BackendFailure {
    waitForTheNextSecond(call);
    return read(name, call).versions().stream().findFirst().filter(key::equals).isPresent();
  }

  @Override
  public CloudKey enterNext(KeyName name, CloudKey key, CallContext call) {
    return key;
  }

  @Override
  public boolean succeed(KeyName name, String replaced, CloudKey key, CallContext call)
      throws BackendFailure {
    if (!read(name, call).headIs(replaced)) {
      return false;
    }
    service.noteActivated(key, call.time().now());
    service.claim(name, key.id(), replaced, call.time());
    waitForTheNextSecond(call);
    return read(name, call).headIs(key.id());
  }

  private static void waitForTheNextSecond(CallContext call) throws BackendFailure {
    Instant now = call.time().now();
    try {
      call.time().pause(Duration.between(now, now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BackendFailure.ambiguous(
          FailureCode.UNAVAILABLE,
          "Interrupted before it was known who won. Repeat the call to see.");
    }
  }
}
