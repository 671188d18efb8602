package dev.enclave.core.internal.migration;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SecurityPolicy;
import dev.enclave.core.internal.key.KeyReading;
import dev.enclave.core.internal.key.OpenBackend;
import dev.enclave.migration.MigrationWay;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyStateChanger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which ways there are from one backend to another for one key.
 *
 * @param key the reading
 * @param source where the key is
 * @param target where it is to be
 * @param policy what is allowed here
 */
record MigrationWays(
    KeyReading key, OpenBackend source, OpenBackend target, SecurityPolicy policy) {

  /** Why each way that is not possible is not possible. */
  Map<MigrationWay, String> obstacles() {
    Map<MigrationWay, String> obstacles = new EnumMap<>(MigrationWay.class);
    both().or(this::toSuccession).ifPresent(why -> obstacles.put(MigrationWay.SUCCESSION, why));
    both().or(this::toImport).ifPresent(why -> obstacles.put(MigrationWay.IMPORT, why));
    return obstacles;
  }

  private KeyAlgorithm algorithm() {
    return key.snapshot().algorithm();
  }

  private Optional<String> both() {
    if (source == target) {
      return Optional.of("the key is in " + target.id() + " already");
    }
    if (key.adopted()) {
      return Optional.of("the key is adopted, and is changed only where it is managed");
    }
    if (!policy.allows(target.id())) {
      return Optional.of("the policy does not allow backend " + target.id());
    }
    return target.description().support(algorithm()).isEmpty()
        ? Optional.of(target.id() + " does not offer " + algorithm())
        : Optional.empty();
  }

  private Optional<String> toSuccession() {
    if (target.find(KeyCreator.class).isEmpty()) {
      return Optional.of(target.id() + " creates no keys");
    }
    return source.find(KeyStateChanger.class).isEmpty()
        ? Optional.of(source.id() + " cannot make a version verify-only")
        : Optional.empty();
  }

  private Optional<String> toImport() {
    if (source.find(KeyExporter.class).isEmpty()) {
      return Optional.of("no private key leaves " + source.id());
    }
    if (!policy.foreignOriginAllowed()) {
      return Optional.of(
          policy.environment() + " takes no private key that was outside its backend");
    }
    if (key.snapshot().versions().size() > 1) {
      return Optional.of(
          "the key has "
              + key.snapshot().versions().size()
              + " versions, and an import is of a key with one");
    }
    if (source.find(KeyStateChanger.class).isEmpty()) {
      return Optional.of(source.id() + " cannot make a version verify-only");
    }
    Optional<KeyImporter> importer = target.find(KeyImporter.class);
    if (importer.isEmpty()) {
      return Optional.of(target.id() + " imports no keys");
    }
    return importer.get().importSupport().algorithms().contains(algorithm())
        ? Optional.empty()
        : Optional.of(target.id() + " imports no keys for " + algorithm());
  }
}
