package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.processes.Ended;
import dev.enclave.testkit.InMemoryEnclave;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSL and the JDK read and verify what keys sign of themselves. */
class CertificatesTest {

  static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");

  /** A century: no test is to end with its certificate. */
  static final Duration VALIDITY = Duration.ofDays(36_500);

  private static final CertificateSubject SUBJECT =
      CertificateSubject.named("CN=wallet.example.com,O=Example")
          .dns("wallet.example.com", "*.example.com")
          .ip("127.0.0.1", "::1");

  private static final Enclave ENCLAVE = InMemoryEnclave.open();

  @AfterAll
  static void close() {
    ENCLAVE.close();
  }

  private static EnclavePrivateKey key(SigningAlgorithm algorithm) {
    String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return EnclavePrivateKey.of(ENCLAVE.ensureKey(KeySpec.named(name).algorithm(algorithm)));
  }

  @Tag("needs-openssl")
  @Tag("full")
  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_SHA256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void aRequest_isVerifiedByOpenSsl(SigningAlgorithm algorithm, @TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("request.pem");

    Files.writeString(file, Certificates.request(key(algorithm), SUBJECT));

    String read =
        Ended.run("openssl", "req", "-in", file.toString(), "-verify", "-noout", "-text")
            .succeeded();
    assertThat(read)
        .contains("self-signature verify OK")
        .contains("DNS:wallet.example.com, DNS:*.example.com, IP Address:127.0.0.1")
        .containsPattern("O ?= ?Example");
  }

  @Tag("needs-openssl")
  @Tag("full")
  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {
        "ED25519",
        "ECDSA_P256_SHA256",
        "ECDSA_P384_SHA384",
        "ECDSA_P521_SHA512",
        "ECDSA_SECP256K1_SHA256",
        "RSA_PSS_2048_SHA256",
        "RSA_PKCS1_2048_SHA256"
      })
  void aSelfSignedCertificate_isVerifiedByOpenSslAndTheJdk(
      SigningAlgorithm algorithm, @TempDir Path folder) throws Exception {
    EnclavePrivateKey key = key(algorithm);

    X509Certificate certificate = Certificates.selfSigned(key, SUBJECT, FROM, VALIDITY);

    String file = write(folder, certificate);
    assertThat(
            Ended.run("openssl", "verify", "-check_ss_sig", "-x509_strict", "-CAfile", file, file)
                .succeeded())
        .contains(": OK");
    assertThat(certificate.getPublicKey().getEncoded()).isEqualTo(key.publicKey().getEncoded());
    assertThat(certificate.getNotBefore()).isEqualTo(Date.from(FROM));
    assertThat(certificate.getNotAfter()).isEqualTo(Date.from(FROM.plus(VALIDITY)));
    assertThat(certificate.getSubjectAlternativeNames()).hasSize(4);
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getSerialNumber().signum()).isPositive();
    assertThat(certificate.getSerialNumber().bitLength()).isLessThan(160);
    if (!algorithm.curve().filter("secp256k1"::equals).isPresent()) {
      certificate.verify(key.publicKey());
    }
  }

  private static String write(Path folder, X509Certificate certificate) throws Exception {
    return Files.writeString(
            folder.resolve("certificate.pem"), Pem.block(Pem.CERTIFICATE, certificate.getEncoded()))
        .toString();
  }

  /** RFC 5280 §4.1.2.4 and §4.2.1.6. */
  @Tag("needs-openssl")
  @Tag("full")
  @Test
  void aRequestWithoutAName_hasCriticalAlternativeNames_andACertificateNeedsOne(
      @TempDir Path folder) throws Exception {
    EnclavePrivateKey key = key(SigningAlgorithm.ED25519);
    CertificateSubject unnamed = CertificateSubject.named("").dns("wallet.example.com");
    Path file = folder.resolve("request.pem");
    Files.writeString(file, Certificates.request(key, unnamed));

    assertThat(Ended.run("openssl", "req", "-in", file.toString(), "-noout", "-text").succeeded())
        .contains("X509v3 Subject Alternative Name: critical");
    assertThatThrownBy(() -> Certificates.selfSigned(key, unnamed, FROM, VALIDITY))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("CN=");
  }

  @Test
  void certificatesOfTwoMomentsAndKeys_haveSerialsOfTheirOwn() {
    EnclavePrivateKey key = key(SigningAlgorithm.ED25519);
    EnclavePrivateKey other =
        EnclavePrivateKey.of(
            ENCLAVE.createKey(KeySpec.named("other").algorithm(SigningAlgorithm.ED25519)));

    assertThat(
            List.of(
                Certificates.selfSigned(key, SUBJECT, FROM, VALIDITY).getSerialNumber(),
                Certificates.selfSigned(key, SUBJECT, FROM.plusSeconds(1), VALIDITY)
                    .getSerialNumber(),
                Certificates.selfSigned(other, SUBJECT, FROM, VALIDITY).getSerialNumber()))
        .doesNotHaveDuplicates();
  }

  @Test
  void keccak_hasNoNameInX509() {
    EnclavePrivateKey key = key(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256);

    assertThatThrownBy(() -> Certificates.request(key, SUBJECT))
        .isInstanceOfSatisfying(
            UsageException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_ALGORITHM))
        .hasMessageContaining("ECDSA_P256_SHA256");
  }

  @Test
  void anEmptyValidity_isRefused() {
    EnclavePrivateKey key = key(SigningAlgorithm.ED25519);

    assertThatThrownBy(() -> Certificates.selfSigned(key, SUBJECT, FROM, Duration.ZERO))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("validity");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "wallet example", "wallet.example.com\n", "-a", "büro.example"})
  void aMalformedDnsName_isRefused(String name) {
    assertThatThrownBy(() -> CertificateSubject.named("CN=a").dns(name))
        .isInstanceOf(UsageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "12345::", "::1/64", "localhost"})
  void aMalformedAddress_isRefused(String address) {
    assertThatThrownBy(() -> CertificateSubject.named("CN=a").ip(address))
        .isInstanceOf(UsageException.class);
  }

  @Test
  void aMalformedDistinguishedName_isRefused() {
    assertThatThrownBy(() -> CertificateSubject.named("wallet"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("CN=");
  }
}
