package dev.enclave.crypto;

import static dev.enclave.crypto.Errors.assertCode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.Bytes;
import dev.enclave.DigestAlgorithm;
import dev.enclave.KeyAlgorithm;
import dev.enclave.Message;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is and is not a public key, as DER and PEM. */
class PublicKeyTest {

  private static final SigningAlgorithm RSA = SigningAlgorithm.RSA_PSS_2048_SHA256;
  private static final ASN1ObjectIdentifier ED25519 = new ASN1ObjectIdentifier("1.3.101.112");

  static Stream<KeyAlgorithm> asymmetric() {
    return TestKeys.asymmetric();
  }

  static Stream<KeyAlgorithm> ecdsa() {
    return TestKeys.ecdsa();
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void readsItsOwnSpkiAndPem(KeyAlgorithm algorithm) {
    PublicKeyInfo key = publicKey(algorithm);
    assertThat(PublicKeyInfo.fromSpki(key.spki().toByteArray(), algorithm)).isEqualTo(key);
    assertThat(PublicKeyInfo.fromPem(key.toPem(), algorithm)).isEqualTo(key);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "\n%s ",
        "\ufeff%s",
        "Subject: CN=Alice\r\nIssuer: CN=Bob\r\n%s",
        "\ufeff# the key of -----Alice-----\n\n  %s\n\n"
      })
  void readsPemAfterExplanatoryText_withAnyLineEnds(String around) {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    String pem = key.toPem();
    for (String text : List.of(pem, pem.replace("\n", "\r\n"), pem.strip().replace("\n", " "))) {
      assertThat(PublicKeyInfo.fromPem(String.format(around, text), key.algorithm()))
          .isEqualTo(key);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x%s | holds no line BEGIN PUBLIC KEY",
        "%sx | goes on after its block",
        "%s%s | holds a second block",
        "'' | holds no line BEGIN PUBLIC KEY",
        "-----BEGIN PUBLIC KEY----- | is cut short",
        "-----BEGIN PUBLIC KEY-----*-----END PUBLIC KEY----- | is not base64",
        "-----BEGIN EC PRIVATE KEY----- | openssl pkey -in KEY -pubout",
        "-----BEGIN RSA PUBLIC KEY----- | openssl rsa -RSAPublicKey_in",
        "-----BEGIN CERTIFICATE REQUEST----- | openssl req",
        "-----BEGIN CMS----- | Pass one block"
      })
  void saysWhatElseAPemHolds(String text, String said) {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    String pem = text.replace("%s", key.toPem());
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> PublicKeyInfo.fromPem(pem, key.algorithm()))
        .withMessageContaining(said)
        .matches(e -> e.code() == ErrorCode.INVALID_PUBLIC_KEY);
  }

  @Test
  void refusesPemThatIsTooLong() {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    String most = " ".repeat(65_536 - key.toPem().length()) + key.toPem();
    assertThat(PublicKeyInfo.fromPem(most, key.algorithm())).isEqualTo(key);
    assertCode(
        ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromPem(" " + most, key.algorithm()));
  }

  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void takesTheKeyOutOfACertificate(@TempDir Path folder) {
    OpenSsl openssl = certificate(folder, "ec", "-pkeyopt", "ec_paramgen_curve:P-256");
    openssl.run(List.of("x509", "-in", "certificate", "-text", "-out", "described"));
    openssl.run(List.of("x509", "-in", "certificate", "-outform", "DER", "-out", "der"));
    openssl.run(List.of("pkey", "-in", "private", "-pubout", "-out", "public"));
    SigningAlgorithm p256 = SigningAlgorithm.ECDSA_P256_SHA256;
    PublicKeyInfo key = PublicKeyInfo.fromPem(text(openssl, "public"), p256);
    assertThat(PublicKeyInfo.fromPem(text(openssl, "certificate"), p256)).isEqualTo(key);
    assertThat(PublicKeyInfo.fromPem(text(openssl, "described"), p256)).isEqualTo(key);
    byte[] der = openssl.read("der");
    assertThat(PublicKeyInfo.fromCertificate(der, p256)).isEqualTo(key);
    for (int length = 0; length < der.length; length++) {
      byte[] cut = Arrays.copyOf(der, length);
      assertCode(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromCertificate(cut, p256));
    }
    byte[] more = Arrays.copyOf(der, der.length + 1);
    assertCode(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromCertificate(more, p256));
    assertCode(
        ErrorCode.INVALID_PUBLIC_KEY,
        () -> PublicKeyInfo.fromCertificate(der, SigningAlgorithm.ECDSA_P384_SHA384));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void takesTheKeyOutOfACertificateOfEachVersion_andOfNothingCutOrLonger(int version)
      throws Exception {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    byte[] der = signed(fields(version, key)).getEncoded();
    assertThat(PublicKeyInfo.fromCertificate(der, key.algorithm())).isEqualTo(key);
    for (int length = 0; length <= der.length + 1; length++) {
      if (length != der.length) {
        byte[] other = Arrays.copyOf(der, length);
        assertCode(
            ErrorCode.INVALID_PUBLIC_KEY,
            () -> PublicKeyInfo.fromCertificate(other, key.algorithm()));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, an element of tag 2 is missing",
    "1, it has no signature",
    "2, it has no issuer",
    "3, it has no validity",
    "4, it has no subject",
    "5, an element of tag 48 is missing"
  })
  void saysWhatACertificateLacks(int field, String said) throws Exception {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    List<ASN1Encodable> fields = fields(1, key);
    fields.set(field, DERNull.INSTANCE);
    assertNoCertificate(signed(fields), said);
  }

  @Test
  void refusesACertificateWithoutItsSignature_orWithMoreBehindIt() throws Exception {
    ASN1Sequence whole = signed(fields(3, publicKey(SigningAlgorithm.ED25519)));
    ASN1Encodable body = whole.getObjectAt(0);
    ASN1Encodable algorithm = whole.getObjectAt(1);
    ASN1Encodable signature = whole.getObjectAt(2);
    assertNoCertificate(sequence(body, signature), "it has no signatureAlgorithm");
    assertNoCertificate(sequence(body, algorithm), "an element of tag 3 is missing");
    assertNoCertificate(
        sequence(body, algorithm, signature, DERNull.INSTANCE), "2 bytes follow the last element");
  }

  /** What a TBSCertificate has (RFC 5280 §4.1), of version 1 or with a version. */
  private static List<ASN1Encodable> fields(int version, PublicKeyInfo key) throws Exception {
    ASN1Sequence algorithm = sequence(ED25519);
    ASN1Sequence name = sequence();
    List<ASN1Encodable> fields = new ArrayList<>();
    if (version > 1) {
      fields.add(new DERTaggedObject(0, new ASN1Integer(version - 1)));
    }
    fields.add(new ASN1Integer(7));
    fields.addAll(List.of(algorithm, name, sequence(), name));
    fields.add(ASN1Primitive.fromByteArray(key.spki().toByteArray()));
    return fields;
  }

  private static ASN1Sequence signed(List<ASN1Encodable> fields) {
    return sequence(
        sequence(fields.toArray(ASN1Encodable[]::new)),
        sequence(ED25519),
        new DERBitString(new byte[64]));
  }

  private static ASN1Sequence sequence(ASN1Encodable... elements) {
    return new DERSequence(elements);
  }

  private static void assertNoCertificate(ASN1Sequence asn1, String why) throws Exception {
    byte[] der = asn1.getEncoded();
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> PublicKeyInfo.fromCertificate(der, SigningAlgorithm.ED25519))
        .withMessageContaining(why)
        .matches(e -> e.code() == ErrorCode.INVALID_PUBLIC_KEY);
  }

  /** RFC 4055 §3.1: a key under id-RSASSA-PSS is for the parameters beside it, or any. */
  @Tag("needs-openssl")
  @Tag("full")
  @ParameterizedTest
  @CsvSource({
    "'', true",
    "sha256 sha256 32, true",
    "sha256 sha256 20, true",
    "sha256 sha256 0, true",
    "sha256 sha256 33, false",
    "sha256 sha1 32, false",
    "sha384 sha384 32, false",
    "sha1 sha1 20, false"
  })
  void readsAKeyForRsaPssAlone_whereItsParametersAllowTheAlgorithm(
      String parameters, boolean allowed, @TempDir Path folder) {
    List<String> options = new ArrayList<>();
    if (!parameters.isEmpty()) {
      String[] parts = parameters.split(" ", -1);
      options.addAll(List.of("-pkeyopt", "rsa_pss_keygen_md:" + parts[0]));
      options.addAll(List.of("-pkeyopt", "rsa_pss_keygen_mgf1_md:" + parts[1]));
      options.addAll(List.of("-pkeyopt", "rsa_pss_keygen_saltlen:" + parts[2]));
    }
    OpenSsl openssl = new OpenSsl(folder);
    openssl.run(
        Stream.concat(
                Stream.of("genpkey", "-algorithm", "RSA-PSS", "-out", "private"), options.stream())
            .toList());
    openssl.run(List.of("pkey", "-in", "private", "-pubout", "-out", "public"));
    String pem = text(openssl, "public");
    if (allowed) {
      PublicKeyInfo key = PublicKeyInfo.fromPem(pem, RSA);
      assertThat(key.spki().toHex()).contains("300d06092a864886f70d0101010500");
    } else {
      assertRefusedPss(pem, RSA, "restricted to other parameters of RSASSA-PSS");
    }
    assertRefusedPss(pem, SigningAlgorithm.RSA_PKCS1_2048_SHA256, "is for RSASSA-PSS alone");
  }

  @Test
  void readsAKeyForRsaPssWithoutParameters_forNoOtherPadding() throws Exception {
    PublicKeyInfo key = publicKey(RSA);
    byte[] pss =
        new SubjectPublicKeyInfo(
                new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSASSA_PSS),
                new RSAPublicKey(key.modulus(), key.publicExponent()))
            .getEncoded();
    assertThat(PublicKeyInfo.fromSpki(pss, RSA)).isEqualTo(key);
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> PublicKeyInfo.fromSpki(pss, SigningAlgorithm.RSA_PKCS1_2048_SHA256))
        .withMessageContaining("is for RSASSA-PSS alone")
        .matches(e -> e.code() == ErrorCode.INVALID_PUBLIC_KEY);
  }

  private static void assertRefusedPss(String pem, KeyAlgorithm algorithm, String why) {
    assertThatExceptionOfType(UsageException.class)
        .isThrownBy(() -> PublicKeyInfo.fromPem(pem, algorithm))
        .withMessageContaining(why)
        .withMessageContaining("convert the key to rsaEncryption")
        .matches(e -> e.code() == ErrorCode.INVALID_PUBLIC_KEY);
  }

  private static OpenSsl certificate(Path folder, String newKey, String... options) {
    OpenSsl openssl = new OpenSsl(folder);
    openssl.run(
        plus(
            List.of("req", "-x509", "-nodes", "-subj", "/CN=Alice", "-newkey", newKey),
            Stream.concat(
                    Stream.of(options), Stream.of("-keyout", "private", "-out", "certificate"))
                .toArray(String[]::new)));
    return openssl;
  }

  private static String text(OpenSsl openssl, String file) {
    return new String(openssl.read(file), StandardCharsets.UTF_8);
  }

  @Test
  void fingerprintIsSha256OverTheSpki() {
    PublicKeyInfo key = publicKey(SigningAlgorithm.ED25519);
    assertThat(key.fingerprint().value())
        .isEqualTo(
            Hashing.digest(DigestAlgorithm.SHA_256, Message.of(key.spki().toByteArray())).value());
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void refusesTrailingAndMissingBytes(KeyAlgorithm algorithm) {
    byte[] spki = publicKey(algorithm).spki().toByteArray();
    for (int length : List.of(0, 1, 2, spki.length - 1, spki.length + 1)) {
      assertInvalid(Arrays.copyOf(spki, length), algorithm);
    }
  }

  @ParameterizedTest
  @MethodSource("asymmetric")
  void refusesTheKeyOfAnotherCurveOrSize(KeyAlgorithm algorithm) {
    TestKeys.asymmetric()
        .filter(
            other ->
                !other.curve().equals(algorithm.curve()) || other.keyBits() != algorithm.keyBits())
        .forEach(other -> assertInvalid(publicKey(other).spki().toByteArray(), algorithm));
  }

  @Test
  void refusesAnyKey_forASecretAlgorithm() {
    assertInvalid(
        publicKey(SigningAlgorithm.ED25519).spki().toByteArray(), WrappingAlgorithm.AES_256_GCM);
  }

  @ParameterizedTest
  @MethodSource("ecdsa")
  void refusesAPointOffTheCurve(KeyAlgorithm algorithm) {
    byte[] spki = publicKey(algorithm).spki().toByteArray();
    spki[spki.length - 1] ^= 1;
    assertInvalid(spki, algorithm);
  }

  @ParameterizedTest
  @MethodSource("ecdsa")
  void refusesAHybridPoint(KeyAlgorithm algorithm) {
    byte[] spki = publicKey(algorithm).spki().toByteArray();
    int prefix = spki.length - 1 - 2 * ((algorithm.keyBits() + 7) / 8);
    spki[prefix] = (byte) (6 + (spki[spki.length - 1] & 1));
    assertInvalid(spki, algorithm);
  }

  @ParameterizedTest
  @MethodSource("ecdsa")
  void uncompressesAPoint_ofTheRightLengthAndSign(KeyAlgorithm algorithm) throws Exception {
    PublicKeyInfo key = publicKey(algorithm);
    byte[] point = key.compressedPoint().toByteArray();
    assertThat(PublicKeyInfo.fromSpki(withPoint(key, point), algorithm)).isEqualTo(key);
    for (int length : List.of(0, 1, point.length - 1, point.length + 1)) {
      assertInvalid(withPoint(key, Arrays.copyOf(point, length)), algorithm);
    }
    point[0] ^= 1;
    assertThat(PublicKeyInfo.fromSpki(withPoint(key, point), algorithm).uncompressedPoint())
        .isNotEqualTo(key.uncompressedPoint());
    for (int form : List.of(0, 1, 4, 5)) {
      point[0] = (byte) form;
      assertInvalid(withPoint(key, point), algorithm);
    }
  }

  private static byte[] withPoint(PublicKeyInfo key, byte[] point) throws Exception {
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(key.spki().toByteArray());
    return new SubjectPublicKeyInfo(info.getAlgorithm(), point).getEncoded();
  }

  @Tag("needs-openssl")
  @Tag("full")
  @ParameterizedTest
  @MethodSource("ecdsa")
  void refusesExplicitParameters_andUncompressesPoints(
      KeyAlgorithm algorithm, @TempDir Path folder) {
    PublicKeyInfo key = publicKey(algorithm);
    OpenSsl openssl = new OpenSsl(folder).write("public", key.spki().toByteArray());
    List<String> conversion =
        List.of("ec", "-pubin", "-inform", "DER", "-in", "public", "-outform", "DER");
    openssl.run(plus(conversion, "-conv_form", "compressed", "-out", "compressed"));
    openssl.run(plus(conversion, "-param_enc", "explicit", "-out", "explicit"));
    assertThat(openssl.read("compressed")).hasSizeLessThan(key.spki().size());
    assertThat(PublicKeyInfo.fromSpki(openssl.read("compressed"), algorithm)).isEqualTo(key);
    assertInvalid(openssl.read("explicit"), algorithm);
  }

  private static List<String> plus(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Stream.of(more)).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // The neutral element, a point of order 2, one of order 8, y = p + 1, and no point at all.
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void refusesEd25519PointsOfSmallOrderAndNonCanonicalOnes(String point) {
    assertInvalid(
        Bytes.ofHex("302a300506032b6570032100" + point).toByteArray(), SigningAlgorithm.ED25519);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 65535, 65536, 65538})
  void refusesTinyAndEvenRsaExponents(long exponent) throws Exception {
    assertInvalid(rsa(modulus(), BigInteger.valueOf(exponent)), RSA);
  }

  @Test
  void refusesAnRsaExponentAbove256Bits() throws Exception {
    BigInteger greatest = BigInteger.ONE.shiftLeft(256).subtract(BigInteger.ONE);
    assertThat(PublicKeyInfo.fromSpki(rsa(modulus(), greatest), RSA).publicExponent())
        .isEqualTo(greatest);
    assertInvalid(rsa(modulus(), greatest.add(BigInteger.TWO)), RSA);
  }

  @Test
  void refusesAnRsaModulusThatIsEvenOrPrimeOrOfAnotherLength() throws Exception {
    BigInteger e = BigInteger.valueOf(65537);
    assertInvalid(rsa(modulus().subtract(BigInteger.ONE), e), RSA);
    assertInvalid(rsa(modulus().shiftRight(1).setBit(0), e), RSA);
    assertInvalid(rsa(modulus().shiftLeft(1).setBit(0), e), RSA);
    assertInvalid(rsa(BigInteger.probablePrime(2048, TestKeys.RANDOM), e), RSA);
    assertInvalid(rsa(modulus().negate(), e), RSA);
  }

  /** Fermat's method finds two primes in few rounds that have about the first half in common. */
  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "510, true", "515, true", "600, false", "1000, false"})
  void refusesAnRsaModulusOfPrimesTooCloseTogether(int distanceBits, boolean refused)
      throws Exception {
    BigInteger p = BigInteger.valueOf(15).shiftLeft(1020).nextProbablePrime();
    BigInteger q = distanceBits == 0 ? p : p.setBit(distanceBits).nextProbablePrime();
    byte[] spki = rsa(p.multiply(q), BigInteger.valueOf(65537));
    if (refused) {
      assertThatExceptionOfType(UsageException.class)
          .isThrownBy(() -> PublicKeyInfo.fromSpki(spki, RSA))
          .withMessageContaining("found in 100 rounds of Fermat's method")
          .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PUBLIC_KEY));
    } else {
      assertThat(PublicKeyInfo.fromSpki(spki, RSA).modulus()).isEqualTo(p.multiply(q));
    }
  }

  @Test
  void refusesRsaKeysWithoutTheNullParameter() {
    byte[] spki = publicKey(RSA).spki().toByteArray();
    byte[] pkcs1 = Arrays.copyOfRange(spki, 19, spki.length);
    String bitString = Bytes.of(pkcs1).toHex();
    assertInvalid(
        Bytes.ofHex("30820120" + "300b06092a864886f70d010101" + bitString).toByteArray(), RSA);
    assertThat(
            PublicKeyInfo.fromSpki(
                    Bytes.ofHex("30820122" + "300d06092a864886f70d0101010500" + bitString)
                        .toByteArray(),
                    RSA)
                .spki())
        .isEqualTo(Bytes.of(spki));
  }

  @Test
  void refusesAnElementTooMany_inTheKeyAndBehindIt() throws Exception {
    ASN1Encodable identifier =
        SubjectPublicKeyInfo.getInstance(publicKey(RSA).spki().toByteArray()).getAlgorithm();
    ASN1Encodable modulus = new ASN1Integer(modulus());
    ASN1Encodable exponent = new ASN1Integer(65537);
    ASN1Encodable more = DERNull.INSTANCE;
    byte[] key = sequence(modulus, exponent).getEncoded();
    byte[] withMore = sequence(modulus, exponent, more).getEncoded();
    byte[] followed = Bytes.ofHex(Bytes.of(key).toHex() + "0500").toByteArray();
    assertThat(
            PublicKeyInfo.fromSpki(sequence(identifier, new DERBitString(key)).getEncoded(), RSA))
        .isEqualTo(publicKey(RSA));
    assertInvalid(sequence(identifier, new DERBitString(key), more).getEncoded(), RSA);
    assertInvalid(sequence(identifier, new DERBitString(withMore)).getEncoded(), RSA);
    assertInvalid(sequence(identifier, new DERBitString(followed)).getEncoded(), RSA);
  }

  private static byte[] rsa(BigInteger modulus, BigInteger exponent) throws Exception {
    return RsaSpki.of(Bytes.of(new RSAPublicKey(modulus, exponent).getEncoded()));
  }

  private static BigInteger modulus() {
    byte[] spki = publicKey(RSA).spki().toByteArray();
    return RSAPublicKey.getInstance(Arrays.copyOfRange(spki, 24, spki.length)).getModulus();
  }

  private static PublicKeyInfo publicKey(KeyAlgorithm algorithm) {
    return TestKeys.of(algorithm).publicKey().orElseThrow();
  }

  private static void assertInvalid(byte[] spki, KeyAlgorithm algorithm) {
    assertCode(ErrorCode.INVALID_PUBLIC_KEY, () -> PublicKeyInfo.fromSpki(spki, algorithm));
  }
}
