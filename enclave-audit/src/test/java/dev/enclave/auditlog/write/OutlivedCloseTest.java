package dev.enclave.auditlog.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.audit.AuditVerification;
import dev.enclave.auditlog.check.AuditLogVerifier;
import dev.enclave.auditlog.support.HandTime;
import dev.enclave.auditlog.trail.AuditTrail;
import dev.enclave.auditlog.trail.TestTrace;
import dev.enclave.error.ConnectivityException;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.audit.AuditEvent.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operations that are under way when the log is closed. The clock goes as the test wants. */
@Timeout(300)
final class OutlivedCloseTest {

  // Held, since a logger that nobody holds forgets its level: the warning is expected.
  private final Logger logger = Logger.getLogger("dev.enclave.audit");
  private final HandTime time = new HandTime();
  private final TestTrace trace = new TestTrace("operation-1");
  private final Path directory;

  OutlivedCloseTest(@TempDir Path parent) {
    this.directory = parent.resolve("audit");
    logger.setLevel(Level.OFF);
  }

  @AfterEach
  void logAgain() {
    logger.setLevel(null);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void noResultIsReleased_afterAClosingThatDidNotWaitForIt(boolean required, boolean remote)
      throws Exception {
    AuditTrail trail = open(required);
    trail.begin(subject(remote), new TestTrace("operation-0")).succeeded(Map.of());
    AuditTrail.OperationRecord entry = trail.begin(subject(remote), trace);
    Thread closing = startClosing(trail);
    time.advance(Duration.ofSeconds(31));
    closing.join();

    assertClosed(() -> entry.succeeded(Map.of()));

    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.problem()).isEmpty();
    assertThat(found.unknownOutcomes()).hasSize(remote ? 1 : 0);
    assertThat(Files.readString(Logs.lane(directory, 0)))
        .contains("\"operationId\":\"operation-0\"");
    assertThat(trail.health()).as("the disk is not to blame").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void aFailureStaysTheFailure_andSaysThatItIsNotRecorded(boolean required) throws Exception {
    AuditTrail trail = open(required);
    AuditTrail.OperationRecord entry = trail.begin(subject(true), trace);
    Thread closing = startClosing(trail);
    time.advance(Duration.ofSeconds(31));
    closing.join();
    EnclaveException failure =
        new ConnectivityException(ErrorCode.BACKEND_UNAVAILABLE, "down", true, null);

    assertThat(entry.failed(failure)).isSameAs(failure);
    assertThat(failure.getSuppressed()).hasOnlyElementsOfType(UsageException.class).hasSize(1);
  }

  @Test
  void whileTheClosingWaits_stepsOfWhatIsUnderWayAreTaken_andNothingElse() throws Exception {
    AuditTrail trail = open(false);
    AuditTrail.OperationRecord entry = trail.begin(subject(true), trace);
    Thread closing = startClosing(trail);
    time.advance(Duration.ofSeconds(29));
    Thread late =
        new Thread(() -> assertClosed(() -> trail.begin(subject(true), new TestTrace("late"))));
    Errors errors = new Errors();
    late.setUncaughtExceptionHandler(errors);
    late.start();
    late.join();
    assertThat(errors.seen).isEmpty();

    trail.begin(subject(true), new TestTrace("step")).succeeded(Map.of());
    entry.succeeded(Map.of());
    closing.join();

    AuditVerification found = AuditLogVerifier.verify(directory);
    assertThat(found.records()).isEqualTo(4);
    assertThat(found.unknownOutcomes()).isEmpty();
    assertThat(found.uncovered()).isZero();
  }

  private static final class Errors implements Thread.UncaughtExceptionHandler {

    private volatile Optional<Throwable> seen = Optional.empty();

    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
      seen = Optional.of(thrown);
    }
  }

  private AuditTrail open(boolean required) throws IOException {
    return new AuditTrail(Logs.open(directory), required, time);
  }

  private static Thread startClosing(AuditTrail trail) {
    Thread closing = new Thread(trail::close);
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    return closing;
  }

  private static void assertClosed(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(
            UsageException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
  }

  private static AuditTrail.Subject subject(boolean remote) {
    return new AuditTrail.Subject(
        Operation.SIGN,
        "user:7",
        Optional.of(KeyName.of("wallet")),
        Optional.of(BackendId.AWS_KMS),
        remote);
  }
}
