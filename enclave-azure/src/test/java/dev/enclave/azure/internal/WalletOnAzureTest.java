package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.enclave.Assurance;
import dev.enclave.ConnectivityException;
import dev.enclave.Enclave;
import dev.enclave.ErrorCode;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyOrigin;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.JournalEntry;
import dev.enclave.spi.AuditEvent;
import dev.enclave.spi.AuditEvent.Operation;
import dev.enclave.spi.AuditEvent.Phase;
import dev.enclave.spi.AuditEvent.Result;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * User story 1: a wallet service on Azure. A new wallet's key is made in the HSM of Azure Key Vault
 * and never leaves it; it signs; an outage is told plainly; and everything is in the audit trail.
 */
class WalletOnAzureTest {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");

  private final MutableClock clock = new MutableClock();
  private final FaultInjector faults = new FaultInjector();
  private final RecordingAuditSink audit = new RecordingAuditSink();
  private final AzureKeyVaultServer azure =
      Vaults.server().clock(clock::now).faults(faults).start();

  private Enclave enclave;

  @BeforeEach
  void startTheService() {
    enclave = Engines.builder(azure, clock, audit).open();
  }

  @AfterEach
  void stopTheService() {
    enclave.close();
    azure.close();
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

    SigningKey key = enclave.key(stored);
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

  private SigningKey newWallet(String name) {
    return enclave.createKey(KeySpec.named(name).algorithm(KeyAlgorithm.ECDSA_SECP256K1_KECCAK256));
  }
}
