package dev.enclave.testkit;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyState;
import dev.enclave.RotationInterval;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.KeyVersionRef;
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
      Instant createdAt,
      SecureRandom random) {
    synchronized (store.foreign) {
      InMemoryStore.Key key =
          new InMemoryStore.Key(
              algorithm,
              RotationInterval.POLICY,
              Optional.empty(),
              PREFIX + (store.foreign.size() + 1),
              false);
      key.add(KeyState.ACTIVE, LocalKey.generate(algorithm, random), "", report, createdAt);
      store.foreign.put(key.uri, key);
      return key.uri;
    }
  }

  /** The key of a URI; to be called, and its answer to be used, under the lock of its map. */
  static InMemoryStore.Key find(InMemoryStore store, String uri) throws BackendFailure {
    if (!URI.matcher(uri).matches()) {
      throw Refusals.notAKey("memory", PREFIX + "1");
    }
    InMemoryStore.Key key = store.foreign.get(uri);
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
      return Optional.ofNullable(store.foreign.get(uri))
          .flatMap(key -> key.version(ref.version()))
          .orElseThrow(() -> Refusals.noVersion(ref));
    }
  }
}
