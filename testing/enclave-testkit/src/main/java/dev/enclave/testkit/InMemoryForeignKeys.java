package dev.enclave.testkit;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.RotationInterval;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.CreateRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a store that somebody else has made, to be adopted by their URIs: records beside
 * Enclave's, all of one environment, whatever stamps they are said to carry.
 */
final class InMemoryForeignKeys {

  private static final String PREFIX = "heap://foreign/";
  private static final Pattern URI = Pattern.compile(PREFIX + "(key-[0-9]{1,9})");

  final RecordBackend keys;
  private final InMemoryStore.Foreign foreign;

  InMemoryForeignKeys(InMemoryStore store, InMemoryProvider.Report report, BackendContext context) {
    this.foreign = store.foreign;
    this.keys =
        new RecordBackend(
            report.id(),
            "memory",
            foreign.records.local(),
            new InMemoryKek(report.assurance()),
            context.in(EnvironmentType.DEVELOPMENT, context.snapshot()));
  }

  /** Makes one; returns its URI. */
  static String place(
      InMemoryStore store,
      InMemoryProvider.Report report,
      KeyAlgorithm algorithm,
      Optional<EnvironmentType> stamp,
      Instant createdAt,
      SecureRandom random) {
    MutableClock then = new MutableClock(createdAt);
    BackendContext context =
        BackendContext.of(
            new BackendSettings(report.id(), Map.of()),
            EnvironmentType.DEVELOPMENT,
            FakeEnvironment.empty(),
            then,
            random);
    CallContext call = CallContext.of("place", 1, Deadline.in(Duration.ofMinutes(1), then), then);
    synchronized (store.foreign) {
      KeyName name = KeyName.of("key-" + (store.foreign.stamps.size() + 1));
      CreateRequest request =
          CreateRequest.of(
              name, algorithm, RotationInterval.POLICY, context.environment(), "place");
      try (RecordBackend keys = new InMemoryForeignKeys(store, report, context).keys) {
        String uri = keys.create(request, call).providerUri();
        store.foreign.stamps.put(name, stamp);
        return uri;
      } catch (BackendFailure e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The key of a URI as it is adopted, with its stamp unless that is withheld. */
  KeySnapshot read(String uri, KeyName name, CallContext call) throws BackendFailure {
    Matcher parts = URI.matcher(uri);
    if (!parts.matches()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "This is not the name of a memory key.",
          "Give one such as " + PREFIX + "key-1.");
    }
    KeyName own = KeyName.of(parts.group(1));
    Optional<EnvironmentType> stamp = foreign.stamps.get(own);
    if (stamp == null) {
      throw BackendFailure.permanent(
          FailureCode.NOT_FOUND, "No memory key has this name.", "Check it for a slip.");
    }
    return keys.load(own, call)
        .withName(name)
        .withExportable(false)
        .withStamp(
            foreign.stampsWithheld
                ? StampReading.unreadable(
                    "permission heap:ReadStamp is missing", "Grant heap:ReadStamp on the key")
                : StampReading.found(stamp));
  }

  static boolean has(KeyVersionRef ref) {
    return ref.providerUri().startsWith(PREFIX);
  }

  /** The version of an adopted key under the name that it has here. */
  static KeyVersionRef own(KeyVersionRef ref) {
    String name = ref.providerUri().substring(PREFIX.length()).split("/", 2)[0];
    return KeyVersionRef.of(
        KeyName.of(name),
        ref.version(),
        ref.algorithm(),
        ref.state(),
        ref.stamp(),
        ref.providerUri());
  }
}
