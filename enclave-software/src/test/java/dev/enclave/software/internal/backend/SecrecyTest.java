package dev.enclave.software.internal.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.crypto.LocalKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecrecyTest {

  private static final int WINDOW = 12;

  private final TestStore store;

  SecrecyTest(@TempDir Path temporary) {
    store = TestStore.local(temporary);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_SECP256K1_SHA256",
        "RSA_PSS_2048_SHA256",
        "AES_256_GCM"
      })
  void putsNoPieceOfAPrivateKeyOnDiskInTheClear(KeyAlgorithm algorithm) throws Exception {
    KeyName name = KeyName.of("secret");
    try (SoftwareBackend backend = store.open()) {
      backend.create(TestStore.request(name, "make", algorithm), TestStore.call());
    }
    String disk = everything();
    assertThat(pieces(secret(name)).filter(disk::contains)).isEmpty();
  }

  private byte[] secret(KeyName name) throws BackendFailure, IOException {
    try (StoreInspector inspector = StoreInspector.of(store);
        LocalKey key = inspector.privateKey(name, 0);
        SecretBytes encoded = key.encode()) {
      return encoded.exposeSecret();
    }
  }

  /** Every run of bytes of the secret, as a file could hold it. */
  private static Stream<String> pieces(byte[] secret) {
    List<String> pieces = new ArrayList<>();
    for (int start = 0; start + WINDOW <= secret.length; start++) {
      byte[] piece = Arrays.copyOfRange(secret, start, start + WINDOW);
      pieces.add(new String(piece, StandardCharsets.ISO_8859_1));
      pieces.add(HexFormat.of().formatHex(piece));
      pieces.add(Base64.getEncoder().encodeToString(piece));
    }
    return pieces.stream();
  }

  private String everything() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(store.directory())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1)).append('|');
      }
    }
    return all.toString();
  }
}
