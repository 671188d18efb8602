package dev.enclave.testkit.cloud;

import dev.enclave.KeyName;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.testkit.cloud.CloudKeyService.CloudKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Numbered aliases: {@code NAME/version/3} is the third version, {@code NAME/active/2} the second
 * one to become active. An alias can be made only once, which decides every race: who makes the
 * next number wins.
 */
final class AliasDirectory implements CloudDirectory {

  private final CloudKeyService service;

  AliasDirectory(CloudKeyService service) {
    this.service = service;
  }

  @Override
  public Chain read(KeyName name, CallContext call) {
    Instant now = call.time().now();
    List<CloudKey> versions = new ArrayList<>();
    for (int n = 1; ; n++) {
      Optional<CloudKey> key =
          service.alias(versionAlias(name, n), now).flatMap(id -> service.key(id, now));
      if (key.isEmpty()) {
        break;
      }
      versions.add(key.orElseThrow());
    }
    List<String> successions = new ArrayList<>();
    if (!versions.isEmpty()) {
      successions.add(versions.get(0).id());
    }
    for (int n = 2; ; n++) {
      Optional<String> id = service.alias(activeAlias(name, n), now);
      if (id.isEmpty()) {
        return new Chain(versions, successions);
      }
      successions.add(id.orElseThrow());
    }
  }

  @Override
  public List<KeyName> names(CallContext call) {
    Instant now = call.time().now();
    return service.aliases().stream()
        .filter(alias -> alias.endsWith("/version/1") && service.alias(alias, now).isPresent())
        .map(alias -> KeyName.of(alias.substring(0, alias.indexOf('/'))))
        .sorted()
        .toList();
  }

  @Override
  public boolean enterFirst(KeyName name, CloudKey key, CallContext call) {
    return service.createAlias(versionAlias(name, 1), key.id(), call.time().now());
  }

  @Override
  public CloudKey enterNext(KeyName name, CloudKey key, CallContext call) throws BackendFailure {
    for (int n = 2; ; n++) {
      if (service.createAlias(versionAlias(name, n), key.id(), call.time().now())) {
        return key;
      }
      CloudKey there =
          service
              .key(readBack(versionAlias(name, n), call), call.time().now())
              .orElseThrow(AliasDirectory::notSeenYet);
      if (there.tags().operationId().equals(key.tags().operationId())) {
        return there;
      }
    }
  }

  @Override
  public boolean succeed(KeyName name, String replaced, CloudKey key, CallContext call)
      throws BackendFailure {
    Chain chain = read(name, call);
    if (!chain.headIs(replaced)) {
      return false;
    }
    service.noteActivated(key, call.time().now());
    String next = activeAlias(name, chain.successions().size() + 1);
    return service.createAlias(next, key.id(), call.time().now())
        || readBack(next, call).equals(key.id());
  }

  private String readBack(String alias, CallContext call) throws BackendFailure {
    return service.alias(alias, call.time().now()).orElseThrow(AliasDirectory::notSeenYet);
  }

  private static BackendFailure notSeenYet() {
    return BackendFailure.transientFailure(
        FailureCode.NOT_FOUND,
        "An alias exists that reads do not see yet. Try again in a few seconds.");
  }

  private static String versionAlias(KeyName name, int number) {
    return name + "/version/" + number;
  }

  private static String activeAlias(KeyName name, int number) {
    return name + "/active/" + number;
  }
}
