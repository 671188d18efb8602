package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.Signatures.INPUT;
import static dev.enclave.emulators.vault.Signatures.MESSAGE;
import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code builtin/logical/transit}: path_encrypt.go, path_decrypt.go, path_rewrap.go, …. */
class TransitEncryptionTest {

  private final VaultServer server = VaultServer.builder().start();
  private final RawBao bao = new RawBao(server);

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer encrypt(String name, String more) throws Exception {
    return bao.post("transit/encrypt/" + name, "{'plaintext':'" + INPUT + "'" + more + "}");
  }

  private Answer decrypt(String name, String ciphertext, String more) throws Exception {
    return bao.post("transit/decrypt/" + name, "{'ciphertext':'" + ciphertext + "'" + more + "}");
  }

  @ParameterizedTest
  @CsvSource({
    "aes128-gcm96,AES,AES/GCM/NoPadding",
    "aes256-gcm96,AES,AES/GCM/NoPadding",
    "chacha20-poly1305,ChaCha20,ChaCha20-Poly1305"
  })
  void ciphertexts_areNonceCiphertextAndTag(String type, String algorithm, String cipher)
      throws Exception {
    bao.post("transit/keys/a", "{'type':'" + type + "','exportable':true}");
    Answer encrypted = encrypt("a", ",'associated_data':'YQ=='");
    byte[] whole = Signatures.bytes(encrypted.at("data.ciphertext"), 1);
    byte[] key =
        Base64.getDecoder().decode(bao.get("transit/export/encryption-key/a").at("data.keys.1"));
    byte[] nonce = Arrays.copyOf(whole, 12);
    AlgorithmParameterSpec spec =
        algorithm.equals("AES") ? new GCMParameterSpec(128, nonce) : new IvParameterSpec(nonce);
    Cipher jdk = Cipher.getInstance(cipher);
    jdk.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, algorithm), spec);
    jdk.updateAAD(new byte[] {'a'});
    assertThat(jdk.doFinal(whole, 12, whole.length - 12)).isEqualTo(MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"aes256-gcm96", "chacha20-poly1305", "xchacha20-poly1305"})
  void whatIsAuthenticated_isNeeded_toDecrypt(String type) throws Exception {
    bao.post("transit/keys/a", "{'type':'" + type + "'}");
    String ciphertext = encrypt("a", ",'associated_data':'YQ=='").at("data.ciphertext");
    assertThat(decrypt("a", ciphertext, ",'associated_data':'YQ=='").at("data.plaintext"))
        .isEqualTo(INPUT);
    String cipher = type.startsWith("aes") ? "cipher" : "chacha20poly1305";
    refused(400, cipher + ": message authentication failed", decrypt("a", ciphertext, ""));
  }

  @Test
  void rsaKeys_encryptByOaep() throws Exception {
    bao.post("transit/keys/a", "{'type':'rsa-2048'}");
    String ciphertext = encrypt("a", "").at("data.ciphertext");
    assertThat(decrypt("a", ciphertext, "").at("data.plaintext")).isEqualTo(INPUT);
    refused(
        400,
        "'[0].associated_data' provided for non-AEAD cipher suite rsa-2048",
        encrypt("a", ",'associated_data':'YQ=='"));
    refused(
        500,
        "1 error occurred:\n\t* failed to RSA decrypt the ciphertext: crypto/rsa: decryption"
            + " error\n\n",
        decrypt("a", "vault:v1:AAAA", ""));
  }

  /** A key that does not exist is made, unless that is turned off. */
  @Test
  void encrypting_makesAMissingKey_unlessItMustNot() throws Exception {
    assertThat(encrypt("fresh", "").status()).isEqualTo(200);
    assertThat(bao.get("transit/keys/fresh").at("data.type")).isEqualTo("aes256-gcm96");
    assertThat(bao.get("transit/config/keys").at("data.disable_upsert")).isEqualTo("false");
    bao.post("transit/config/keys", "{'disable_upsert':true}");
    refused(400, "encryption key not found", encrypt("other", ""));
    assertThat(bao.get("transit/keys/other").status()).isEqualTo(404);
  }

  @Test
  void versions_areLimited() throws Exception {
    bao.post("transit/keys/a", "{}");
    String old = encrypt("a", "").at("data.ciphertext");
    bao.post("transit/keys/a/rotate", "");
    assertThat(encrypt("a", "").at("data.key_version")).isEqualTo("2");
    assertThat(encrypt("a", ",'key_version':1").at("data.ciphertext")).startsWith("vault:v1:");
    Answer rewrapped = bao.post("transit/rewrap/a", "{'ciphertext':'" + old + "'}");
    assertThat(rewrapped.at("data.ciphertext")).startsWith("vault:v2:");
    bao.post("transit/keys/a/config", "{'min_decryption_version':2,'min_encryption_version':2}");
    refused(
        400,
        "ciphertext or signature version is disallowed by policy (too old)",
        decrypt("a", old, ""));
    refused(
        400,
        "requested version for encryption is less than the minimum encryption key version",
        encrypt("a", ",'key_version':1"));
    refused(400, "invalid ciphertext: no prefix", decrypt("a", "abc", ""));
    refused(400, "invalid ciphertext: version is too new", decrypt("a", "vault:v3:AAAA", ""));
  }

  @Test
  void dataKeys_comeWithOrWithoutPlaintext() throws Exception {
    bao.post("transit/keys/a", "{}");
    Answer both = bao.post("transit/datakey/plaintext/a", "{'bits':512}");
    assertThat(Base64.getDecoder().decode(both.at("data.plaintext"))).hasSize(64);
    assertThat(decrypt("a", both.at("data.ciphertext"), "").at("data.plaintext"))
        .isEqualTo(both.at("data.plaintext"));
    assertThat(bao.post("transit/datakey/wrapped/a", "").has("data.plaintext")).isFalse();
    refused(400, "invalid bit length", bao.post("transit/datakey/wrapped/a", "{'bits':100}"));
    refused(
        400,
        "Invalid path, must be 'plaintext' or 'wrapped'",
        bao.post("transit/datakey/bare/a", ""));
  }

  @Test
  void derivedKeys_needTheirContext_andConvergentOnesRepeat() throws Exception {
    bao.post("transit/keys/a", "{'derived':true,'convergent_encryption':true}");
    String first = encrypt("a", ",'context':'YQ=='").at("data.ciphertext");
    assertThat(encrypt("a", ",'context':'YQ=='").at("data.ciphertext")).isEqualTo(first);
    assertThat(encrypt("a", ",'context':'Yg=='").at("data.ciphertext")).isNotEqualTo(first);
    assertThat(decrypt("a", first, ",'context':'YQ=='").at("data.plaintext")).isEqualTo(INPUT);
    assertThat(decrypt("a", first, ",'context':'Yg=='").status()).isEqualTo(400);
    assertThat(encrypt("a", "").at("errors.0")).startsWith("missing 'context'");
  }

  /** Errors of single items make the whole a 400, with all results. */
  @Test
  void batches_areA400_whenAnItemIsWrong() throws Exception {
    bao.post("transit/keys/a", "{}");
    String items = "{'batch_input':[{'plaintext':'" + INPUT + "'},{'plaintext':'*'}]";
    Answer mixed = bao.post("transit/encrypt/a", items + "}");
    assertThat(mixed.status()).isEqualTo(400);
    assertThat(mixed.at("data.batch_results.0.ciphertext")).startsWith("vault:v1:");
    assertThat(mixed.at("data.batch_results.1.error"))
        .isEqualTo("illegal base64 data at input byte 0");
    assertThat(
            bao.post("transit/encrypt/a", items + ",'partial_failure_response_code':207}").status())
        .isEqualTo(207);
  }

  @Test
  void randomBytes_areAsManyAsAsked() throws Exception {
    assertThat(
            Base64.getDecoder().decode(bao.post("transit/random/40", "").at("data.random_bytes")))
        .hasSize(40);
    assertThat(bao.post("transit/random", "{'format':'hex'}").at("data.random_bytes")).hasSize(64);
  }
}
