package dev.enclave.testkit;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.testkit.internal.Refusals;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys of a store that somebody else has made, to be adopted by their URIs. */
final class InMemoryForeignKeys {

  private static final String PREFIX = "heap:foreign/";
  private static final Pattern URI = Pattern.compile("heap:foreign/[0-9]{1,9}");

  private InMemoryForeignKeys() {}

  /** Makes one; returns its URI. */
  static String place(
      InMemoryStore store,
      InMemoryProvider.Report report,
      KeyAlgorithm algorithm,
      Optional<EnvironmentType> stamp,
      Instant createdAt,
      SecureRandom random) {
    synchronized (store.foreign) {
      InMemoryStore.Key key =
          new InMemoryStore.Key(
              algorithm,
              RotationInterval.POLICY,
              stamp,
              PREFIX + (store.foreign.keys.size() + 1),
              false);
      key.add(KeyState.ACTIVE, LocalKey.generate(algorithm, random), "", report, createdAt);
      store.foreign.keys.put(key.uri, key);
      return key.uri;
    }
  }

  /** The key of a URI as it is adopted, with its stamp unless that is withheld. */
  static KeySnapshot read(InMemoryStore store, String uri, KeyName name) throws BackendFailure {
    synchronized (store.foreign) {
      InMemoryStore.Key key = find(store, uri);
      return store.foreign.stampsWithheld
          ? key.snapshot(
              name,
              StampReading.unreadable(
                  "permission heap:ReadStamp is missing", "Grant heap:ReadStamp on the key"))
          : key.snapshot(name);
    }
  }

  /** The key of a URI; to be called, and its answer to be used, under the lock of its map. */
  private static InMemoryStore.Key find(InMemoryStore store, String uri) throws BackendFailure {
    if (!URI.matcher(uri).matches()) {
      throw Refusals.notAKey("memory", PREFIX + "1");
    }
    InMemoryStore.Key key = store.foreign.keys.get(uri);
    if (key == null) {
      throw Refusals.noForeignKey("memory");
    }
    return key;
  }

  static boolean has(KeyVersionRef ref) {
    return ref.providerUri().startsWith(PREFIX);
  }

  static InMemoryStore.Version version(InMemoryStore store, KeyVersionRef ref)
      throws BackendFailure {
    String uri = ref.providerUri().substring(0, ref.providerUri().lastIndexOf('/'));
    synchronized (store.foreign) {
      return Optional.ofNullable(store.foreign.keys.get(uri))
          .flatMap(key -> key.version(ref.version()))
          .orElseThrow(() -> Refusals.noVersion(ref));
    }
  }
}
