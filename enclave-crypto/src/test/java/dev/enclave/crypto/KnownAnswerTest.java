package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.internal.hash.Hkdf;
import dev.enclave.spi.SecretBytes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors that the standards themselves print. */
@Tag("each-engine")
class KnownAnswerTest {

  /** RFC 8032 §7.1, TEST 1 to 3. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
        + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
        + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
        + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  })
  void signsEd25519AsRfc8032Says(String seed, String publicKey, String message, String signature) {
    try (LocalKey key =
        decode(SigningAlgorithm.ED25519, "302e020100300506032b657004220420" + seed)) {
      assertThat(key.publicKey().orElseThrow().spki().toHex()).endsWith(publicKey);
      assertThat(key.sign(Message.of(Bytes.ofHex(message).toByteArray())).toHex())
          .isEqualTo(signature);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SHA_256, ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "SHA_384,"
        + "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "SHA_512,"
        + "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "KECCAK_256, 4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
  })
  void hashesAbcAsFips180AndKeccakSay(DigestAlgorithm algorithm, String digest) {
    assertThat(Hashing.digest(algorithm, Message.ofUtf8("abc")).value().toHex()).isEqualTo(digest);
  }

  /** RFC 5869 appendix A.3. */
  @Test
  void derivesAsRfc5869Says_withoutSaltAndInfo() {
    assertThat(Bytes.of(Hkdf.sha256(Bytes.ofHex("0b".repeat(22)).toByteArray(), "", 42)).toHex())
        .isEqualTo(
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8");
  }

  private static LocalKey decode(KeyAlgorithm algorithm, String pkcs8) {
    try (SecretBytes material = SecretBytes.takeOver(Bytes.ofHex(pkcs8).toByteArray())) {
      return LocalKey.decode(algorithm, material, TestKeys.RANDOM);
    }
  }
}
