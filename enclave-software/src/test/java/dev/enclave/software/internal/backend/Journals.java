package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureVerifier;
import dev.enclave.spi.KeySnapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What {@link WorkingProcess}es say they did, held against the store they leave. */
final class Journals {

  private final Path directory;

  Journals(Path directory) {
    this.directory = directory;
  }

  private List<String[]> entries() throws IOException {
    List<String[]> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        // The last line of a killed process may be a part of one.
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .forEach(l -> entries.add(l.split(" ")));
      }
    }
    return entries;
  }

  /** How often each kind of thing was done, and how many keys and private keys there are. */
  Map<String, Integer> check(TestStore store) throws Exception {
    List<String[]> entries = entries();
    Map<String, Integer> counts = new TreeMap<>();
    entries.forEach(e -> counts.merge(e[0], 1, Integer::sum));
    try (SoftwareBackend backend = store.open();
        StoreInspector inspector = StoreInspector.of(store)) {
      Map<String, KeySnapshot> keys = new HashMap<>();
      for (KeyName name : backend.list(TestStore.call())) {
        KeySnapshot key = backend.load(name, TestStore.call());
        keys.put(name.value(), key);
        requireOneOfEach(key);
        counts.merge("keys", 1, Integer::sum);
        counts.merge("private keys", inspector.requireWhole(name), Integer::sum);
      }
      requireDone(entries, keys);
    }
    return counts;
  }

  private static void requireOneOfEach(KeySnapshot key) {
    Set<KeyVersionId> ids = new HashSet<>();
    Set<Object> publicKeys = new HashSet<>();
    for (KeyVersion version : key.versions()) {
      assertThat(ids.add(version.id())).as("%s twice in %s", version.id(), key.name()).isTrue();
      assertThat(publicKeys.add(version.publicKey())).as("two versions alike").isTrue();
    }
    assertThat(key.versions().stream().filter(v -> v.state() == KeyState.ACTIVE))
        .as("active versions of %s", key.name())
        .hasSize(1);
  }

  private static void requireDone(List<String[]> entries, Map<String, KeySnapshot> keys) {
    Set<String> made = new HashSet<>();
    for (String[] entry : entries) {
      switch (entry[0]) {
        case "created", "rotated" -> {
          assertThat(made.add(entry[1] + "/" + entry[2])).as("one maker of each").isTrue();
          KeyVersion version = version(keys, entry);
          assertThat(base64(version)).as("%s %s", entry[1], entry[2]).isEqualTo(entry[3]);
          assertThat(version.state()).isIn(KeyState.ACTIVE, KeyState.VERIFY_ONLY);
        }
        case "signed" ->
            assertThat(verifies(version(keys, entry), entry[3], entry[4]))
                .as("signature by %s %s", entry[1], entry[2])
                .isTrue();
        default -> assertThat(entry[0]).isIn("lost", "overtaken", "resealed");
      }
    }
  }

  private static KeyVersion version(Map<String, KeySnapshot> keys, String[] entry) {
    KeySnapshot key = keys.get(entry[1]);
    if (key == null) {
      throw new AssertionError("key " + entry[1] + " is lost");
    }
    return key.version(KeyVersionId.of(entry[2]))
        .orElseThrow(() -> new AssertionError(entry[1] + " version " + entry[2] + " is lost"));
  }

  private static String base64(KeyVersion version) {
    return Base64.getEncoder()
        .encodeToString(version.publicKey().orElseThrow().spki().toByteArray());
  }

  private static boolean verifies(KeyVersion version, String text, String signature) {
    return SignatureVerifier.of(version.publicKey().orElseThrow())
        .verify(
            Message.ofUtf8(text),
            Bytes.of(Base64.getDecoder().decode(signature)),
            SignatureEncoding.RAW);
  }
}
