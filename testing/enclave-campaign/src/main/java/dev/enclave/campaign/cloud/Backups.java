package dev.enclave.campaign.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.crypto.internal.backup.BackupKeys;
import dev.enclave.crypto.internal.backup.BackupReader;
import dev.enclave.crypto.internal.backup.BackupWriter;
import dev.enclave.crypto.internal.backup.PasswordDerivation;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A key outside the cloud, encrypted.
 *
 * @param backup what is restored
 * @param versions the public keys in it, oldest first
 */
public record Backups(KeyBackup backup, List<PublicKeyInfo> versions) {

  static final SigningAlgorithm ALGORITHM = SigningAlgorithm.ECDSA_P256_SHA256;

  /** As many as our servers use by turns. */
  private static final int WRAPPING_KEYS = 2;

  private static final int MOST_TRIES = 10;
  private static final String PASSWORD = "a password for tests";
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Map<String, Backups> MADE = new ConcurrentHashMap<>();

  public Backups {
    versions = List.copyOf(versions);
  }

  /** A key of one version, as OpenSSL would encrypt it: opened in a moment. */
  public static Backups ofOneVersion() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return of(generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK encrypts no private key here: " + e, e);
    }
  }

  /** The same of a key on P-256 that is known. */
  public static Backups of(KeyPair pair) {
    try {
      return new Backups(
          KeyBackup.of(
              List.of(CheapPkcs8.encrypt(pair.getPrivate().getEncoded(), PASSWORD, RANDOM))),
          List.of(PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), ALGORITHM)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK encrypts no private key here: " + e, e);
    }
  }

  /** A key of two versions, of which the second is active; made once. */
  public static Backups ofTwoVersions() {
    return once("two versions", Backups::rotated);
  }

  /** The same one each time. */
  public static Backups once(String what, Supplier<Backups> made) {
    return MADE.computeIfAbsent(what, key -> made.get());
  }

  private static Backups rotated() {
    try (Enclave memory =
        EnclaveFactory.builder()
            .discovery(false)
            .with(FakeEnvironment.empty())
            .with(new InMemoryProvider())
            .with(new RecordingAuditSink())
            .config(
                new ConfigSource(
                    "elsewhere",
                    Map.of("enclave.environment", "development", "enclave.backend", "memory")))
            .open()) {
      SigningKey key = memory.createKey(KeySpec.named("wallet").algorithm(ALGORITHM));
      memory.admin().key(key.handle()).rotate(RotationRequest.ifActive(key.activeVersion()));
      return new Backups(
          cheap(memory.admin().key(key.handle()).backup(PASSWORD.toCharArray())),
          key.info().versions().stream().map(v -> v.publicKey().orElseThrow()).toList());
    }
  }

  /**
   * The same key, encrypted under keys that are derived in a moment: hundreds of faults open it.
   */
  private static KeyBackup cheap(KeyBackup costly) {
    byte[] password = PASSWORD.getBytes(StandardCharsets.UTF_8);
    try (ExportedKey key =
            new BackupReader(costly, RANDOM).read(password, KeyName.of("wallet"), Instant.EPOCH);
        BackupKeys keys =
            BackupKeys.derive(
                new PasswordDerivation.Pbkdf2(BackupKeys.newSalt(RANDOM), CheapPkcs8.ITERATIONS),
                password)) {
      return new BackupWriter(key, RANDOM).write(keys);
    }
  }

  /**
   * Takes keys in until one of our servers has made its wrapping keys, which takes a busy machine
   * longer than a client waits.
   *
   * @param onTimeout what has to hold where a client waited in vain
   */
  public static void warmImports(Enclave calm, Runnable onTimeout) {
    Backups key = once("warm", Backups::ofOneVersion);
    int taken = 0;
    for (int tries = 0; taken < WRAPPING_KEYS && tries < MOST_TRIES; tries++) {
      try {
        key.restore(calm, "warm-" + tries);
        taken++;
      } catch (ConnectivityException e) {
        onTimeout.run();
      }
    }
    assertThat(taken).as("keys taken in on a good day").isEqualTo(WRAPPING_KEYS);
  }

  /** Takes it in. */
  public ManagedKey restore(Enclave enclave, String name) {
    return enclave.admin().restore(name, backup, PASSWORD.toCharArray());
  }

  /**
   * As who does not know what became of an earlier restoration: the key is there, or it is restored
   * now, whatever was there of it.
   */
  public SigningKey ensure(Enclave enclave, String name) {
    try {
      restore(enclave, name);
    } catch (EnclaveException e) {
      if (e.code() != ErrorCode.KEY_ALREADY_EXISTS) {
        throw e;
      }
    }
    SigningKey key = enclave.signingKeys().key(name);
    requireSame(key);
    return key;
  }

  /** Asserts that a key has exactly these versions, and the last one signs. */
  public void requireSame(SigningKey key) {
    assertThat(key.info().versions())
        .as("versions of " + key.handle().name())
        .extracting(KeyVersion::publicKey)
        .containsExactlyElementsOf(versions.stream().map(Optional::of).toList());
    assertThat(key.publicKey()).isEqualTo(versions.get(versions.size() - 1));
  }
}
