package dev.enclave.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.VersionSigner;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationReason;
import dev.enclave.admin.RotationRequest;
import dev.enclave.aws.AwsKmsBackendProvider;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.software.SoftwareBackendProvider;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
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

  private final RecordingAuditSink log = new RecordingAuditSink();
  private final Handshakes handshakes = new Handshakes();
  private final MutableClock clock = new MutableClock(Instant.now());
  private final AwsKmsServer server = AwsKmsServer.builder().start();
  private final Enclave enclave = open();
  private final SigningKey key = enclave.createKey(TLS);
  private final ManagedKey managed = enclave.admin().key("tls");
  private final EnclaveKeyManager keys =
      EnclaveKeyManager.of(key, TlsPeers.selfSigned(), clock::now);

  private Enclave open() {
    String endpoint = server.endpoint().toString();
    return open(
        log,
        new AwsKmsBackendProvider(),
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
            server.credentials().secretAccessKey()));
  }

  private Enclave inFiles(Path folder, RecordingAuditSink log) {
    return open(
        log,
        new SoftwareBackendProvider(),
        Map.of(
            "enclave.environment",
            "local",
            "enclave.software.directory",
            folder.resolve("keys").toString()));
  }

  private Enclave open(
      RecordingAuditSink log, BackendProvider backend, Map<String, String> settings) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(backend)
        .with(log)
        .with(clock)
        .config(new ConfigSource("test", settings))
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
    assertThat(handshakes.whileRotated(keys, managed, 3, 5, 20)).hasSize(6);
    assertThat(log.events(Operation.SIGN)).hasSizeGreaterThan(6 * 20);
  }

  /** Each of 64 handshakes at once may be the one that has chosen as the key is rotated. */
  @Test
  @Timeout(120)
  void noHandshakeFails_of64AtOnce_whileAKeyInFilesIsRotated(@TempDir Path folder)
      throws Exception {
    RecordingAuditSink events = new RecordingAuditSink();
    try (Enclave local = inFiles(folder, events)) {
      EnclaveKeyManager manager =
          EnclaveKeyManager.of(local.createKey(TLS), TlsPeers.selfSigned(), clock::now);
      ManagedKey rotated = local.admin().key("tls");
      assertThat(handshakes.whileRotated(manager, rotated, 64, 6, 72)).hasSize(7);
    }
    assertThat(events.events(Operation.SIGN)).hasSizeGreaterThan(7 * 72);
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

  private Throwable failureOf(SSLContext context) throws Exception {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (SSLServerSocket listening = Handshakes.listening(context)) {
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
      assertThatThrownBy(() -> handshakes.connect(listening.getLocalPort()))
          .isInstanceOf(IOException.class);
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

  /** This process has read the key before another one rotates it. */
  @Test
  void aProcessThatKnowsOfNoRotation_signs_andNoMoreOnceTheVersionIsDisabled(@TempDir Path folder)
      throws Exception {
    try (Enclave here = inFiles(folder, new RecordingAuditSink());
        Enclave there = inFiles(folder, new RecordingAuditSink())) {
      SigningKey local = here.createKey(TLS);
      KeyVersionId first = local.activeVersion().id();
      ManagedKey elsewhere = there.admin().key("tls");
      EnclaveKeyManager manager = EnclaveKeyManager.of(local, TlsPeers.selfSigned(), clock::now);
      elsewhere.rotate(RotationRequest.now());
      String chosen = String.valueOf(manager.chooseEngineServerAlias("EC", null, null));

      assertThat(chosen).startsWith("tls/" + first + "#");
      PrivateKey replaced = Objects.requireNonNull(manager.getPrivateKey(chosen));
      sign(replaced);
      elsewhere.disable(first);
      refuses(replaced);
      String next = String.valueOf(manager.chooseEngineServerAlias("EC", null, null));
      sign(Objects.requireNonNull(manager.getPrivateKey(next)));
    }
  }

  /** A thread of another process signs without a pause, by a signer that it took before. */
  @Test
  void signingEndsAtOnce_whenTheVersionIsCompromisedMeanwhile(@TempDir Path folder)
      throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Enclave here = inFiles(folder, new RecordingAuditSink());
        Enclave there = inFiles(folder, new RecordingAuditSink())) {
      VersionSigner signer = here.createKey(TLS).signer();
      ManagedKey elsewhere = there.admin().key("tls");
      Semaphore signed = new Semaphore(0);
      AtomicBoolean compromised = new AtomicBoolean();
      AtomicInteger late = new AtomicInteger();
      Future<?> signing =
          thread.submit(
              () -> {
                while (late.get() == 0) {
                  boolean after = compromised.get();
                  signer.sign(Message.ofUtf8("hello"));
                  signed.release();
                  late.addAndGet(after ? 1 : 0);
                }
              });
      signed.acquire(20);
      elsewhere.rotate(RotationRequest.now().reason(RotationReason.COMPROMISE));
      compromised.set(true);

      assertThatThrownBy(signing::get)
          .cause()
          .isInstanceOfSatisfying(
              UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.KEY_NOT_ACTIVE));
      assertThat(late).hasValue(0);
    } finally {
      thread.shutdownNow();
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
