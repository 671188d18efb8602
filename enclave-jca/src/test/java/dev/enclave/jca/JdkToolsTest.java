package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.processes.Ended;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** keytool and jarsigner of the JDK that runs the tests, with keys in files. */
@Tag("full")
class JdkToolsTest {

  private static Path folder;

  private static final List<SigningAlgorithm> ALGORITHMS =
      List.of(
          SigningAlgorithm.ED25519,
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_P384_SHA384,
          SigningAlgorithm.RSA_PKCS1_2048_SHA256,
          SigningAlgorithm.RSA_PSS_2048_SHA256);

  @BeforeAll
  static void makeKeys(@TempDir Path made) throws Exception {
    folder = made;
    Files.writeString(
        folder.resolve("enclave.properties"),
        "enclave.environment=local\nenclave.backend=software\nenclave.software.directory="
            + folder.resolve("keys")
            + "\nenclave.audit.directory="
            + folder.resolve("audit")
            + "\n");
    CertificateChains chains = CertificateChains.none();
    try (Enclave enclave =
        EnclaveFactory.builder().configFile(folder.resolve("enclave.properties")).open()) {
      for (SigningAlgorithm algorithm : ALGORITHMS) {
        SigningKey key = enclave.ensureKey(KeySpec.named(name(algorithm)).algorithm(algorithm));
        X509Certificate certificate =
            Certificates.selfSigned(
                EnclavePrivateKey.of(key),
                CertificateSubject.named("CN=releases"),
                CertificatesTest.FROM,
                CertificatesTest.VALIDITY);
        chains = chains.with(name(algorithm), List.of(certificate));
      }
    }
    Files.writeString(folder.resolve("chains.pem"), chains.toPem());
    try (OutputStream file = Files.newOutputStream(folder.resolve("unsigned.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("wallet.txt"));
      jar.write("wallet".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String name(SigningAlgorithm algorithm) {
    return algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Ended tool(String tool, String... arguments) throws Exception {
    List<String> all =
        new ArrayList<>(
            List.of(
                "-keystore", folder.resolve("chains.pem").toString(),
                "-storetype", "Enclave",
                "-storepass", "ignored",
                "-providerClass", EnclaveProvider.class.getName(),
                "-providerArg", folder.resolve("enclave.properties").toString()));
    all.addAll(tool.equals("keytool") ? 0 : all.size(), List.of(arguments));
    return Programs.jdk(tool, all);
  }

  @Test
  void keytool_listsKeysByTheirNames() throws Exception {
    String listed = tool("keytool", "-list").succeeded();

    assertThat(listed).contains("contains " + ALGORITHMS.size() + " entries");
    for (SigningAlgorithm algorithm : ALGORITHMS) {
      assertThat(listed).containsPattern(name(algorithm) + ", .*, PrivateKeyEntry");
    }
  }

  @Test
  void keytool_saysWhatIsMissing() throws Exception {
    assertThat(
            Programs.jdk(
                    "keytool",
                    List.of(
                        "-list",
                        "-keystore",
                        "NONE",
                        "-storetype",
                        "Enclave",
                        "-storepass",
                        "x",
                        "-providerClass",
                        EnclaveProvider.class.getName()))
                .failed())
        .contains("CONFIGURATION_MISSING")
        .contains("-providerArg");
  }

  /** Of itself keytool takes RSASSA-PKCS1-v1_5 for any RSA key, and SHA-384 on JDK 25. */
  @ParameterizedTest
  @CsvSource({"ECDSA_P256_SHA256,SHA256withECDSA", "RSA_PSS_2048_SHA256,RSASSA-PSS"})
  void keytool_requestsACertificate(SigningAlgorithm algorithm, String sigalg) throws Exception {
    Path request = folder.resolve(sigalg + ".csr");

    tool(
            "keytool",
            "-certreq",
            "-sigalg",
            sigalg,
            "-alias",
            name(algorithm),
            "-file",
            request.toString())
        .succeeded();

    try (PEMParser pem = new PEMParser(Files.newBufferedReader(request))) {
      PKCS10CertificationRequest read = (PKCS10CertificationRequest) pem.readObject();
      assertThat(
              read.isSignatureValid(
                  new JcaContentVerifierProviderBuilder()
                      .setProvider(new BouncyCastleProvider())
                      .build(read.getSubjectPublicKeyInfo())))
          .isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ED25519,Ed25519",
    "ECDSA_P256_SHA256,SHA256withECDSA",
    "ECDSA_P384_SHA384,SHA384withECDSA",
    "RSA_PKCS1_2048_SHA256,SHA256withRSA",
    "RSA_PSS_2048_SHA256,RSASSA-PSS"
  })
  void jarsigner_signs_andItsVerifierAccepts(SigningAlgorithm algorithm, String sigalg)
      throws Exception {
    Path signed = folder.resolve(sigalg + ".jar");

    tool(
            "jarsigner",
            "-sigalg",
            sigalg,
            "-signedjar",
            signed.toString(),
            folder.resolve("unsigned.jar").toString(),
            name(algorithm))
        .succeeded();

    assertThat(
            Programs.jdk("jarsigner", List.of("-verify", "-verbose", signed.toString()))
                .succeeded())
        .contains("jar verified.")
        .doesNotContain("jar is unsigned");
  }

  /**
   * The default of a JDK is a hash that the key may not have (SHA-384 for P-256 from JDK 19 on).
   */
  @Test
  void jarsigner_withAnotherHashThanTheKeys_saysSo() throws Exception {
    assertThat(
            tool(
                    "jarsigner",
                    "-sigalg",
                    "SHA384withECDSA",
                    "-signedjar",
                    folder.resolve("refused.jar").toString(),
                    folder.resolve("unsigned.jar").toString(),
                    name(SigningAlgorithm.ECDSA_P256_SHA256))
                .failed())
        .contains("one scheme and one hash")
        .contains("SHA256withECDSA");
  }
}
