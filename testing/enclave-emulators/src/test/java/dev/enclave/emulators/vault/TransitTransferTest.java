package dev.enclave.emulators.vault;

import static dev.enclave.emulators.vault.Signatures.INPUT;
import static dev.enclave.emulators.vault.Signatures.MESSAGE;
import static dev.enclave.emulators.vault.TransitSigningTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.VaultServer;
import dev.enclave.emulators.vault.RawBao.Answer;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.RFC5649WrapEngine;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** {@code builtin/logical/transit}: path_wrapping_key.go, path_import.go, path_export.go. */
class TransitTransferTest {

  private static final VaultServer SERVER = VaultServer.builder().start();
  private final RawBao bao = new RawBao(SERVER);

  @AfterAll
  static void stop() {
    SERVER.close();
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** RSA-OAEP of an AES key, and AES-KWP (RFC 5649) of the key. */
  private String wrapped(byte[] material, int aesBytes) throws Exception {
    PublicKey wrapping =
        Signatures.ofPem("RSA", bao.get("transit/wrapping_key").at("data.public_key"));
    assertThat(((RSAKey) wrapping).getModulus().bitLength()).isEqualTo(4096);
    byte[] aes = new byte[aesBytes];
    new SecureRandom().nextBytes(aes);
    Cipher oaep = Cipher.getInstance("RSA/ECB/OAEPPadding");
    oaep.init(
        Cipher.ENCRYPT_MODE,
        wrapping,
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
    byte[] first = oaep.doFinal(aes);
    RFC5649WrapEngine kwp = new RFC5649WrapEngine(AESEngine.newInstance());
    kwp.init(true, new KeyParameter(aes));
    byte[] second = kwp.wrap(material, 0, material.length);
    byte[] blob = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, blob, first.length, second.length);
    return Signatures.base64(blob);
  }

  private Answer importing(String name, String type, byte[] material, String more)
      throws Exception {
    return bao.post(
        "transit/keys/" + name + "/import",
        "{'type':'" + type + "','ciphertext':'" + wrapped(material, 32) + "'" + more + "}");
  }

  @Test
  void importedPairs_signAsTheirOwner() throws Exception {
    KeyPair pair = p256();
    assertThat(importing("ec", "ecdsa-p256", pair.getPrivate().getEncoded(), "").status())
        .isEqualTo(204);
    Answer read = bao.get("transit/keys/ec");
    assertThat(read.at("data.imported_key")).isEqualTo("true");
    assertThat(read.at("data.imported_key_allow_rotation")).isEqualTo("false");
    assertThat(Signatures.ofPem("EC", read.at("data.keys.1.public_key")))
        .isEqualTo(pair.getPublic());
    String signature =
        bao.post("transit/sign/ec", "{'input':'" + INPUT + "'}").at("data.signature");
    assertThat(
            Signatures.valid(
                "SHA256withECDSA",
                pair.getPublic(),
                MESSAGE,
                Base64.getDecoder().decode(signature.substring(9))))
        .isTrue();
    refused(
        500,
        "1 error occurred:\n\t* imported key ec does not allow rotation within Vault\n\n",
        bao.post("transit/keys/ec/rotate", ""));
    refused(
        500,
        "1 error occurred:\n\t* the import path cannot be used with an existing key; use"
            + " import-version to rotate an existing imported key\n\n",
        importing("ec", "ecdsa-p256", pair.getPrivate().getEncoded(), ""));
  }

  @Test
  void importedKeys_getVersions_byImportAlone_unlessTheyMayRotate() throws Exception {
    importing("versions", "ecdsa-p256", p256().getPrivate().getEncoded(), "");
    Answer second =
        bao.post(
            "transit/keys/versions/import_version",
            "{'ciphertext':'" + wrapped(p256().getPrivate().getEncoded(), 32) + "'}");
    assertThat(second.status()).isEqualTo(204);
    assertThat(bao.get("transit/keys/versions").at("data.latest_version")).isEqualTo("2");
    importing("rotates", "ecdsa-p256", p256().getPrivate().getEncoded(), ",'allow_rotation':true");
    assertThat(bao.post("transit/keys/rotates/rotate", "").at("data.imported_key"))
        .isEqualTo("false");
    refused(
        500,
        "1 error occurred:\n\t* the import_version endpoint can only be used with an imported"
            + " key\n\n",
        bao.post(
            "transit/keys/rotates/import_version",
            "{'ciphertext':'" + wrapped(p256().getPrivate().getEncoded(), 32) + "'}"));
  }

  @Test
  void importedSecrets_encryptWithTheirBytes() throws Exception {
    byte[] secret = new byte[32];
    Arrays.fill(secret, (byte) 7);
    importing("aes", "aes256-gcm96", secret, ",'exportable':true");
    assertThat(bao.get("transit/export/encryption-key/aes/latest").at("data.keys.1"))
        .isEqualTo(Signatures.base64(secret));
    assertThat(bao.post("transit/encrypt/aes", "{'plaintext':''}").status()).isEqualTo(200);
  }

  @Test
  void wrongMaterial_isRefused() throws Exception {
    byte[] pair = p256().getPrivate().getEncoded();
    refused(
        500,
        "1 error occurred:\n\t* error importing key: invalid curve: expected P-384, got P-256\n\n",
        importing("wrong", "ecdsa-p384", pair, ""));
    refused(
        500,
        "1 error occurred:\n\t* error importing key: invalid key type: expected ed25519, got"
            + " *ecdsa.PrivateKey\n\n",
        importing("wrong", "ed25519", pair, ""));
    refused(
        500,
        "1 error occurred:\n\t* error importing key: invalid key size 16 bytes for key type"
            + " aes256-gcm96\n\n",
        importing("wrong", "aes256-gcm96", new byte[16], ""));
    refused(
        500,
        "1 error occurred:\n\t* expected ephemeral AES key to be 256-bit\n\n",
        bao.post(
            "transit/keys/wrong/import",
            "{'type':'ecdsa-p256','ciphertext':'" + wrapped(pair, 16) + "'}"));
    refused(
        500,
        "1 error occurred:\n\t* provided ciphertext is too short\n\n",
        bao.post("transit/keys/wrong/import", "{'type':'ecdsa-p256','ciphertext':'AAAA'}"));
    assertThat(bao.get("transit/keys/wrong").status()).isEqualTo(404);
  }

  @Test
  void exporting_mustBeAllowed_butForPublicKeys() throws Exception {
    bao.post("transit/keys/kept", "{'type':'ecdsa-p256'}");
    refused(
        400, "private key material is not exportable", bao.get("transit/export/signing-key/kept"));
    assertThat(Signatures.ofPem("EC", bao.get("transit/export/public-key/kept").at("data.keys.1")))
        .isEqualTo(
            Signatures.ofPem("EC", bao.get("transit/keys/kept").at("data.keys.1.public_key")));
    bao.post("transit/keys/kept/config", "{'exportable':true}");
    assertThat(bao.get("transit/export/signing-key/kept").at("data.keys.1"))
        .startsWith("-----BEGIN EC PRIVATE KEY-----");
    refused(
        400, "encryption not supported for the key", bao.get("transit/export/encryption-key/kept"));
    refused(400, "invalid export type: everything", bao.get("transit/export/everything/kept"));
  }
}
