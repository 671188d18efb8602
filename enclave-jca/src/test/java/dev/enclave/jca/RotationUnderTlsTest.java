package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.startup.EnclaveFactory;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A key in a cloud is rotated while TLS uses it. */
class RotationUnderTlsTest {

  private static final KeySpec<SigningKey> TLS =
      KeySpec.named("tls").algorithm(SigningAlgorithm.ECDSA_P256_SHA256);

  private final MutableClock clock = new MutableClock(Instant.now());
  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final Enclave enclave = open();
  private final SigningKey key = enclave.createKey(TLS);
  private final ManagedKey managed = enclave.admin().key("tls");
  private final EnclaveKeyManager keys =
      EnclaveKeyManager.of(key, TlsPeers.selfSigned(), clock::now);

  private Enclave open() {
    String endpoint = server.endpoint().toString();
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new AwsKmsBackendProvider())
        .with(new RecordingAuditSink())
        .with(clock)
        .config(
            new ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "development",
                    "enclave.backend",
                    "aws-kms",
                    "enclave.aws-kms.region",
                    server.region(),
                    "enclave.aws-kms.endpoint",
                    endpoint,
                    "enclave.aws-kms.sts-endpoint",
                    endpoint,
                    "enclave.aws-kms.access-key-id",
                    server.credentials().accessKeyId(),
                    "enclave.aws-kms.secret-access-key",
                    server.credentials().secretAccessKey())))
        .open();
  }

  @BeforeEach
  void register() {
    Security.addProvider(new EnclaveProvider());
  }

  @AfterEach
  void close() {
    Security.removeProvider(EnclaveProvider.NAME);
    enclave.close();
    server.close();
  }

  private String choose() {
    return String.valueOf(keys.chooseEngineServerAlias("EC", null, null));
  }

  private PrivateKey keyOf(String alias) {
    return Objects.requireNonNull(keys.getPrivateKey(alias));
  }

  private static byte[] sign(PrivateKey key) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSA", Oracle.ENCLAVE);
    signature.initSign(key);
    signature.update(new byte[] {1});
    return signature.sign();
  }

  private static boolean verifies(X509Certificate certificate, byte[] value) throws Exception {
    Signature signature = Signature.getInstance("SHA256withECDSA", "SunEC");
    signature.initVerify(certificate);
    signature.update(new byte[] {1});
    return signature.verify(value);
  }

  private X509Certificate certificateOf(String alias) {
    return Objects.requireNonNull(keys.getCertificateChain(alias))[0];
  }

  @Test
  void aHandshakeThatHasChosen_signsWithThatVersion_andTheNextChoosesTheNewOne() throws Exception {
    String chosen = choose();
    managed.rotate(RotationRequest.now());

    assertThat(verifies(certificateOf(chosen), sign(keyOf(chosen)))).isTrue();
    String next = choose();
    assertThat(next).isNotEqualTo(chosen).startsWith(key.signer().keyId() + "#");
    assertThat(verifies(certificateOf(next), sign(keyOf(next)))).isTrue();
    // One that is slow gets what it chose, also once the other was chosen.
    assertThat(verifies(certificateOf(chosen), sign(keyOf(chosen)))).isTrue();
  }

  @Test
  void aReplacedVersion_signsForTenSecondsAndNoLonger() throws Exception {
    PrivateKey chosen = keyOf(choose());
    managed.rotate(RotationRequest.now());
    clock.advance(Duration.ofMillis(9_999));
    sign(chosen);
    clock.advance(Duration.ofMillis(1));

    refuses(chosen);
  }

  @Test
  void aCompromisedVersion_signsNoMore() throws Exception {
    PrivateKey chosen = keyOf(choose());
    managed.rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));

    refuses(chosen);
  }

  /** The grace is the key manager's: whoever holds a key for longer asks for another. */
  @Test
  void aKeyThatWasNotChosenByTheKeyManager_signsNoMore() throws Exception {
    EnclavePrivateKey held = EnclavePrivateKey.of(key);
    managed.rotate(RotationRequest.now());

    refuses(held);
  }

  private static void refuses(PrivateKey key) {
    assertThatThrownBy(() -> sign(key))
        .isInstanceOf(SignatureException.class)
        .hasMessageStartingWith(ErrorCode.KEY_NOT_ACTIVE + ": ");
  }

  @Test
  @Timeout(120)
  void noHandshakeFails_whileTheKeyIsRotated() throws Exception {
    SSLContext context = keys.sslContext(TlsPeers.ANYBODY);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger handshakes = new AtomicInteger();
    Set<X509Certificate> seen = ConcurrentHashMap.newKeySet();
    ExecutorService threads = Executors.newCachedThreadPool();
    Future<?> serving;
    try (SSLServerSocket listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      serving = threads.submit(() -> serve(listening, threads));
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        clients.add(
            threads.submit(
                () -> {
                  while (!over.get()) {
                    seen.add(connect(listening.getLocalPort()));
                    handshakes.incrementAndGet();
                  }
                  return null;
                }));
      }
      awaitSeen(seen, 1, clients);
      for (int rotation = 1; rotation <= 5; rotation++) {
        managed.rotate(RotationRequest.now());
        awaitSeen(seen, 1 + rotation, clients);
      }
      over.set(true);
      for (Future<?> client : clients) {
        client.get(1, TimeUnit.MINUTES);
      }
    } finally {
      over.set(true);
      threads.shutdownNow();
    }
    serving.get(1, TimeUnit.MINUTES);
    assertThat(seen).hasSize(6);
    System.out.printf("rotation under TLS: %d handshakes, 5 rotations%n", handshakes.get());
  }

  /** Until a handshake of the newest version was seen; a client that has failed says so later. */
  private static void awaitSeen(Set<X509Certificate> seen, int versions, List<Future<?>> clients) {
    while (seen.size() < versions && clients.stream().noneMatch(Future::isDone)) {
      Thread.onSpinWait();
    }
  }

  /** A client of a handshake that fails sees that it does. */
  private static void serve(SSLServerSocket listening, ExecutorService threads) {
    try {
      while (true) {
        SSLSocket accepted = (SSLSocket) listening.accept();
        threads.execute(() -> answer(accepted));
      }
    } catch (IOException e) {
      assertThat(listening.isClosed()).isTrue();
    }
  }

  private static void answer(SSLSocket accepted) {
    try (accepted) {
      accepted.startHandshake();
      accepted.getOutputStream().write(1);
    } catch (IOException e) {
      System.err.println("handshake failed: " + e.getMessage());
    }
  }

  /** A client without sessions to resume, as a resumption needs no signature. */
  private static X509Certificate connect(int port) throws Exception {
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, new TrustManager[] {TlsPeers.ANYBODY}, null);
    try (SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.startHandshake();
      assertThat(socket.getInputStream().read()).isEqualTo(1);
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** The cause of what the server's TLS throws has our code and advice. */
  @Test
  void anUncertifiedVersionAndAClosedEnclave_areToldByTheirCodes() throws Exception {
    EnclaveKeyManager uncertified =
        EnclaveKeyManager.of(key, CertificateSource.of(CertificateChains.none()), clock::now);

    assertThat(failureOf(uncertified.sslContext(TlsPeers.ANYBODY)))
        .cause()
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_NOT_FOUND))
        .hasMessageContaining("has no certificate chain")
        .hasMessageContaining("Certificates.request");
    enclave.close();
    assertThat(failureOf(keys.sslContext(TlsPeers.ANYBODY)))
        .hasMessageContaining("closed")
        .cause()
        .isInstanceOfSatisfying(
            EnclaveException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  private static Throwable failureOf(SSLContext context) throws Exception {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (SSLServerSocket listening =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread serving =
          new Thread(
              () -> {
                try (SSLSocket accepted = (SSLSocket) listening.accept()) {
                  accepted.startHandshake();
                } catch (IOException | RuntimeException e) {
                  failure.set(e);
                }
              });
      serving.start();
      assertThatThrownBy(() -> connect(listening.getLocalPort())).isInstanceOf(IOException.class);
      serving.join();
    }
    assertThat(failure.get()).isInstanceOf(SSLException.class);
    return Objects.requireNonNull(failure.get());
  }

  @Test
  void aContextWithoutTheProvider_isRefusedWithWhatToDo() {
    Security.removeProvider(EnclaveProvider.NAME);

    assertThatThrownBy(() -> keys.sslContext())
        .hasMessageContaining("Security.addProvider(new EnclaveProvider())");
  }

  /** A store of records ends a version at once, in this and every other process. */
  @Test
  void aStoreOfRecords_givesNoGrace(@TempDir Path folder) throws Exception {
    try (Enclave local =
        EnclaveFactory.builder()
            .discovery(false)
            .with(FakeEnvironment.empty())
            .with(new SoftwareBackendProvider())
            .with(new RecordingAuditSink())
            .config(
                new ConfigSource(
                    "test",
                    Map.of(
                        "enclave.environment",
                        "local",
                        "enclave.software.directory",
                        folder.resolve("keys").toString())))
            .open()) {
      EnclaveKeyManager ofRecords =
          EnclaveKeyManager.of(local.createKey(TLS), TlsPeers.selfSigned(), clock::now);
      String chosen = String.valueOf(ofRecords.chooseEngineServerAlias("EC", null, null));
      local.admin().key("tls").rotate(RotationRequest.now());

      refuses(Objects.requireNonNull(ofRecords.getPrivateKey(chosen)));
      String next = String.valueOf(ofRecords.chooseEngineServerAlias("EC", null, null));
      sign(Objects.requireNonNull(ofRecords.getPrivateKey(next)));
    }
  }

  @Test
  void othersKeyTypesIssuersAndAliases_chooseNothing() {
    assertThat(keys.chooseEngineServerAlias("RSA", null, null)).isNull();
    assertThat(
            keys.chooseEngineClientAlias(
                new String[] {"RSA", "EC"},
                new Principal[] {new X500Principal("CN=another")},
                null))
        .isNull();
    assertThat(keys.getPrivateKey("tls/99")).isNull();
    assertThat(keys.getCertificateChain("tls/99")).isNull();
    assertThat(keys.getServerAliases("EC", null))
        .containsExactly(
            key.signer().keyId()
                + "#"
                + HexFormat.of().formatHex(key.publicKey().fingerprint().value().toByteArray()));
  }
}
