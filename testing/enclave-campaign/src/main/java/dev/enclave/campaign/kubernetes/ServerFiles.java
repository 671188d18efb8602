package dev.enclave.campaign.kubernetes;

import dev.enclave.emulators.internal.http.ServerCertificate;
import dev.enclave.emulators.internal.x509.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one API server: what it is configured with, and what it and etcd write.
 *
 * @param folder readable by this user only
 * @param certificate of the server; its own authority
 * @param adminToken the bearer token of a caller who may do everything
 */
record ServerFiles(Path folder, ServerCertificate certificate, String adminToken) {

  private static final int AES_KEY_BYTES = 32;
  private static final int TOKEN_BYTES = 24;

  /**
   * Bodies are logged, but for what carries a secret: of Secrets, and of what answers with a token
   * or is asked about one, only who did what to which object, and with what result.
   */
  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: Metadata
        resources:
        - {group: "", resources: [secrets, serviceaccounts/token]}
        - {group: authentication.k8s.io, resources: [tokenreviews]}
      - level: None
        nonResourceURLs: ["/readyz*"]
      - level: Request
      """;

  private static final String ENCRYPTION =
      """
      apiVersion: apiserver.config.k8s.io/v1
      kind: EncryptionConfiguration
      resources:
      - resources: [secrets]
        providers:
        - aescbc: {keys: [{name: first, secret: "%s"}]}
        - identity: {}
      """;

  /** A new folder with new keys. */
  static ServerFiles create() throws IOException {
    SecureRandom random = new SecureRandom();
    Path folder = Files.createTempDirectory("enclave-kube-apiserver");
    ServerFiles files = new ServerFiles(folder, ServerCertificate.generate(random), token(random));
    files.write(random);
    return files;
  }

  private static String token(SecureRandom random) {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    return HexFormat.of().formatHex(token);
  }

  private void write(SecureRandom random) throws IOException {
    write("server.crt", certificate.pem());
    write("server.key", Pem.privateKey(certificate.privateKey().getEncoded()));
    KeyPair accounts = keyPair(random);
    write("accounts.pub", Pem.publicKey(accounts.getPublic().getEncoded()));
    write("accounts.key", Pem.privateKey(accounts.getPrivate().getEncoded()));
    write("tokens.csv", adminToken + ",admin,admin,system:masters\n");
    byte[] key = new byte[AES_KEY_BYTES];
    random.nextBytes(key);
    write("encryption.yaml", ENCRYPTION.formatted(Base64.getEncoder().encodeToString(key)));
    write("audit.yaml", AUDIT_POLICY);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static KeyPair keyPair(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime makes no key on P-256.");
    }
  }

  /** Removes the folder. */
  void delete() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  Path auditLog() {
    return folder.resolve("audit.log");
  }

  Path etcdData() {
    return folder.resolve("etcd");
  }

  Path log(String program) {
    return folder.resolve(program + ".log");
  }

  List<String> etcd(int clients, int peers) {
    String client = "http://" + ApiServer.HOST + ":" + clients;
    String peer = "http://" + ApiServer.HOST + ":" + peers;
    return List.of(
        "etcd",
        "--name=only",
        "--data-dir=" + etcdData(),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=only=" + peer,
        // What a power failure leaves is not tested here.
        "--unsafe-no-fsync",
        "--log-level=warn");
  }

  List<String> apiServer(Path program, int port, int etcd) {
    return List.of(
        program.toString(),
        "--bind-address=" + ApiServer.HOST,
        // Not the machine's, which has none while it is in no network. RFC 5737: nobody's.
        "--advertise-address=192.0.2.1",
        "--secure-port=" + port,
        "--etcd-servers=http://" + ApiServer.HOST + ":" + etcd,
        "--tls-cert-file=" + folder.resolve("server.crt"),
        "--tls-private-key-file=" + folder.resolve("server.key"),
        "--cert-dir=" + folder,
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--anonymous-auth=false",
        "--authorization-mode=RBAC",
        "--service-account-issuer=" + ApiServer.ISSUER,
        "--service-account-key-file=" + folder.resolve("accounts.pub"),
        "--service-account-signing-key-file=" + folder.resolve("accounts.key"),
        "--encryption-provider-config=" + folder.resolve("encryption.yaml"),
        "--audit-policy-file=" + folder.resolve("audit.yaml"),
        "--audit-log-path=" + auditLog(),
        "--service-cluster-ip-range=10.96.0.0/24",
        // There is one server, on loopback, which no pod reaches.
        "--endpoint-reconciler-type=none",
        "--profiling=false");
  }
}
