package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.Signatures.INPUT;
import static dev.enclave.emulators.vault.Signatures.MESSAGE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.security.PublicKey;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code builtin/logical/transit/path_sign_verify.go}, {@code sdk/helper/keysutil/policy.go}. */
class TransitSigningTest {

  private static final VaultServer SERVER = VaultServer.builder().start();
  private final RawBao bao = new RawBao(SERVER);

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private PublicKey key(String name, String type, String algorithm) throws Exception {
    Answer made = bao.post("transit/keys/" + name, "{'type':'" + type + "'}");
    assertThat(made.status()).isEqualTo(200);
    String text = made.at("data.keys.1.public_key");
    return algorithm.equals("Ed25519") ? Signatures.ofRaw(text) : Signatures.ofPem(algorithm, text);
  }

  @ParameterizedTest
  @CsvSource({
    "ecdsa-p256,sha2-256,SHA256withECDSA",
    "ecdsa-p384,sha2-384,SHA384withECDSA",
    "ecdsa-p521,sha2-512,SHA512withECDSA",
    "ecdsa-p256,sha3-256,SHA3-256withECDSA"
  })
  void ecdsaSignatures_areDer_orJws(String type, String hash, String algorithm) throws Exception {
    String name = type + hash;
    PublicKey key = key(name, type, "EC");
    Answer der =
        bao.post(
            "transit/sign/" + name, "{'input':'" + INPUT + "','hash_algorithm':'" + hash + "'}");
    assertThat(Signatures.valid(algorithm, key, MESSAGE, bytes(der))).isTrue();
    assertThat(der.at("data.key_version")).isEqualTo("1");

    Answer jws =
        bao.post(
            "transit/sign/" + name + "/" + hash,
            "{'input':'" + INPUT + "','marshaling_algorithm':'jws'}");
    byte[] raw = Base64.getUrlDecoder().decode(jws.at("data.signature").substring(9));
    assertThat(Signatures.valid(algorithm + "inP1363Format", key, MESSAGE, raw)).isTrue();
    assertThat(jws.at("data.signature")).doesNotContain("=", "+", "/");
  }

  private static byte[] bytes(Answer signed) {
    return Base64.getDecoder().decode(signed.at("data.signature").substring(9));
  }

  /** A digest is taken as it is for EC keys, whatever hash is named. */
  @Test
  void digests_areSigned_whenPrehashed() throws Exception {
    PublicKey key = key("prehashed", "ecdsa-p256", "EC");
    String digest = Signatures.base64(Signatures.sha256(MESSAGE));
    Answer signed =
        bao.post("transit/sign/prehashed", "{'input':'" + digest + "','prehashed':true}");
    assertThat(Signatures.valid("SHA256withECDSA", key, MESSAGE, bytes(signed))).isTrue();
  }

  @Test
  void ed25519_signsTheMessage_evenWhenItIsCalledPrehashed() throws Exception {
    PublicKey key = key("edwards", "ed25519", "Ed25519");
    Answer signed = bao.post("transit/sign/edwards", "{'input':'" + INPUT + "','prehashed':true}");
    assertThat(Signatures.valid("Ed25519", key, MESSAGE, bytes(signed))).isTrue();
  }

  /** The default salt is the longest one; JOSE's PS256 needs {@code hash}. */
  @Test
  void pssSalts_areTheLongest_unlessChosen() throws Exception {
    PublicKey key = key("rsa", "rsa-2048", "RSA");
    String path = "transit/sign/rsa";
    int longest = 256 - 2 - 32;
    byte[] auto = bytes(bao.post(path, "{'input':'" + INPUT + "'}"));
    assertThat(Signatures.validPss(key, MESSAGE, auto, longest)).isTrue();
    byte[] hash = bytes(bao.post(path, "{'input':'" + INPUT + "','salt_length':'hash'}"));
    assertThat(Signatures.validPss(key, MESSAGE, hash, 32)).isTrue();
    byte[] seven = bytes(bao.post(path, "{'input':'" + INPUT + "','salt_length':7}"));
    assertThat(Signatures.validPss(key, MESSAGE, seven, 7)).isTrue();
    byte[] pkcs1 =
        bytes(bao.post(path, "{'input':'" + INPUT + "','signature_algorithm':'pkcs1v15'}"));
    assertThat(Signatures.valid("SHA256withRSA", key, MESSAGE, pkcs1)).isTrue();
    byte[] bare =
        bytes(
            bao.post(
                path,
                "{'input':'"
                    + Signatures.base64(digestInfo())
                    + "','signature_algorithm':'pkcs1v15','prehashed':true,"
                    + "'hash_algorithm':'none'}"));
    assertThat(Signatures.valid("SHA256withRSA", key, MESSAGE, bare)).isTrue();
    assertThat(verifies("rsa", auto, "")).isTrue();
    assertThat(verifies("rsa", seven, "")).isTrue();
    assertThat(verifies("rsa", seven, ",'salt_length':'hash'")).isFalse();
    assertThat(verifies("rsa", pkcs1, ",'signature_algorithm':'pkcs1v15'")).isTrue();
    refused(
        500,
        "1 error occurred:\n\t* requested salt length 223 is invalid\n\n",
        bao.post(path, "{'input':'" + INPUT + "','salt_length':223}"));
    refused(
        500,
        "1 error occurred:\n\t* crypto/rsa: input must be hashed message\n\n",
        bao.post(path, "{'input':'" + INPUT + "','prehashed':true}"));
  }

  /** RFC 8017 §9.2, note 1: the DigestInfo of SHA-256. */
  private static byte[] digestInfo() throws Exception {
    byte[] prefix = Base64.getDecoder().decode("MDEwDQYJYIZIAWUDBAIBBQAEIA==");
    byte[] info = java.util.Arrays.copyOf(prefix, prefix.length + 32);
    System.arraycopy(Signatures.sha256(MESSAGE), 0, info, prefix.length, 32);
    return info;
  }

  private boolean verifies(String name, byte[] signature, String more) throws Exception {
    Answer answer =
        bao.post(
            "transit/verify/" + name,
            "{'input':'"
                + INPUT
                + "','signature':'vault:v1:"
                + Signatures.base64(signature)
                + "'"
                + more
                + "}");
    return Boolean.parseBoolean(answer.at("data.valid"));
  }

  /** Each item has its own result; an item's error leaves the answer a 200. */
  @Test
  void batches_haveResultsInOrder() throws Exception {
    PublicKey key = key("batch", "ecdsa-p256", "EC");
    Answer signed =
        bao.post(
            "transit/sign/batch",
            "{'batch_input':[{'input':'" + INPUT + "','reference':'a'},{'reference':'b'}]}");
    assertThat(signed.status()).isEqualTo(200);
    byte[] first =
        Base64.getDecoder().decode(signed.at("data.batch_results.0.signature").substring(9));
    assertThat(Signatures.valid("SHA256withECDSA", key, MESSAGE, first)).isTrue();
    assertThat(signed.at("data.batch_results.0.reference")).isEqualTo("a");
    assertThat(signed.at("data.batch_results.1.error")).isEqualTo("missing input");
    assertThat(signed.at("data.batch_results.1.reference")).isEqualTo("b");
  }

  /** {@code hashicorp/vault} issue 20713: 500, although the request is at fault. */
  @Test
  void versionsThatMayNotSign_areA500() throws Exception {
    key("limits", "ecdsa-p256", "EC");
    bao.post("transit/keys/limits/rotate", "");
    bao.post("transit/keys/limits/config", "{'min_encryption_version':2}");
    refused(
        500,
        "1 error occurred:\n\t* requested version for signing is higher than the latest key"
            + " version\n\n",
        sign("limits", 3));
    refused(
        500,
        "1 error occurred:\n\t* requested version for signing is less than the minimum encryption"
            + " key version\n\n",
        sign("limits", 1));
    refused(
        500,
        "1 error occurred:\n\t* requested version for signing is negative\n\n",
        sign("limits", -1));
    assertThat(sign("limits", 0).at("data.key_version")).isEqualTo("2");
  }

  private Answer sign(String name, int version) throws Exception {
    return bao.post(
        "transit/sign/" + name, "{'input':'" + INPUT + "','key_version':" + version + "}");
  }

  @Test
  void signaturesBelowTheMinimum_andForeignOnes_areRefused() throws Exception {
    key("verified", "ecdsa-p256", "EC");
    String old = sign("verified", 1).at("data.signature");
    bao.post("transit/keys/verified/rotate", "");
    assertThat(verify("verified", old).at("data.valid")).isEqualTo("true");
    bao.post("transit/keys/verified/config", "{'min_decryption_version':2}");
    refused(
        400,
        "ciphertext or signature version is disallowed by policy (too old)",
        verify("verified", old));
    refused(400, "invalid signature: no prefix", verify("verified", "MEUC"));
    refused(
        400, "invalid signature: version is too new", verify("verified", old.replace("v1", "v9")));
    refused(
        400,
        "neither a 'signature' nor an 'hmac' were given to verify",
        bao.post("transit/verify/verified", "{'input':'" + INPUT + "'}"));
  }

  private Answer verify(String name, String signature) throws Exception {
    return bao.post(
        "transit/verify/" + name, "{'input':'" + INPUT + "','signature':'" + signature + "'}");
  }

  @Test
  void wrongUse_isRefused_inVaultsWords() throws Exception {
    bao.post("transit/keys/aes", "{}");
    key("words", "ecdsa-p256", "EC");
    refused(400, "signing key not found", sign("nobody", 0));
    refused(400, "key type aes256-gcm96 does not support signing", sign("aes", 0));
    refused(
        400,
        "invalid hash algorithm \"md5\"",
        bao.post("transit/sign/words", "{'input':'','hash_algorithm':'md5'}"));
    refused(
        400,
        "invalid marshaling type \"raw\"",
        bao.post("transit/sign/words", "{'input':'','marshaling_algorithm':'raw'}"));
    refused(
        400,
        "hash_algorithm=none requires both prehashed=true and signature_algorithm=pkcs1v15",
        bao.post("transit/sign/words", "{'input':'','hash_algorithm':'none'}"));
    refused(
        400,
        "unable to decode input as base64: illegal base64 data at input byte 1",
        bao.post("transit/sign/words", "{'input':'a*'}"));
    assertThat(bao.get("transit/sign/words").status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(strings = {"secp256k1", "ecdsa-secp256k1", "managed_key", "ml-dsa"})
  void typesThatItLacks_areRefused(String type) throws Exception {
    refused(
        400,
        "unknown key type " + type,
        bao.post("transit/keys/lacking", "{'type':'" + type + "'}"));
  }

  /** Each context has a pair of its own, which the answer names. */
  @Test
  void derivedKeys_signWithAPairOfTheirContext() throws Exception {
    bao.post("transit/keys/derived", "{'type':'ed25519','derived':true}");
    Answer signed = bao.post("transit/sign/derived", "{'input':'" + INPUT + "','context':'YQ=='}");
    PublicKey key = Signatures.ofRaw(signed.at("data.public_key"));
    assertThat(Signatures.valid("Ed25519", key, MESSAGE, bytes(signed))).isTrue();
    assertThat(bao.get("transit/keys/derived?context=YQ==").at("data.keys.1.public_key"))
        .isEqualTo(signed.at("data.public_key"));
    assertThat(bao.post("transit/sign/derived", "{'input':'" + INPUT + "'}").status())
        .isEqualTo(500);
  }

  @Test
  void managedKeys_signInVaultEnterprise_andShowNoPublicKey() throws Exception {
    try (VaultServer vault = VaultServer.builder().vaultEnterprise().managedKey("hsm").start()) {
      RawBao raw = new RawBao(vault);
      Answer made = raw.post("transit/keys/m", "{'type':'managed_key','managed_key_name':'hsm'}");
      assertThat(made.at("data.type")).isEqualTo("managed_key");
      assertThat(made.has("data.keys.1.public_key")).isFalse();
      String signature =
          raw.post("transit/sign/m", "{'input':'" + INPUT + "'}").at("data.signature");
      assertThat(
              raw.post(
                      "transit/verify/m",
                      "{'input':'" + INPUT + "','signature':'" + signature + "'}")
                  .at("data.valid"))
          .isEqualTo("true");
    }
  }

  @Test
  void macs_areMadeAndVerified() throws Exception {
    bao.post("transit/keys/mac", "{'type':'hmac','key_size':64}");
    String mac = bao.post("transit/hmac/mac", "{'input':'" + INPUT + "'}").at("data.hmac");
    assertThat(
            bao.post("transit/verify/mac", "{'input':'" + INPUT + "','hmac':'" + mac + "'}")
                .at("data.valid"))
        .isEqualTo("true");
    assertThat(bao.post("transit/verify/mac", "{'input':'','hmac':'" + mac + "'}").at("data.valid"))
        .isEqualTo("false");
  }

  static void refused(int status, String text, Answer answer) {
    assertThat(answer.at("errors.0")).isEqualTo(text);
    assertThat(answer.status()).isEqualTo(status);
  }
}
