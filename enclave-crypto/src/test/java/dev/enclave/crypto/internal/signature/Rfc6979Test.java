package dev.enclave.crypto.internal.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.internal.bouncycastle.BouncyCastleEngine;
import dev.enclave.crypto.internal.choice.Engines;
import dev.enclave.crypto.internal.engine.KeyMaterial;
import dev.enclave.internal.PublicKeyEngine;
import java.security.SecureRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6979 appendix A.2.5 to A.2.7, message "sample". */
class Rfc6979Test {

  @ParameterizedTest
  @CsvSource({
    "ECDSA_P256_SHA256,"
        + "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721,"
        + "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    "ECDSA_P384_SHA384,"
        + "304e020100301006072a8648ce3d020106052b81040022043730350201010430"
        + "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5,"
        + "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
        + "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
    "ECDSA_P521_SHA512,"
        + "3060020100301006072a8648ce3d020106052b81040023044930470201010442"
        + "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538,"
        + "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa"
        + "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"
  })
  void bouncyCastleSignsAsItSays_andTheEngineInUseVerifiesThat(
      KeyAlgorithm algorithm, String pkcs8, String p1363) {
    byte[] encoded = Bytes.ofHex(pkcs8).toByteArray();
    KeyMaterial key = new BouncyCastleEngine().decode(algorithm, encoded, new SecureRandom());
    Message sample = Message.ofUtf8("sample");
    assertThat(
            SignatureLayout.convert(
                    key.sign(sample), algorithm, SignatureEncoding.DER, SignatureEncoding.P1363)
                .toHex())
        .isEqualTo(p1363);
    PublicKeyEngine.Verifier verifier =
        Engines.present().of(algorithm).verifier(key.publicKey().orElseThrow());
    assertThat(verifier.verify(sample, Bytes.ofHex(p1363), SignatureEncoding.P1363)).isTrue();
  }
}
