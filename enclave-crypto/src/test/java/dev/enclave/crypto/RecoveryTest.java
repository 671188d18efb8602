package dev.enclave.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.OptionalInt;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("each-engine")
class RecoveryTest {

  private static final X9ECParameters CURVE = ECNamedCurveTable.getByName("secp256k1");

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ECDSA_SECP256K1_SHA256", "ECDSA_SECP256K1_KECCAK256"})
  void everySignatureIsLowS_andItsIdRecoversTheKey(SigningAlgorithm algorithm) {
    int count = Integer.getInteger("enclave.soak.signatures", 2000);
    LocalKey key = LocalKey.generate(algorithm, TestKeys.RANDOM);
    PublicKeyInfo publicKey = key.publicKey().orElseThrow();
    Bytes point = point(publicKey);
    int[] seen = new int[4];
    for (int i = 0; i < count; i++) {
      Digest digest =
          Hashing.digest(algorithm.digest().orElseThrow(), Message.ofUtf8("message " + i));
      Bytes der = key.sign(digest);
      assertThat(Signatures.lowS(der, algorithm, SignatureEncoding.DER)).isEqualTo(der);
      int id = Signatures.recoveryId(publicKey, digest, der).orElseThrow();
      seen[id]++;
      assertThat(recover(algorithm, digest, der, id)).isEqualTo(point);
    }
    System.out.println(
        "recovery " + algorithm + ": " + count + " signatures, ids " + Arrays.toString(seen));
    assertThat(seen[0]).isPositive();
    assertThat(seen[1]).isPositive();
  }

  @Test
  void givesIdsAboveOne_whenRsXIsNotBelowTheOrder() {
    SigningAlgorithm algorithm = SigningAlgorithm.ECDSA_SECP256K1_SHA256;
    BigInteger x = CURVE.getN().add(BigInteger.ONE);
    while (!onCurve(x)) {
      x = x.add(BigInteger.ONE);
    }
    BigInteger small = x.subtract(CURVE.getN());
    Digest digest = Hashing.digest(algorithm.digest().orElseThrow(), Message.ofUtf8("a"));
    Bytes der =
        Signatures.convert(
            Bytes.ofHex(hex(small) + hex(BigInteger.TWO)),
            algorithm,
            SignatureEncoding.P1363,
            SignatureEncoding.DER);
    for (int id : new int[] {2, 3}) {
      String spki =
          "3056301006072a8648ce3d020106052b8104000a034200"
              + recover(algorithm, digest, der, id).toHex();
      PublicKeyInfo key = PublicKeyInfo.fromSpki(Bytes.ofHex(spki).toByteArray(), algorithm);
      assertThat(Signatures.recoveryId(key, digest, der)).hasValue(id);
    }
  }

  @Test
  void hasNoId_forAnotherKeyDigestCurveOrBytes() {
    SigningAlgorithm algorithm = SigningAlgorithm.ECDSA_SECP256K1_SHA256;
    LocalKey key = TestKeys.of(algorithm);
    PublicKeyInfo publicKey = key.publicKey().orElseThrow();
    PublicKeyInfo other = LocalKey.generate(algorithm, TestKeys.RANDOM).publicKey().orElseThrow();
    PublicKeyInfo p256 = TestKeys.of(SigningAlgorithm.ECDSA_P256_SHA256).publicKey().orElseThrow();
    Digest digest = Hashing.digest(algorithm.digest().orElseThrow(), Message.ofUtf8("a"));
    Digest changed = Hashing.digest(algorithm.digest().orElseThrow(), Message.ofUtf8("b"));
    Bytes der = key.sign(digest);
    OptionalInt none = OptionalInt.empty();
    assertThat(Signatures.recoveryId(other, digest, der)).isEqualTo(none);
    assertThat(Signatures.recoveryId(publicKey, changed, der)).isEqualTo(none);
    assertThat(Signatures.recoveryId(p256, digest, der)).isEqualTo(none);
    assertThat(Signatures.recoveryId(publicKey, digest, Bytes.empty())).isEqualTo(none);
  }

  /** SEC 1 §4.1.6, step by step: Q = r⁻¹(sR − eG). */
  private static Bytes recover(KeyAlgorithm algorithm, Digest digest, Bytes der, int id) {
    byte[] rs =
        Signatures.convert(der, algorithm, SignatureEncoding.DER, SignatureEncoding.P1363)
            .toByteArray();
    BigInteger n = CURVE.getN();
    BigInteger r = new BigInteger(1, Arrays.copyOf(rs, 32));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(rs, 32, 64));
    BigInteger e = new BigInteger(1, digest.value().toByteArray());
    ECPoint point = CURVE.getCurve().decodePoint(compressed(id < 2 ? r : r.add(n), id & 1));
    BigInteger inverse = r.modInverse(n);
    return Bytes.of(
        ECAlgorithms.sumOfTwoMultiplies(
                point,
                s.multiply(inverse).mod(n),
                CURVE.getG(),
                e.negate().multiply(inverse).mod(n))
            .getEncoded(false));
  }

  private static boolean onCurve(BigInteger x) {
    try {
      return CURVE.getCurve().decodePoint(compressed(x, 0)).isValid();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] compressed(BigInteger x, int parity) {
    return Bytes.ofHex("0" + (2 + parity) + hex(x)).toByteArray();
  }

  private static String hex(BigInteger number) {
    String hex = number.toString(16);
    return "0".repeat(64 - hex.length()) + hex;
  }

  private static Bytes point(PublicKeyInfo key) {
    byte[] spki = key.spki().toByteArray();
    return Bytes.of(Arrays.copyOfRange(spki, spki.length - 65, spki.length));
  }
}
