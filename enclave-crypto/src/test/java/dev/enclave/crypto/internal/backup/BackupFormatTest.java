package dev.enclave.crypto.internal.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.internal.backup.PasswordDerivation.Pbkdf2;
import dev.enclave.crypto.internal.backup.PasswordDerivation.Scrypt;
import dev.enclave.crypto.internal.encoding.DerException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The blocks of a backup, whole and tampered with. The password is derived cheaply here, so that
 * thousands of changed files can be tried; everything else is as in real ones.
 */
class BackupFormatTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] PASSWORD = ascii("correct horse battery");
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final KeyName ANYTHING = KeyName.of("anything");

  /** Everything a tampered backup may be answered with. */
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(ErrorCode.INVALID_BACKUP, ErrorCode.WRONG_PASSWORD, ErrorCode.BACKUP_CORRUPT);

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Version version(KeyAlgorithm algorithm, int number, KeyState state) {
    try (LocalKey key = LocalKey.generate(algorithm, RANDOM)) {
      return Version.of(
          KeyVersionId.of("v-" + number),
          state,
          NOW.plus(Duration.ofDays(number)),
          key.publicKey(),
          state == KeyState.DESTROYED ? Optional.empty() : Optional.of(key.encode()));
    }
  }

  private static ExportedKey key(KeyAlgorithm algorithm, KeyState... states) {
    return ExportedKey.of(
        KeyName.of("wallet-42"),
        algorithm,
        RotationInterval.every(Duration.ofDays(90)),
        Optional.of(EnvironmentType.DEVELOPMENT),
        IntStream.range(0, states.length)
            .mapToObj(i -> version(algorithm, i + 1, states[i]))
            .toList());
  }

  private static KeyBackup write(ExportedKey key) {
    byte[] salt = new byte[32];
    RANDOM.nextBytes(salt);
    System.arraycopy(ascii("enclave-backup-1"), 0, salt, 0, 16);
    try (BackupKeys keys = BackupKeys.derive(new Pbkdf2(Bytes.of(salt), 1000), PASSWORD)) {
      return new BackupWriter(key, RANDOM).write(keys);
    }
  }

  private static ExportedKey read(KeyBackup backup) {
    return new BackupReader(backup, RANDOM).read(PASSWORD, ANYTHING, NOW);
  }

  /** What of a key can be compared; private halves by what they are. */
  private static List<Object> content(ExportedKey key) {
    List<Object> content = new ArrayList<>();
    content.addAll(List.of(key.name(), key.algorithm(), key.rotation(), key.stamp()));
    for (Version version : key.versions()) {
      content.addAll(
          List.of(
              version.id(),
              version.state(),
              version.createdAt(),
              version.publicKey(),
              version.material().map(m -> Bytes.of(m.exposeSecret()))));
    }
    return content;
  }

  static Stream<ExportedKey> keys() {
    return Stream.of(
        key(SigningAlgorithm.ED25519, KeyState.ACTIVE),
        key(
            SigningAlgorithm.ECDSA_P256_SHA256,
            KeyState.DESTROYED,
            KeyState.VERIFY_ONLY,
            KeyState.DISABLED,
            KeyState.ACTIVE,
            KeyState.DESTROYED,
            KeyState.PENDING),
        key(
            WrappingAlgorithm.AES_256_GCM,
            KeyState.DESTROYED,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE),
        key(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256, KeyState.DISABLED, KeyState.DISABLED),
        key(SigningAlgorithm.RSA_PSS_2048_SHA256, KeyState.VERIFY_ONLY, KeyState.ACTIVE));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void bringsBackTheWholeKey(ExportedKey key) {
    KeyBackup copy = KeyBackup.parse(write(key).toPem());
    try (ExportedKey read = read(copy)) {
      assertThat(content(read)).isEqualTo(content(key));
    }
  }

  @Test
  void bringsBackAKeyWithoutAStamp() {
    ExportedKey stamped = key(SigningAlgorithm.ED25519, KeyState.ACTIVE);
    ExportedKey unstamped =
        ExportedKey.of(
            stamped.name(),
            stamped.algorithm(),
            RotationInterval.NEVER,
            Optional.empty(),
            stamped.versions());
    assertThat(content(read(write(unstamped)))).isEqualTo(content(unstamped));
  }

  @Test
  void putsTheActiveVersionFirst_thenTheNewest() {
    ExportedKey key =
        key(
            SigningAlgorithm.ED25519,
            KeyState.VERIFY_ONLY,
            KeyState.ACTIVE,
            KeyState.DISABLED,
            KeyState.PENDING);
    KeyBackup backup = write(key);
    assertThat(backup.blocks()).hasSize(4);
    for (int i = 0; i < 4; i++) {
      int expected = List.of(2, 4, 3, 1).get(i);
      assertThat(attribute(backup.blocks().get(i), BackupAttribute.VERSION))
          .isEqualTo("v-" + expected);
    }
  }

  private static String attribute(Bytes block, BackupAttribute attribute) {
    try {
      EncryptedBlock parsed = EncryptedBlock.parse(block.toByteArray());
      try (BackupKeys keys = BackupKeys.derive(parsed.derivation(), PASSWORD)) {
        return AttributedKey.parse(keys.decrypt(parsed).orElseThrow())
            .attribute(attribute)
            .orElseThrow();
      }
    } catch (DerException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void encryptsEqualKeysDifferently() {
    ExportedKey key = key(SigningAlgorithm.ED25519, KeyState.ACTIVE);
    assertThat(write(key).blocks().get(0)).isNotEqualTo(write(key).blocks().get(0));
  }

  @Test
  void refusesEveryByteChanged() {
    KeyBackup backup = write(key(SigningAlgorithm.ED25519, KeyState.DESTROYED, KeyState.ACTIVE));
    byte[] block = backup.blocks().get(0).toByteArray();
    assertThat(block.length).isGreaterThan(500);
    for (int i = 0; i < block.length; i++) {
      for (int change : new int[] {0x01, 0x80, 0xff}) {
        byte[] changed = block.clone();
        changed[i] ^= (byte) change;
        refused(REFUSALS, i, () -> read(KeyBackup.of(List.of(Bytes.of(changed)))));
      }
    }
  }

  @Test
  void refusesEveryByteChanged_inALaterBlock() {
    KeyBackup backup = write(key(SigningAlgorithm.ED25519, KeyState.VERIFY_ONLY, KeyState.ACTIVE));
    byte[] block = backup.blocks().get(1).toByteArray();
    for (int i = 0; i < block.length; i++) {
      byte[] changed = block.clone();
      changed[i] ^= 0x10;
      refused(
          EnumSet.of(ErrorCode.BACKUP_CORRUPT, ErrorCode.INVALID_BACKUP),
          i,
          () -> read(KeyBackup.of(List.of(backup.blocks().get(0), Bytes.of(changed)))));
    }
  }

  @Test
  void refusesABlockCutAnywhere() {
    byte[] block =
        write(key(SigningAlgorithm.ED25519, KeyState.ACTIVE)).blocks().get(0).toByteArray();
    for (int length = 1; length < block.length; length++) {
      byte[] cut = Arrays.copyOf(block, length);
      refused(
          EnumSet.of(ErrorCode.INVALID_BACKUP),
          length,
          () -> read(KeyBackup.of(List.of(Bytes.of(cut)))));
    }
  }

  @Test
  void refusesTheTextCutAtEvery64thCharacter() {
    String pem =
        write(key(SigningAlgorithm.ED25519, KeyState.VERIFY_ONLY, KeyState.ACTIVE)).toPem().strip();
    for (int length = 0; length < pem.length(); length += 64) {
      String cut = pem.substring(0, length);
      refused(REFUSALS, length, () -> read(KeyBackup.parse(cut)));
    }
  }

  @Test
  void refusesBlocksInAnotherOrder_leftOut_doubledOrOfAnotherBackup() {
    ExportedKey key =
        key(SigningAlgorithm.ED25519, KeyState.VERIFY_ONLY, KeyState.DISABLED, KeyState.ACTIVE);
    List<Bytes> blocks = write(key).blocks();
    List<Bytes> others = write(key).blocks();
    List<Bytes> reversed = new ArrayList<>(blocks);
    Collections.reverse(reversed);
    List<List<Bytes>> wrong =
        List.of(
            reversed,
            List.of(blocks.get(0), blocks.get(2), blocks.get(1)),
            blocks.subList(0, 2),
            blocks.subList(1, 3),
            List.of(blocks.get(0), blocks.get(0), blocks.get(2)),
            List.of(blocks.get(0), blocks.get(1), blocks.get(2), blocks.get(2)),
            List.of(blocks.get(0), others.get(1), blocks.get(2)));
    for (List<Bytes> each : wrong) {
      refused(
          EnumSet.of(ErrorCode.BACKUP_CORRUPT),
          wrong.indexOf(each),
          () -> read(KeyBackup.of(each)));
    }
  }

  /** Whoever gives a file away knows its password, and can have it say anything. */
  @ParameterizedTest
  @EnumSource(
      value = BackupAttribute.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "AUTHENTICATOR")
  void refusesAnAuthenticBackupThatSaysAnythingElse_andRepeatsNoneOfIt(BackupAttribute attribute)
      throws DerException {
    KeyBackup backup = write(key(SigningAlgorithm.ED25519, KeyState.ACTIVE));
    EncryptedBlock block = EncryptedBlock.parse(backup.blocks().get(0).toByteArray());
    try (BackupKeys keys = BackupKeys.derive(block.derivation(), PASSWORD)) {
      AttributedKey written = AttributedKey.parse(keys.decrypt(block).orElseThrow());
      Map<BackupAttribute, String> attributes = new EnumMap<>(BackupAttribute.class);
      for (BackupAttribute each : BackupAttribute.values()) {
        written.attribute(each).ifPresent(value -> attributes.put(each, value));
      }
      attributes.put(attribute, "\u202e\u001b[2J\nOwned");
      AttributedKey changed = AttributedKey.of(written.material(), attributes);
      changed = changed.authenticatedBy(Optional.of(keys.authenticator(changed)));
      Bytes encrypted = Bytes.of(keys.encrypt(changed.encode(), RANDOM).encode());

      assertThatThrownBy(() -> read(KeyBackup.of(List.of(encrypted))))
          .isInstanceOfSatisfying(
              EnclaveException.class,
              e -> assertThat(e.code()).isIn(ErrorCode.INVALID_BACKUP, ErrorCode.BACKUP_CORRUPT))
          .message()
          .doesNotContain("Owned");
    }
  }

  @Test
  void takesNoBackupForAForeignKey_whenItsAuthenticatorIsGone() throws DerException {
    KeyBackup backup = write(key(SigningAlgorithm.ED25519, KeyState.ACTIVE));
    EncryptedBlock block = EncryptedBlock.parse(backup.blocks().get(0).toByteArray());
    try (BackupKeys keys = BackupKeys.derive(block.derivation(), PASSWORD)) {
      byte[] bare = AttributedKey.parse(keys.decrypt(block).orElseThrow()).material();
      Bytes stripped = Bytes.of(keys.encrypt(bare, RANDOM).encode());
      refused(REFUSALS, 0, () -> read(KeyBackup.of(List.of(stripped))));
    }
  }

  @Test
  void saysThatThePasswordIsWrong_whateverThePaddingHappensToBe() {
    KeyBackup backup = write(key(SigningAlgorithm.ED25519, KeyState.ACTIVE));
    for (int i = 0; i < 600; i++) {
      byte[] wrong = ascii("password " + i);
      refused(
          EnumSet.of(ErrorCode.WRONG_PASSWORD),
          i,
          () -> new BackupReader(backup, RANDOM).read(wrong, ANYTHING, NOW));
    }
  }

  @Test
  void refusesDerivationsThatCostTooMuchOrTooLittle() {
    Bytes salt = Bytes.of(new byte[16]);
    List<PasswordDerivation> wrong =
        List.of(
            new Pbkdf2(salt, 999),
            new Pbkdf2(salt, 1_500_001),
            new Pbkdf2(salt, Integer.MAX_VALUE),
            new Scrypt(salt, 1 << 20, 8, 1),
            new Scrypt(salt, 1 << 14, 8, 25),
            new Scrypt(salt, 1 << 14, 8, 100),
            new Scrypt(salt, 1 << 10, 1 << 20, 1),
            new Scrypt(salt, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE),
            // Few rounds over blocks of 512 MiB together.
            new Scrypt(salt, 2, 1 << 10, 1 << 12),
            new Scrypt(salt, 2, 1, (1 << 19) + 1),
            new Scrypt(salt, 1 << 17, 1, 1),
            new Scrypt(salt, 1, 8, 1),
            new Scrypt(salt, 12_345, 8, 1),
            new Scrypt(salt, 1 << 14, 0, 1),
            new Pbkdf2(Bytes.empty(), 2048),
            new Pbkdf2(Bytes.of(new byte[257]), 2048));
    for (PasswordDerivation each : wrong) {
      Bytes block =
          Bytes.of(
              new EncryptedBlock(each, Bytes.of(new byte[16]), Bytes.of(new byte[64])).encode());
      refused(
          EnumSet.of(ErrorCode.INVALID_BACKUP),
          wrong.indexOf(each),
          () -> read(KeyBackup.of(List.of(block))));
    }
  }

  @Test
  void refusesAnAlgorithmThatIsNotTheKeys() {
    KeyBackup backup = write(key(SigningAlgorithm.RSA_PSS_2048_SHA256, KeyState.ACTIVE));
    refused(
        EnumSet.of(ErrorCode.KEY_SPEC_MISMATCH),
        0,
        () -> read(backup.algorithm(SigningAlgorithm.RSA_PKCS1_2048_SHA256)));
    assertThat(read(backup.algorithm(SigningAlgorithm.RSA_PSS_2048_SHA256)).algorithm())
        .isEqualTo(SigningAlgorithm.RSA_PSS_2048_SHA256);
  }

  @Test
  void hasNoBackupOfAKeyThatIsDestroyed() {
    refused(
        EnumSet.of(ErrorCode.KEY_NOT_ACTIVE),
        0,
        () -> write(key(SigningAlgorithm.ED25519, KeyState.DESTROYED)));
  }

  @Test
  void holdsKeysOfManyVersions() {
    KeyState[] states = new KeyState[1200];
    Arrays.fill(states, KeyState.DESTROYED);
    Arrays.fill(states, 1180, 1199, KeyState.VERIFY_ONLY);
    states[1199] = KeyState.ACTIVE;
    ExportedKey key = key(SigningAlgorithm.ED25519, states);
    assertThat(content(read(KeyBackup.parse(write(key).toPem())))).isEqualTo(content(key));
  }

  private static void refused(Set<ErrorCode> codes, int which, ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    assertThat(thrown).as("case %d", which).isInstanceOf(EnclaveException.class);
    EnclaveException failure = (EnclaveException) thrown;
    assertThat(codes).as("case %d: %s", which, failure.getMessage()).contains(failure.code());
  }
}
