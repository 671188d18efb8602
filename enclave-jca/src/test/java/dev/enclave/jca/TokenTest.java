package dev.enclave.jca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.processes.SoftHsm;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Security;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.bouncycastle.asn1.ASN1Integer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Keys that Enclave has made in a token of SoftHSM's: for programs that know the JCA alone, and
 * beside the JDK's own provider for the same token.
 */
@Tag("full")
@Tag("needs-softhsm")
class TokenTest {

  private static final Map<SigningAlgorithm, String> SIGNATURES =
      new TreeMap<>(
          Map.of(
              SigningAlgorithm.ED25519, "Ed25519",
              SigningAlgorithm.ECDSA_P256_SHA256, "SHA256withECDSA",
              SigningAlgorithm.RSA_PKCS1_2048_SHA256, "SHA256withRSA"));

  private static final String LABEL = "wallet";
  private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

  private static final long CKO_CERTIFICATE = 0x1;
  private static final long CKA_CERTIFICATE_TYPE = 0x80;
  private static final long CKA_ISSUER = 0x81;
  private static final long CKA_SERIAL_NUMBER = 0x82;
  private static final long CKA_SUBJECT = 0x101;

  @TempDir private static Path folder = Path.of("");

  private static SoftHsm softHsm;
  private static Enclave enclave;
  private static CertificateChains chains;

  @BeforeAll
  static void makeKeys() throws Exception {
    softHsm = SoftHsm.in(folder);
    softHsm.token(LABEL);
    Path pin =
        Files.createFile(
            folder.resolve("pin"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(pin, SoftHsm.PIN);
    Files.writeString(
        folder.resolve("enclave.properties"),
        "enclave.environment=local\nenclave.backend=pkcs11\nenclave.pkcs11.uri=pkcs11:token="
            + (LABEL + "?module-path=" + SoftHsm.library())
            + ("\nenclave.pkcs11.pin-file=" + pin)
            + ("\nenclave.pkcs11.lock-directory=" + folder.resolve("locks"))
            + ("\nenclave.audit.directory=" + folder.resolve("audit\n")));
    enclave = EnclaveFactory.builder().configFile(folder.resolve("enclave.properties")).open();
    chains = CertificateChains.none();
    for (SigningAlgorithm algorithm : SIGNATURES.keySet()) {
      SigningKey key = key(enclave, algorithm);
      X509Certificate certificate =
          Certificates.selfSigned(
              EnclavePrivateKey.of(key),
              CertificateSubject.named("CN=releases"),
              CertificatesTest.FROM,
              CertificatesTest.VALIDITY);
      chains = chains.with(name(algorithm), List.of(certificate));
      place(name(algorithm), certificate);
    }
    Files.writeString(folder.resolve("chains.pem"), chains.toPem());
  }

  @AfterAll
  static void close() {
    Security.removeProvider(EnclaveProvider.NAME);
    enclave.close();
  }

  static SigningKey key(Enclave enclave, SigningAlgorithm algorithm) {
    return enclave.ensureKey(KeySpec.named(name(algorithm)).algorithm(algorithm));
  }

  static String name(SigningAlgorithm algorithm) {
    return scheme(algorithm).toLowerCase(Locale.ROOT);
  }

  /** What the JCA calls it. */
  static String scheme(SigningAlgorithm algorithm) {
    return SIGNATURES.getOrDefault(algorithm, "");
  }

  /** SunPKCS11 shows keys that have a certificate with the same CKA_ID. */
  private static void place(String name, X509Certificate certificate) throws Exception {
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library())) {
      for (long slot : module.slots(true)) {
        if (module.tokenInfo(slot).label().equals(LABEL)) {
          try (Session session = module.openSession(slot, true)) {
            List<Long> found =
                session.find(
                    new Attributes()
                        .with(Ck.CKA_CLASS, Ck.CKO_PRIVATE_KEY)
                        .with(Ck.CKA_LABEL, name));
            assertThat(found).hasSize(1);
            byte[] id = session.attributes(found.get(0), Ck.CKA_ID).bytes(Ck.CKA_ID).orElseThrow();
            byte[] subject = certificate.getSubjectX500Principal().getEncoded();
            session.createObject(
                new Attributes()
                    .with(Ck.CKA_CLASS, CKO_CERTIFICATE)
                    .with(CKA_CERTIFICATE_TYPE, 0L)
                    .with(Ck.CKA_TOKEN, true)
                    .with(Ck.CKA_LABEL, name)
                    .with(Ck.CKA_ID, id)
                    .with(CKA_SUBJECT, subject)
                    .with(CKA_ISSUER, subject)
                    .with(CKA_SERIAL_NUMBER, derInteger(certificate))
                    .with(Ck.CKA_VALUE, certificate.getEncoded()));
          }
        }
      }
    }
  }

  private static byte[] derInteger(X509Certificate certificate) throws Exception {
    return new ASN1Integer(certificate.getSerialNumber()).getEncoded();
  }

  @ParameterizedTest
  @EnumSource(
      value = SigningAlgorithm.class,
      names = {"ED25519", "ECDSA_P256_SHA256", "RSA_PKCS1_2048_SHA256"})
  void signs(SigningAlgorithm algorithm) throws Exception {
    EnclavePrivateKey key = EnclavePrivateKey.of(key(enclave, algorithm));
    Signature signer = Signature.getInstance(scheme(algorithm), new EnclaveProvider());
    signer.initSign(key);
    signer.update(MESSAGE);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(scheme(algorithm));
    verifier.initVerify(key.publicKey());
    verifier.update(MESSAGE);
    assertThat(verifier.verify(signature)).isTrue();
  }

  @Test
  void servesTls13() throws Exception {
    Security.addProvider(new EnclaveProvider());
    SigningKey key = key(enclave, SigningAlgorithm.ECDSA_P256_SHA256);
    EnclaveKeyManager keys =
        EnclaveKeyManager.of(key, CertificateSource.of(chains), Clock.systemUTC());
    TlsPeers.Handshake handshake =
        TlsPeers.Handshake.of(keys.sslContext(), TlsPeers.anonymous(), "TLSv1.3", false);
    assertThat(handshake.failure()).isEmpty();
    assertThat(handshake.server().map(X509Certificate::getPublicKey))
        .contains(key.publicKey().toPublicKey());
  }

  @Test
  void signsAJar() throws Exception {
    Path unsigned = folder.resolve("unsigned.jar");
    try (OutputStream file = Files.newOutputStream(unsigned);
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("wallet.txt"));
      jar.write(MESSAGE);
    }
    Path signed = folder.resolve("signed.jar");
    Programs.jdk(
            "jarsigner",
            softHsm.variables(),
            List.of(
                "-keystore",
                folder.resolve("chains.pem").toString(),
                "-storetype",
                "Enclave",
                "-storepass",
                "ignored",
                "-providerClass",
                EnclaveProvider.class.getName(),
                "-providerArg",
                folder.resolve("enclave.properties").toString(),
                "-sigalg",
                "SHA256withECDSA",
                "-signedjar",
                signed.toString(),
                unsigned.toString(),
                name(SigningAlgorithm.ECDSA_P256_SHA256)))
        .succeeded();
    assertThat(
            Programs.jdk("jarsigner", List.of("-verify", "-verbose", signed.toString()))
                .succeeded())
        .contains("jar verified.")
        .doesNotContain("jar is unsigned");
  }

  /**
   * SunPKCS11 has no EdDSA. Who has initialised the library finalises it: where that was Enclave,
   * SunPKCS11 ends with it.
   */
  @ParameterizedTest
  @ValueSource(strings = {"sun", "enclave"})
  void signsBesideTheJdksOwnProvider_whoeverComesFirst(String first) throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
            JavaCommand.of(
                BesideSunPkcs11.class,
                first,
                folder.resolve("enclave.properties").toString(),
                SoftHsm.library().toString()));
    child.environment().putAll(softHsm.variables());
    assertThat(Ended.run(child).succeeded().lines())
        .containsSubsequence(
            "SHA256withECDSA of Enclave: true",
            "SHA256withECDSA of SunPKCS11: true",
            "SHA256withRSA of Enclave: true",
            "SHA256withRSA of SunPKCS11: true",
            "SunPKCS11 signs after Enclave is closed: " + first.equals("sun"));
  }
}
