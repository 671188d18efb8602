package dev.enclave.vault.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.enclave.Assurance;
import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.crypto.Hashing;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.vault.internal.ScriptedVault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Transit is asked when a key is used, and which answers are none. */
class VaultUseTest {

  private final ScriptedVault vault = new ScriptedVault();
  private VaultKeys keys;
  private VaultUse use;

  @BeforeEach
  void logIn() throws BackendFailure {
    vault.token("s.token", 3600);
    keys = new VaultKeys(vault.calls(), (type, call) -> Assurance.HSM);
    use = new VaultUse(keys);
  }

  private static KeyVersionRef ref(KeyAlgorithm algorithm) {
    return KeyVersionRef.of(
        KeyName.of("a"),
        KeyVersionId.of("7"),
        algorithm,
        KeyState.ACTIVE,
        StampReading.of(EnvironmentType.DEVELOPMENT),
        "transit/keys/any/3");
  }

  private static SigningInput input(SigningAlgorithm algorithm) {
    Message message = Message.ofUtf8("signed");
    return algorithm.digest().isEmpty()
        ? message
        : Hashing.digest(algorithm.digest().get(), message);
  }

  private RawSignature sign(SigningAlgorithm algorithm) throws BackendFailure {
    return use.sign(ref(algorithm), input(algorithm), vault.call());
  }

  private void answer(String member, String text) {
    vault.answer(200, "{\"data\":{\"" + member + "\":\"" + text + "\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256, sha2-256, '', '', jws",
    "ECDSA_P384_SHA384, sha2-384, '', '', jws",
    "ECDSA_P521_SHA512, sha2-512, '', '', jws",
    "RSA_PSS_2048_SHA256, sha2-256, pss, hash, ''",
    "RSA_PSS_4096_SHA512, sha2-512, pss, hash, ''",
    "RSA_PKCS1_3072_SHA256, sha2-256, pkcs1v15, '', ''",
    "ED25519, '', '', '', ''"
  })
  void asksForASignatureByTheVersion_asTheAlgorithmHasIt(
      SigningAlgorithm algorithm, String hash, String scheme, String salt, String marshaling)
      throws Exception {
    answer("signature", "vault:v3:AAEC");
    RawSignature signature = sign(algorithm);

    assertThat(signature.version()).isEqualTo(KeyVersionId.of("7"));
    var asked = vault.asked.get(vault.asked.size() - 1);
    assertThat(asked.path()).isEqualTo("transit/sign/any");
    assertThat(asked.text("hash_algorithm")).isEqualTo(hash);
    assertThat(asked.text("signature_algorithm")).isEqualTo(scheme);
    assertThat(asked.text("salt_length")).isEqualTo(salt);
    assertThat(asked.text("marshaling_algorithm")).isEqualTo(marshaling);
    assertThat(asked.body()).contains("\"key_version\":3");
    assertThat(asked.body().contains("\"prehashed\":true")).isEqualTo(!hash.isEmpty());
    byte[] sent =
        input(algorithm) instanceof Digest digest
            ? digest.value().toByteArray()
            : ((Message) input(algorithm)).toByteArray();
    assertThat(asked.text("input")).isEqualTo(Base64.getEncoder().encodeToString(sent));
  }

  @Test
  void readsWhatJoseSpells_forCurvesAlone() throws Exception {
    answer("signature", "vault:v3:_-8");
    RawSignature signature = sign(SigningAlgorithm.ECDSA_P256_SHA256);
    assertThat(signature.encoding()).isEqualTo(SignatureEncoding.P1363);
    assertThat(signature.value()).isEqualTo(Bytes.of(new byte[] {(byte) 0xff, (byte) 0xef}));
    answer("signature", "vault:v3:/+8=");
    assertThat(sign(SigningAlgorithm.ED25519).value()).isEqualTo(signature.value());
  }

  @ParameterizedTest
  @CsvSource({"vault:v2:AAEC", "vault:v33:AAEC", "AAEC", "''", "vault:v3:#"})
  void takesNothingForASignature_thatIsNotByTheVersion(String told) {
    answer("signature", told);
    BackendFailure refused =
        catchThrowableOfType(BackendFailure.class, () -> sign(SigningAlgorithm.ECDSA_P256_SHA256));
    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
  }

  @Test
  void authenticatesKeyVersionAndStampWithADataKey_andOpensItOnce() throws Exception {
    byte[] secret = new byte[32];
    secret[0] = 1;
    String wrapped = Base64.getEncoder().encodeToString(new byte[60]);
    answer("ciphertext", "vault:v3:" + wrapped);
    answer("plaintext", Base64.getEncoder().encodeToString(secret));
    Bytes result =
        use.wrap(
            ref(WrappingAlgorithm.AES_256_GCM), SecretBytes.takeOver(secret.clone()), vault.call());

    assertThat(result.size()).isEqualTo(60);
    String authenticated =
        Base64.getEncoder()
            .encodeToString("enclave/a/7/DEVELOPMENT".getBytes(StandardCharsets.UTF_8));
    assertThat(vault.asked)
        .filteredOn(asked -> asked.path().startsWith("transit/"))
        .allSatisfy(
            asked -> {
              assertThat(asked.text("associated_data")).isEqualTo(authenticated);
              assertThat(asked.body()).contains("\"key_version\":3");
            })
        .hasSize(2);
    assertThat(vault.asked.get(vault.asked.size() - 1).text("ciphertext"))
        .isEqualTo("vault:v3:" + wrapped);
  }

  @Test
  void givesNoWrappingOut_thatOpensToSomethingElse() {
    answer("ciphertext", "vault:v3:" + Base64.getEncoder().encodeToString(new byte[60]));
    answer("plaintext", Base64.getEncoder().encodeToString(new byte[32]));
    SecretBytes secret = SecretBytes.takeOver(new byte[] {1});
    BackendFailure refused =
        catchThrowableOfType(
            BackendFailure.class,
            () -> use.wrap(ref(WrappingAlgorithm.AES_256_GCM), secret, vault.call()));
    assertThat(refused.code()).isEqualTo(FailureCode.CORRUPT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exportable", "allow_plaintext_backup"})
  void aKeyThatMayLeaveIsSoftwareOfWhateverType(String way) throws Exception {
    String told =
        """
        {"data":{"name":"any","type":"managed_key","latest_version":3,"min_decryption_version":1,
        "min_encryption_version":0,"keys":{},"%s":%s}}""";
    for (boolean leaves : new boolean[] {true, false}) {
      vault.answer(200, told.formatted(way, leaves));
      ServiceKey version = keys.foreign("transit/keys/any/3", vault.call()).version();
      assertThat(keys.assurance(version, vault.call()))
          .isEqualTo(leaves ? Assurance.SOFTWARE : Assurance.HSM);
    }
  }
}
