package dev.enclave.jobs;

import static dev.enclave.jobs.Wallet.deferred;
import static dev.enclave.jobs.Wallet.makeKek;
import static dev.enclave.jobs.Wallet.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.admin.ManagedKey;
import dev.enclave.admin.RotationRequest;
import dev.enclave.deferred.DeferredOperations;
import dev.enclave.error.ErrorCode;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The KEK of the queue opens the queue's key for the queue alone. */
class QueueKekTest {

  private static final KeyName KEK = KeyName.of("jobs-kek");

  private final Path folder;
  private final Wallet wallet;

  QueueKekTest(@TempDir Path folder) {
    this.folder = folder.resolve("jobs");
    this.wallet = Wallet.in(this.folder).set("deployment", "payments");
  }

  @BeforeEach
  void makeTheQueue() {
    try (Enclave enclave = wallet.open()) {
      makeKek(enclave);
    }
    wallet.ready().close();
  }

  private SealedBytes sealedKey() throws SQLException {
    try (H2Database database = new H2Database(folder, new MutableClock());
        Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT sealed_key FROM enclave_operation_key")) {
      assertThat(row.next()).isTrue();
      return SealedBytes.parse(row.getBytes(1));
    }
  }

  private static byte[] asTheQueueHasIt() {
    return "enclave_operation_key/1 DEVELOPMENT/payments".getBytes(UTF_8);
  }

  @Test
  void refusesCallers_theKeyThatTheSettingNames() throws Exception {
    SealedBytes stored = sealedKey();
    try (Enclave enclave = wallet.ready()) {
      assertThat(refused(ErrorCode.KEY_LENT, () -> enclave.unseal(stored, asTheQueueHasIt())))
          .hasMessageContaining("setting enclave.jobs.kek lends it");
      refused(ErrorCode.KEY_LENT, () -> enclave.seal(KEK, new byte[1], new byte[0]));
    }
  }

  @Test
  void aCallersUnseal_opensNothingOfTheQueue_whereTheKeyIsOpenToBoth() throws Exception {
    SealedBytes stored = sealedKey();
    wallet.settings.put(
        "enclave.lent-keys-open-to-callers", wallet.backend.id() + ":" + KEK.value());
    try (Enclave enclave = wallet.ready()) {
      refused(ErrorCode.SEALED_DATA_CORRUPT, () -> enclave.unseal(stored, asTheQueueHasIt()));
      SealedBytes own = enclave.seal(KEK, new byte[] {42}, asTheQueueHasIt());
      assertThat(enclave.unseal(own, asTheQueueHasIt())).containsExactly(42);
    }
  }

  @Test
  void aDeploymentOfAnotherName_hasAKeyOfItsOwn_soThatTheKeksOldVersionCanBeDisabled() {
    KeyVersionId old;
    try (Enclave enclave = wallet.ready()) {
      ManagedKey kek = enclave.admin().key(KEK);
      old = kek.info().active().orElseThrow().id();
      kek.rotate(RotationRequest.now());
    }
    wallet.set("deployment", "payments-2");
    try (Enclave enclave = wallet.ready()) {
      enclave.admin().key(KEK).disable(old);
    }
    wallet.ready().close();
    wallet.set("deployment", "payments");
    try (Enclave enclave = wallet.open()) {
      DeferredOperations deferred = deferred(enclave);
      refused(ErrorCode.KEY_NOT_ACTIVE, () -> deferred.find("t-none"));
    }
  }
}
