package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SealedBytes;
import dev.enclave.SignatureEncoding;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.RotationReport;
import dev.enclave.admin.RotationRequest;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditSink;
import dev.enclave.testkit.Canary;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.FakeEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A private key, a password, a passphrase and a plaintext that the test knows go through every
 * operation and every failure; nothing that anybody can read shows them, in any form.
 */
class CanaryTest {

  private static final byte[] ED25519_SEED_FOLLOWS = {0x04, 0x22, 0x04, 0x20};
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final byte[] NOTHING = {};
  private static final String PASSWORD = "Xq7#vN2-canary-of-a-backup";
  private static final String PASSPHRASE = "Zt4%wK9-canary-of-a-store";

  private static final List<String> CALLS =
      List.of(
          "createsOnOpening",
          "open",
          "health",
          "load",
          "page",
          "create",
          "sign",
          "prepare",
          "activate",
          "changeState",
          "wrap",
          "unwrap",
          "export",
          "restore",
          "reseal",
          "close");

  private final Canary canary = new Canary();
  private final byte[] plaintext = new byte[48];
  private final Path directory;

  /** Of the audit log. */
  private Path log;

  private byte[] seed = NOTHING;

  CanaryTest(@TempDir Path directory) {
    this.directory = directory;
    this.log = directory;
    new SecureRandom().nextBytes(plaintext);
    canary.watch("plaintext", plaintext);
    canary.watch("password", PASSWORD.getBytes(StandardCharsets.UTF_8));
    canary.watch("passphrase", PASSPHRASE.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void isSeenNowhere_whenAllGoesWell_andWhenTheCallerErrs() throws IOException {
    try (CapturedOutput captured = new CapturedOutput()) {
      try (Enclave enclave = open(new BentProvider("bent").exporting(this::watched))) {
        enclave.createKey(key("wallet-42"));
        enclave.admin().key("wallet-42").backup(PASSWORD.toCharArray());
        everything(enclave, captured, true);
      }
      captured.take(builder(new BentProvider("bent")).diagnose());
      captured.take(builder(new BentProvider("bent")).verifyAuditLog());
      assertThat(seed).hasSize(32);
      requireSilent(captured);
    }
  }

  @Test
  void isSeenNowhere_whateverABackendThrows() throws IOException {
    List<Function<String, Throwable>> hostile =
        List.of(
            CanaryTest::runtime,
            InvalidKeyException::new,
            LinkageError::new,
            NoClassDefFoundError::new,
            HostileError::new,
            text ->
                BackendFailure.permanent(FailureCode.REJECTED, text).withProviderRequestId(text),
            text -> BackendFailure.transientFailure(FailureCode.UNAVAILABLE, text),
            text -> BackendFailure.ambiguous(FailureCode.TIMEOUT, text),
            CanaryTest::ours);
    BentProvider bent = new BentProvider("bent").exporting(this::watched);
    try (Enclave enclave = open(bent)) {
      enclave.createKey(key("wallet-42"));
      enclave.admin().key("wallet-42").backup(PASSWORD.toCharArray());
    }
    for (Function<String, Throwable> thrown : hostile) {
      for (String call : CALLS) {
        // A log of its own, or each would read again what all before have written.
        log = Files.createTempDirectory(directory, call);
        try (CapturedOutput captured = new CapturedOutput()) {
          drive(bent, call, thrown, captured);
          requireSilent(captured);
        }
      }
    }
  }

  private void drive(
      BentProvider bent, String call, Function<String, Throwable> thrown, CapturedOutput captured) {
    boolean withBackups = call.equals("export") || call.equals("restore");
    Throwable failed =
        catchThrowable(
            () -> {
              try (Enclave enclave = open(bent)) {
                bent.before(
                    call, () -> CanaryTest.<RuntimeException>raise(thrown.apply(hostileText())));
                everything(enclave, captured, withBackups);
              }
              captured.take(builder(bent).diagnose());
              open(bent).close();
            });
    bent.before(call, () -> {});
    if (failed != null) {
      assertThat(failed).as(call).isNotInstanceOf(AssertionError.class);
      captured.takeThrown(failed);
    }
  }

  /** Every secret a hostile backend has, in every form; a password in plain words is not found. */
  private String hostileText() {
    StringBuilder text = new StringBuilder("${jndi:ldap://evil}\r\nforged \u001b[31m\u202e");
    for (byte[] secret : List.of(seed, plaintext)) {
      Canary.unreadableForms(secret)
          .values()
          .forEach(form -> text.append("key=").append(form).append(' '));
    }
    return text.toString();
  }

  private static Exception runtime(String text) {
    IllegalStateException thrown =
        new IllegalStateException(text, new IllegalArgumentException(text));
    thrown.addSuppressed(new IOException(text));
    return thrown;
  }

  private static Exception ours(String text) {
    UsageException thrown = new UsageException(ErrorCode.INVALID_ARGUMENT, text);
    thrown.initCause(new IllegalStateException(text));
    thrown.addSuppressed(new IllegalStateException(text));
    return thrown;
  }

  /** An error that nobody knows. */
  private static final class HostileError extends Error {
    private static final long serialVersionUID = 1L;

    HostileError(String message) {
      super(message, new IOException(message));
    }
  }

  /** Throws it whatever it is, as code in other languages of the JVM may. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void raise(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void isSeenNowhere_whateverAnAuditSinkThrows() throws IOException {
    seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    canary.watch("private key", seed);
    List<Function<String, Throwable>> hostile =
        List.of(
            CanaryTest::runtime,
            IOException::new,
            InvalidKeyException::new,
            LinkageError::new,
            NoClassDefFoundError::new,
            HostileError::new,
            CanaryTest::ours);
    for (Function<String, Throwable> thrown : hostile) {
      for (String environment : List.of("development", "production")) {
        try (CapturedOutput captured = new CapturedOutput()) {
          HostileSink sink = new HostileSink(() -> thrown.apply(hostileText()));
          Enclave enclave = open(sink, environment);
          enclave.createKey(key("wallet-42"));
          sink.hostile = true;
          everything(enclave, captured, false);
          assertThat(enclave.health().findings())
              .anyMatch(f -> f.code() == ErrorCode.AUDIT_UNAVAILABLE);
          captured.take(enclave.health());
          Throwable lost = catchThrowable(enclave::close);
          if (environment.equals("development")) {
            assertThat(lost).hasMessageContaining("are lost: ");
            captured.takeThrown(lost);
          }
          assertThat(captured.text()).contains("The audit log could not be closed");
          assertThat(captured.text()).doesNotContain("${jndi:", "\nforged");
          assertThat(canary.found(captured.text())).isEmpty();
        }
      }
    }
  }

  private static final class HostileSink implements AuditSink {

    private final Supplier<Throwable> thrown;
    private boolean hostile;

    HostileSink(Supplier<Throwable> thrown) {
      this.thrown = thrown;
    }

    @Override
    public void append(AuditEvent event, Durability durability) {
      if (hostile) {
        CanaryTest.<RuntimeException>raise(thrown.get());
      }
    }

    @Override
    public void close() {
      CanaryTest.<RuntimeException>raise(thrown.get());
    }
  }

  private static Enclave open(AuditSink sink, String environment) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new dev.enclave.testkit.MutableClock())
        .with(sink)
        .with(new BentProvider("bent"))
        .config(new dev.enclave.ConfigSource("test", Map.of("enclave.environment", environment)))
        .open();
  }

  @Test
  void isFound_inEveryForm_whenItLeaks() {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    canary.watch("planted", secret);
    for (Map.Entry<String, String> form : Canary.forms(secret).entrySet()) {
      assertThat(canary.found("before " + form.getValue() + " after"))
          .as(form.getKey())
          .isNotEmpty();
    }
    for (int shift = 0; shift < 3; shift++) {
      byte[] around = new byte[secret.length + shift + 2];
      Arrays.fill(around, (byte) 0x5a);
      System.arraycopy(secret, 0, around, shift, secret.length);
      assertThat(canary.found(java.util.Base64.getEncoder().encodeToString(around))).isNotEmpty();
      assertThat(canary.found(java.util.Base64.getUrlEncoder().encodeToString(around)))
          .isNotEmpty();
    }
    try (CapturedOutput captured = new CapturedOutput()) {
      System.getLogger("dev.enclave.test").log(System.Logger.Level.TRACE, "{0}", PASSWORD);
      captured.takeThrown(new IOException("x", new IOException(PASSPHRASE)));
      assertThat(canary.found(captured.text())).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void isWrittenRaw_unlessHalfOfItReadsLikeText() {
    byte[] secret = new byte[32];
    assertThat(Canary.unreadableForms(secret)).isEqualTo(Canary.forms(secret));
    for (int from : List.of(0, 16)) {
      byte[] readable = secret.clone();
      Arrays.fill(readable, from, from + 16, (byte) 0xe4);
      assertThat(Canary.forms(readable)).containsKey("raw");
      assertThat(Canary.unreadableForms(readable)).doesNotContainKey("raw").containsKey("hex");
    }
  }

  /** Keeps what the key is, so that it can be looked for. */
  private ExportedKey watched(ExportedKey key) {
    SecretBytes material = key.versions().get(0).material().orElseThrow();
    byte[] encoded = material.exposeSecret();
    int at = indexOf(encoded, ED25519_SEED_FOLLOWS);
    seed = Arrays.copyOfRange(encoded, at + 4, at + 36);
    canary.watch("private key", seed);
    return key;
  }

  private static int indexOf(byte[] bytes, byte[] pattern) {
    for (int i = 0; i + pattern.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + pattern.length, pattern, 0, pattern.length)) {
        return i;
      }
    }
    throw new AssertionError("not the encoding of an Ed25519 key");
  }

  private static KeySpec<SigningKey> key(String name) {
    return KeySpec.named(name).algorithm(SigningAlgorithm.ED25519);
  }

  private EnclaveFactory.Builder builder(BentProvider bent) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new dev.enclave.testkit.MutableClock())
        .with(bent)
        .config(
            new dev.enclave.ConfigSource(
                "test",
                Map.of(
                    "enclave.environment",
                    "development",
                    "enclave.audit.directory",
                    log.toString())));
  }

  private Enclave open(BentProvider bent) {
    return builder(bent).open();
  }

  /** Every operation, right and wrong; all that is handed out or thrown is taken. */
  private void everything(Enclave enclave, CapturedOutput captured, boolean withBackups) {
    List<Callable<Object>> steps = new ArrayList<>();
    steps.add(() -> enclave.ensureKey(key("wallet-42")));
    steps.add(() -> enclave.createKey(key("wallet-42")));
    steps.add(() -> enclave.createKey(key("another")));
    steps.add(
        () -> enclave.ensureKey(KeySpec.named("kek").algorithm(WrappingAlgorithm.AES_256_GCM)));
    steps.add(() -> enclave.signingKeys().key("missing"));
    steps.add(() -> enclave.signingKeys().key("wallet-42").info());
    steps.add(() -> enclave.signingKeys().key("wallet-42").publicKeys());
    steps.add(() -> signAndVerify(enclave));
    steps.add(() -> enclave.signingKeys().key("wallet-42").sign(Message.of(plaintext)));
    steps.add(
        () ->
            enclave
                .signingKeys()
                .key("wallet-42")
                .verify(Message.of(plaintext), plaintext, SignatureEncoding.RAW));
    steps.add(() -> sealAndOpen(enclave, NOTHING));
    steps.add(() -> sealAndOpen(enclave, plaintext));
    steps.add(() -> enclave.seal("wallet-42", plaintext, plaintext));
    steps.add(() -> SealedBytes.parse(plaintext));
    steps.add(
        () ->
            enclave
                .admin()
                .key(enclave.signingKeys().key("wallet-42").handle())
                .rotate(RotationRequest.now()));
    steps.add(
        () -> {
          SigningKey key = enclave.signingKeys().key("another");
          return enclave.admin().key(key.handle()).disable(key.activeVersion().id());
        });
    if (withBackups) {
      steps.add(() -> restored(enclave, "restored", PASSWORD));
      steps.add(() -> restored(enclave, "restored", PASSPHRASE));
    }
    steps.add(
        () -> enclave.admin().key("wallet-42").backup(PASSPHRASE.substring(0, 3).toCharArray()));
    steps.add(
        () -> {
          enclave.admin().passphrase().orElseThrow().change(PASSPHRASE.toCharArray());
          return "resealed";
        });
    steps.add(() -> enclave.by("user:7\u001b[31m"));
    steps.add(enclave.admin()::listKeys);
    steps.add(enclave.admin()::keyNames);
    steps.add(
        () -> {
          RotationReport report = enclave.admin().rotateDue();
          for (EnclaveException failure : report.failed().values()) {
            assertThat(failure).hasNoCause();
            captured.takeThrown(failure);
          }
          return report;
        });
    steps.add(enclave::health);
    steps.add(enclave::resolution);
    steps.add(enclave::policy);
    for (Callable<Object> step : steps) {
      Throwable thrown = catchThrowable(() -> captured.take(step.call()));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(EnclaveException.class).hasNoCause();
        captured.takeThrown(thrown);
      }
    }
  }

  private static Object signAndVerify(Enclave enclave) {
    SigningKey key = enclave.signingKeys().key("wallet-42");
    SignatureValue signature = key.sign(MESSAGE);
    assertThat(key.verify(MESSAGE, signature)).isTrue();
    return signature;
  }

  private Object sealAndOpen(Enclave enclave, byte[] associatedData) {
    SealedBytes box = enclave.seal("kek", plaintext, NOTHING);
    assertThat(enclave.unseal(box, associatedData)).isEqualTo(plaintext);
    return box;
  }

  private static Object restored(Enclave enclave, String name, String password) {
    KeyBackup backup = enclave.admin().key("wallet-42").backup(PASSWORD.toCharArray());
    return List.of(backup, enclave.admin().restore(name, backup, password.toCharArray()));
  }

  private void requireSilent(CapturedOutput captured) throws IOException {
    String written = auditLog();
    assertThat(written).contains("\"operation\":\"START\"");
    assertThat(captured.text()).contains("Opening backend").doesNotContain("\u001b", "\u202e");
    assertThat(captured.text()).doesNotContain("${jndi:").doesNotContain("\nforged");
    assertThat(canary.found(captured.text())).isEmpty();
    assertThat(canary.found(written)).isEmpty();
  }

  private String auditLog() throws IOException {
    StringBuilder written = new StringBuilder();
    try (Stream<Path> files = Files.list(log)) {
      for (Path file : files.sorted().toList()) {
        written.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return written.toString();
  }
}
