package dev.enclave.testkit.firstday;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.SignatureValue;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.InMemoryProvider;
import dev.enclave.testkit.RecordingAuditSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WalletServiceTest {

  private static final byte[] TRANSACTION = "pay 10 to Alice".getBytes(UTF_8);

  private final RecordingAuditSink audit = new RecordingAuditSink();
  private final WalletService service =
      new WalletService(Enclaves.open(new InMemoryProvider(), audit));

  @AfterEach
  void close() {
    service.close();
  }

  @Test
  void signsWithTheKeyOfAStoredHandle() {
    String handle = service.register("wallet-42");
    String signature = service.sign(handle, TRANSACTION, "user:7");
    assertThat(service.verify(TRANSACTION, signature)).isTrue();
    assertThat(service.verify("pay 11 to Alice".getBytes(UTF_8), signature)).isFalse();
  }

  @Test
  void findsTheSameKey_whenAWalletIsRegisteredAgain() {
    assertThat(service.register("wallet-42")).isEqualTo(service.register("wallet-42"));
  }

  @Test
  void storesTheRecoveryIdThatAnAddressIsCheckedBy() {
    String stored = service.sign(service.register("wallet-42"), TRANSACTION, "user:7");
    SignatureValue signature = SignatureValue.parse(stored);
    assertThat(signature.recoveryId()).isPresent();
    assertThat(signature.toRsv().size()).isEqualTo(65);
  }

  @Test
  void givesTheAddressOfAWallet() {
    assertThat(service.address(service.register("wallet-42"))).matches("0x[0-9a-fA-F]{40}");
  }

  @Test
  void recordsOnWhoseBehalfItSigned() {
    service.sign(service.register("wallet-42"), TRANSACTION, "user:7");
    assertThat(audit.events(Operation.SIGN)).extracting(AuditEvent::caller).contains("user:7");
  }
}
