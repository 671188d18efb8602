package dev.enclave.pkcs11.internal.keys;

import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiException;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Mechanism;
import dev.enclave.cryptoki.Session;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Who has a token's PIN, and does with it what Enclave does not. */
final class TokenAdministrator {

  /** For names that no earlier run has left in the token. */
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path library;
  private final String label;
  private final String pin;
  private final Path folder;

  TokenAdministrator(Path library, String label, String pin, Path folder) {
    this.library = library;
    this.label = label;
    this.pin = pin;
    this.folder = folder;
  }

  /** What points a backend at the token. */
  BackendContext context(TimeSource clock, String... more) {
    Path file = folder.resolve("pin");
    try {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, pin + "\n");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> settings = new TreeMap<>();
    settings.put("uri", "pkcs11:token=" + label + "?module-path=" + library);
    settings.put("pin-file", file.toString());
    settings.put("lock-directory", folder.resolve("locks").toString());
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return BackendContext.of(
            new BackendSettings(BackendId.PKCS11, settings),
            EnvironmentType.DEVELOPMENT,
            FakeEnvironment.empty(),
            clock,
            new SecureRandom())
        .acknowledging(true);
  }

  /** Makes a pair of keys, as another program does, and says how it is to be adopted. */
  String place(KeyAlgorithm algorithm) throws Exception {
    CryptokiModule module = CryptokiModule.open(library);
    try (Session session = module.openSession(slot(module), true)) {
      logIn(session, pin);
      String name = "placed-" + Long.toHexString(RANDOM.nextLong());
      byte[] id = name.getBytes(StandardCharsets.UTF_8);
      TokenScheme scheme =
          new TokenScheme(
              List.of(),
              Map.of(
                  "P-256", Bytes.ofHex("06082a8648ce3d030107"),
                  "Ed25519", Bytes.ofHex("06032b6570")),
              true);
      Attributes secret =
          new Attributes()
              .with(Ck.CKA_TOKEN, true)
              .with(Ck.CKA_PRIVATE, true)
              .with(Ck.CKA_SENSITIVE, true)
              .with(Ck.CKA_EXTRACTABLE, false)
              .with(Ck.CKA_LABEL, name)
              .with(Ck.CKA_ID, id);
      Mechanism mechanism = Mechanism.of(TokenScheme.generation(algorithm));
      if (algorithm.asymmetric()) {
        session.generateKeyPair(
            mechanism,
            scheme
                .publicTemplate(algorithm)
                .with(Ck.CKA_TOKEN, true)
                .with(Ck.CKA_LABEL, name)
                .with(Ck.CKA_ID, id),
            secret.with(Ck.CKA_SIGN, true));
      } else {
        session.generateKey(
            mechanism,
            secret
                .with(Ck.CKA_VALUE_LEN, 32L)
                .with(Ck.CKA_ENCRYPT, true)
                .with(Ck.CKA_DECRYPT, true));
      }
      String uri = "pkcs11:object=" + name;
      boolean oneUse = algorithm.curve().isPresent() || !algorithm.asymmetric();
      return oneUse && !"secp256k1".equals(algorithm.curve().orElse(""))
          ? uri
          : uri + "#" + algorithm;
    }
  }

  /** Unless another session of the process has: that counts for all. */
  static void logIn(Session session, String pin) throws CryptokiException {
    try {
      session.login(Ck.CKU_USER, pin.getBytes(StandardCharsets.UTF_8));
    } catch (CryptokiException e) {
      if (!e.name().equals("CKR_USER_ALREADY_LOGGED_IN")) {
        throw e;
      }
    }
  }

  private long slot(CryptokiModule module) throws CryptokiException {
    for (long slot : module.slots(true)) {
      if (module.tokenInfo(slot).label().equals(label)) {
        return slot;
      }
    }
    throw new AssertionError("no token is called " + label);
  }
}
