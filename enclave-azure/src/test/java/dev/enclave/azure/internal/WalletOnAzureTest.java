package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.enclave.Assurance;
import dev.enclave.Enclave;
import dev.enclave.KeyHandle;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.audit.AuditLog;
import dev.enclave.audit.AuditVerification;
import dev.enclave.audit.AuditVerification.Options;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.audit.AuditEvent.Result;
import dev.enclave.testkit.Canary;
import dev.enclave.testkit.CapturedOutput;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * User story 1: a wallet service on Azure. A new wallet's key is made in the HSM of Azure Key Vault
 * and never leaves it; it signs; an outage is told plainly; and everything is in the audit trail.
 * No scenario leaves a secret in what the service says; that none is in its memory either, {@code
 * NoKeyInClientTest} of the campaigns shows.
 */
class WalletOnAzureTest {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");

  private final MutableClock clock = new MutableClock();
  private final FaultInjector faults = new FaultInjector();
  private final RecordingAuditSink audit = new RecordingAuditSink();
  private final AzureKeyVaultServer azure =
      KeyVaults.server().clock(clock::now).faults(faults).start();

  private final CapturedOutput said = new CapturedOutput();

  private Enclave enclave;

  @BeforeEach
  void startTheService() {
    enclave = Engines.builder(azure, clock, audit).open();
  }

  @AfterEach
  void stopTheService() {
    enclave.close();
    azure.close();
    said.close();
    audit.events().forEach(said::take);
    requireNoSecret(said.text());
  }

  /** Tokens are JSON Web Tokens, which all begin alike. */
  private void requireNoSecret(String text) {
    Canary canary = new Canary();
    canary.watch("the payment", PAYMENT.toByteArray());
    canary.watch("the workload's proof", azure.federatedToken().getBytes(StandardCharsets.UTF_8));
    assertThat(text).contains("Opening backend").doesNotContain("eyJ0eXAi");
    assertThat(canary.found(text)).isEmpty();
  }

  @Test
  void scenario1_createsTheWalletsKeyInTheHsm() {
    SigningKey key = newWallet("wallet-42");

    KeyVersion version = key.info().versions().get(0);
    assertThat(version.assurance()).isEqualTo(Assurance.HSM);
    assertThat(version.origin()).isEqualTo(KeyOrigin.GENERATED);
    assertThat(version.publicKey()).isPresent();
    assertThat(key.handle().toString()).contains("azure-keyvault").contains("wallet-42");
  }

  @Test
  void scenario2_signsATransaction_andVerifiesItWithoutAzure() {
    KeyHandle stored = newWallet("wallet-42").handle();

    SigningKey key = enclave.signingKeys().key(stored);
    SignatureValue signature = key.sign(PAYMENT, SignOptions.by("user:7"));

    azure.journal().clear();
    assertThat(key.verify(PAYMENT, signature)).isTrue();
    assertThat(key.verify(Message.ofUtf8("pay 1000 to Mallory"), signature)).isFalse();
    assertThat(azure.journal().entries()).isEmpty();
    assertThat(signature.traceId()).isPresent();
  }

  @Test
  void scenario3_saysThatAzureIsDown_andWhenToTryAgain() {
    SigningKey key = newWallet("wallet-42");
    faults.beginOutage(Fault.Outage.REFUSED);

    assertThatExceptionOfType(ConnectivityException.class)
        .isThrownBy(() -> key.sign(PAYMENT, SignOptions.by("user:7")))
        .satisfies(
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.BACKEND_UNAVAILABLE);
              assertThat(e.retryable()).isTrue();
              assertThat(e.retryAt()).hasValueSatisfying(at -> assertThat(at).isAfter(clock.now()));
            });

    faults.endOutage();
    clock.advance(Duration.ofMinutes(2));
    assertThat(key.verify(PAYMENT, key.sign(PAYMENT, SignOptions.by("user:7")))).isTrue();
  }

  @Test
  void scenario4_hasEverythingInTheAuditTrail() {
    SigningKey key = newWallet("wallet-42");
    SignatureValue signature = key.sign(PAYMENT, SignOptions.by("user:7"));
    faults.beginOutage(Fault.Outage.REFUSED);
    assertThatExceptionOfType(ConnectivityException.class)
        .isThrownBy(() -> key.sign(PAYMENT, SignOptions.by("user:8")));

    assertThat(audit.events(Operation.CREATE))
        .extracting(AuditEvent::phase)
        .containsExactly(Phase.INTENT, Phase.OUTCOME);
    List<AuditEvent> signing = audit.events(Operation.SIGN);
    assertThat(signing)
        .extracting(AuditEvent::caller, AuditEvent::phase, AuditEvent::result)
        .containsExactly(
            tuple("user:7", Phase.INTENT, Result.PENDING),
            tuple("user:7", Phase.OUTCOME, Result.SUCCESS),
            tuple("user:8", Phase.INTENT, Result.PENDING),
            tuple("user:8", Phase.OUTCOME, Result.FAILURE));
    assertThat(signing.get(1).providerRequestId()).isEqualTo(signature.traceId());
    assertThat(signing.get(1).version()).contains(signature.version());
    assertThat(signing.get(3).errorCode()).contains(ErrorCode.BACKEND_UNAVAILABLE);
    assertThat(azure.journal().of("Sign"))
        .extracting(JournalEntry::requestId)
        .contains(signature.traceId().orElseThrow());
  }

  @Test
  void scenario4_hasItInFilesThatShowEveryChange(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("audit");
    Map<String, String> settings = new TreeMap<>(Engines.settings(azure));
    settings.put("enclave.audit.directory", log.toString());
    String signed;
    try (Enclave service = Engines.builder(azure, clock, settings).open()) {
      SigningKey key =
          service.createKey(
              KeySpec.named("wallet-43").algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256));
      signed = key.sign(PAYMENT, SignOptions.by("user:7")).traceId().orElseThrow();
    }

    AuditVerification verified = Engines.builder(azure, clock, settings).verifyAuditLog();
    assertThat(verified.problem()).isEmpty();
    assertThat(verified.records()).isGreaterThanOrEqualTo(5);
    assertThat(verified.unknownOutcomes()).isEmpty();
    String text = text(log);
    assertThat(text).contains("user:7", "wallet-43", signed);
    requireNoSecret("Opening backend" + text);

    for (Path file : files(log)) {
      String content = Files.readString(file, StandardCharsets.ISO_8859_1);
      if (content.contains("user:7")) {
        Files.writeString(file, content.replace("user:7", "user:8"), StandardCharsets.ISO_8859_1);
      }
    }
    assertThat(Engines.builder(azure, clock, settings).verifyAuditLog().intact()).isFalse();
  }

  @Test
  void scenario4_hasTheLogCountersignedByTheVault(@TempDir Path folder) {
    Map<String, String> settings = new TreeMap<>(Engines.settings(azure));
    settings.put("enclave.audit.directory", folder.resolve("audit").toString());
    settings.put("enclave.audit.countersign", "required");
    azure.journal().clear();
    Engines.builder(azure, clock, settings).open().close();

    AuditLog log = Engines.builder(azure, clock, settings).auditLog();
    AuditVerification verified = log.verify(Options.none().verifierKeys(log.provision()));
    assertThat(verified.problem()).isEmpty();
    assertThat(verified.countersigned().orElseThrow().from()).isEqualTo(1);
    assertThat(azure.journal().of("Sign")).hasSize((int) verified.checkpoints());
  }

  private static String text(Path directory) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Path file : files(directory)) {
      text.append(Files.readString(file, StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private SigningKey newWallet(String name) {
    return enclave.createKey(
        KeySpec.named(name).algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256));
  }
}
