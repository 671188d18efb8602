package dev.enclave.crypto.internal.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.SigningAlgorithm;
import dev.enclave.crypto.Hashing;
import dev.enclave.crypto.LocalKey;
import dev.enclave.crypto.internal.encoding.Curve;
import dev.enclave.crypto.internal.encoding.PublicKeys;
import dev.enclave.error.UsageException;
import dev.enclave.internal.PublicKeyEngine.Verifier;
import dev.enclave.spi.SecretBytes;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What Bouncy Castle's verifiers accept, and nothing beside it. */
final class VerifiersTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Message MESSAGE = Message.ofUtf8("pay 7 to Alice");

  private static byte[] rsa = new byte[0];

  @BeforeAll
  static void makesOneKeyOfRsa() {
    try (LocalKey key = LocalKey.generate(SigningAlgorithm.RSA_PSS_2048_SHA256, RANDOM);
        SecretBytes encoded = key.encode()) {
      rsa = encoded.use(byte[]::clone);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "ECDSA_P256_SHA256",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_KECCAK256",
        "ED25519",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void acceptsTheSignatureAlone(SigningAlgorithm algorithm) {
    try (LocalKey key = key(algorithm)) {
      Verifier verifier = verifier(key);
      SignatureEncoding encoding = algorithm.defaultEncoding();
      byte[] signature = key.sign(MESSAGE).toByteArray();

      assertThat(verifier.verify(MESSAGE, Bytes.of(signature), encoding)).isTrue();
      assertThat(verifier.verify(Message.ofUtf8("pay 8"), Bytes.of(signature), encoding)).isFalse();
      for (int at = 0; at < signature.length; at++) {
        byte[] changed = signature.clone();
        changed[at] ^= 1;
        assertThat(verifier.verify(MESSAGE, Bytes.of(changed), encoding)).as("at %d", at).isFalse();
      }
      for (int length : new int[] {0, signature.length - 1, signature.length + 1}) {
        Bytes other = Bytes.of(Arrays.copyOf(signature, length));
        assertThat(verifier.verify(MESSAGE, other, encoding)).isFalse();
      }
      for (SignatureEncoding none : SignatureEncoding.values()) {
        if (!algorithm.hasEncoding(none)) {
          assertThatThrownBy(() -> verifier.verify(MESSAGE, Bytes.of(signature), none))
              .isInstanceOf(UsageException.class);
        }
      }
    }
  }

  @Test
  void takesADigestOfTheAlgorithmsOwnHash_andEd25519None() {
    Digest digest = Hashing.digest(DigestAlgorithm.SHA_256, MESSAGE);
    for (SigningAlgorithm algorithm :
        new SigningAlgorithm[] {
          SigningAlgorithm.ECDSA_P256_SHA256, SigningAlgorithm.RSA_PSS_2048_SHA256
        }) {
      try (LocalKey key = key(algorithm)) {
        assertThat(verifier(key).verify(digest, key.sign(MESSAGE), algorithm.defaultEncoding()))
            .isTrue();
      }
    }
    try (LocalKey key = key(SigningAlgorithm.ED25519)) {
      Bytes signature = key.sign(MESSAGE);
      assertThatThrownBy(() -> verifier(key).verify(digest, signature, SignatureEncoding.RAW))
          .isInstanceOf(UsageException.class);
    }
  }

  @Test
  void aHighSIsRefused_onSecp256k1Alone() {
    for (SigningAlgorithm algorithm :
        new SigningAlgorithm[] {
          SigningAlgorithm.ECDSA_SECP256K1_SHA256, SigningAlgorithm.ECDSA_P256_SHA256
        }) {
      try (LocalKey key = key(algorithm)) {
        Curve curve = Curve.of(algorithm);
        EcdsaValue value =
            EcdsaValue.read(curve, key.sign(MESSAGE), SignatureEncoding.DER).orElseThrow();
        EcdsaValue other = EcdsaValue.of(curve, value.r(), curve.order().subtract(value.s()));

        boolean both =
            verifier(key).verify(MESSAGE, other.signature(), SignatureEncoding.P1363)
                && verifier(key)
                    .verify(MESSAGE, value.write(SignatureEncoding.P1363), SignatureEncoding.P1363);
        assertThat(both).isEqualTo(algorithm == SigningAlgorithm.ECDSA_P256_SHA256);
      }
    }
  }

  /** The power of it and of the signature are the same. */
  @ParameterizedTest
  @EnumSource(names = {"RSA_PSS_2048_SHA256", "RSA_PKCS1_2048_SHA256"})
  void aNumberAboveTheModulusIsRefused(SigningAlgorithm algorithm) {
    try (LocalKey key = key(algorithm)) {
      BigInteger modulus = key.publicKey().orElseThrow().modulus();
      Message message = MESSAGE;
      BigInteger above = modulus.shiftLeft(1);
      for (int i = 0; above.bitLength() > 2048; i++) {
        message = Message.ofUtf8("message " + i);
        above = new BigInteger(1, key.sign(message).toByteArray()).add(modulus);
      }
      Bytes signature = Bytes.of(BigIntegers.asUnsignedByteArray(256, above));

      assertThat(verifier(key).verify(message, signature, SignatureEncoding.RAW)).isFalse();
    }
  }

  /** With the key d, the digest −rd makes u1 G + u2 Q the point at infinity. */
  @Test
  void aSignatureWhosePointIsAtInfinityHasNoRecoveryId_andIsNotValid() {
    SigningAlgorithm algorithm = SigningAlgorithm.ECDSA_SECP256K1_SHA256;
    Curve curve = Curve.SECP256K1;
    BigInteger d = BigInteger.valueOf(0x1234567);
    BigInteger r = BigInteger.TWO;
    PublicKeyInfo key =
        PublicKeyInfo.fromSpki(
            PublicKeys.spki(
                new ECPublicKeyParameters(
                    curve.domain().getG().multiply(d).normalize(), curve.domain()),
                algorithm),
            algorithm);
    Digest digest =
        new Digest(
            DigestAlgorithm.SHA_256,
            Bytes.of(
                BigIntegers.asUnsignedByteArray(32, r.multiply(d).negate().mod(curve.order()))));
    EcdsaValue value = EcdsaValue.of(curve, r, BigInteger.TEN);

    assertThat(RecoveryIds.of(key, digest.value().toByteArray(), value)).isEmpty();
    assertThat(verifier(key).verify(digest, value.signature(), SignatureEncoding.P1363)).isFalse();
  }

  /** The key (s R − e G) / r, whose signature (r, s) has the point R. */
  @ParameterizedTest
  @CsvSource({"false, 0, 0", "false, 1, 1", "true, 0, 2", "true, 1, 3"})
  void aRecoveryIdSaysWhichPointItWas(boolean aboveTheOrder, int parity, int id) {
    SigningAlgorithm algorithm = SigningAlgorithm.ECDSA_SECP256K1_SHA256;
    Curve curve = Curve.SECP256K1;
    BigInteger n = curve.order();
    ECPoint point = point(aboveTheOrder ? n : BigInteger.ZERO, parity);
    BigInteger r = point.getAffineXCoord().toBigInteger().mod(n);
    BigInteger inverse = r.modInverse(n);
    byte[] digest = Hashing.digest(DigestAlgorithm.SHA_256, MESSAGE).value().toByteArray();
    BigInteger e = new BigInteger(1, digest);
    ECPoint q =
        point
            .multiply(BigInteger.TEN.multiply(inverse).mod(n))
            .subtract(curve.domain().getG().multiply(e.multiply(inverse).mod(n)))
            .normalize();
    PublicKeyInfo key =
        PublicKeyInfo.fromSpki(
            PublicKeys.spki(new ECPublicKeyParameters(q, curve.domain()), algorithm), algorithm);

    assertThat(RecoveryIds.of(key, digest, EcdsaValue.of(curve, r, BigInteger.TEN))).hasValue(id);
    assertThat(RecoveryIds.of(key, digest, EcdsaValue.of(curve, r, BigInteger.TWO))).isEmpty();
  }

  /** The first above {@code least} that is on the curve. */
  private static ECPoint point(BigInteger least, int parity) {
    byte[] compressed = new byte[33];
    compressed[0] = (byte) (2 + parity);
    for (BigInteger x = least.add(BigInteger.ONE); ; x = x.add(BigInteger.ONE)) {
      BigIntegers.asUnsignedByteArray(x, compressed, 1, 32);
      try {
        return Curve.SECP256K1.domain().getCurve().decodePoint(compressed);
      } catch (IllegalArgumentException notOnTheCurve) {
        // The next one may be.
      }
    }
  }

  /** Its paddings are no part of ours. */
  @ParameterizedTest
  @CsvSource({
    "RSA_PKCS1_2048_SHA256, SHA256withRSA",
    "RSA_PKCS1_4096_SHA512, SHA512withRSA",
    "RSA_PSS_2048_SHA256, RSASSA-PSS"
  })
  void acceptsWhatTheJdkSigns(SigningAlgorithm algorithm, String scheme) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
    generator.initialize(algorithm.keyBits());
    KeyPair pair = generator.generateKeyPair();
    Signature signer = Signature.getInstance(scheme, "SunRsaSign");
    if (scheme.equals("RSASSA-PSS")) {
      signer.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signer.initSign(pair.getPrivate());
    signer.update(MESSAGE.toByteArray());

    assertThat(
            verifier(PublicKeyInfo.fromSpki(pair.getPublic().getEncoded(), algorithm))
                .verify(MESSAGE, Bytes.of(signer.sign()), SignatureEncoding.RAW))
        .isTrue();
  }

  private static LocalKey key(KeyAlgorithm algorithm) {
    return switch (algorithm.family()) {
      case RSA_PSS, RSA_PKCS1, RSA_OAEP ->
          LocalKey.decode(algorithm, SecretBytes.takeOver(rsa.clone()), RANDOM);
      default -> LocalKey.generate(algorithm, RANDOM);
    };
  }

  private static Verifier verifier(LocalKey key) {
    return verifier(key.publicKey().orElseThrow());
  }

  private static Verifier verifier(PublicKeyInfo info) {
    KeyAlgorithm algorithm = info.algorithm();
    byte[] spki = info.spki().toByteArray();
    return switch (algorithm.family()) {
      case ECDSA ->
          new EcdsaVerifier(algorithm, (ECPublicKeyParameters) PublicKeys.parse(spki, algorithm));
      case EDDSA -> EdDsaVerifier.of(info);
      default -> RsaVerifier.of(algorithm, (RSAKeyParameters) PublicKeys.parse(spki, algorithm));
    };
  }
}
