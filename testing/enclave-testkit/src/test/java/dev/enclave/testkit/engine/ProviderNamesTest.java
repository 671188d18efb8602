package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.Orphans;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.spi.audit.AuditEvent.Phase;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.testkit.Canary;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * What a provider calls its keys and versions is shown and recorded letter by letter, and no key
 * passes because it looks like a name.
 */
class ProviderNamesTest {

  /** A key of an Ethereum address. */
  private static final String ADDRESS = "eth-5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";

  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");
  private static final BentProvider BENT = new BentProvider("bent");
  private static final Bench BENCH = Bench.in("production").with(BENT);
  private static Enclave enclave = BENCH.open();

  @BeforeContainer
  static void open() {
    enclave.close();
    enclave = BENCH.open();
    enclave.createKey(KeySpec.named(ADDRESS).algorithm(SigningAlgorithm.ED25519));
  }

  @AfterContainer
  static void close() {
    enclave.close();
  }

  @Provide
  static Arbitrary<String> names() {
    return RealNames.any();
  }

  @Property(tries = 1000)
  void anOrphan_isShownAndRecordedByItsExactName(@ForAll("names") String name) {
    BENT.leaving(Orphan.of(name, KeyName.of("wallet-42"), Instant.EPOCH));

    assertThat(enclave.admin().orphans().orElseThrow().find())
        .extracting(Orphans.Orphan::providerUri)
        .containsExactly(name);
    assertThat(enclave.admin().orphans().orElseThrow().discard())
        .extracting(Orphans.Orphan::providerUri)
        .containsExactly(name);
    assertThat(outcome(Operation.DISCARD).details()).containsEntry("providerUri", name);
  }

  @Property(tries = 2000)
  void aFailure_quotesTheNamesThatTheBackendDeclares(@ForAll("names") String name) {
    String message = "Sign on " + name + ": answered INTERNAL. Look at " + name + ".";

    assertThat(failedSign(BackendFailure.permanent(FailureCode.REJECTED, message).naming(name)))
        .contains(message);
  }

  @Property(tries = 500)
  void aFinding_andAKey_showTheNameThatTheKeyWasReadBy(@ForAll("names") String name) {
    BENT.answering("load", key -> called(name, key));
    BENT.reporting(
        HealthReport.of(
            List.of(
                Finding.of(
                    Severity.WARNING,
                    ErrorCode.KEY_NOT_ACTIVE,
                    "Version " + name + " is about to expire",
                    "Rotate (" + name + "), soon"))));
    BENCH.clock.advance(Duration.ofHours(1));

    assertThat(enclave.signingKeys().key(ADDRESS).info().providerUri()).isEqualTo(name);
    assertThat(enclave.health().findings())
        .extracting(Finding::observed, Finding::fix)
        .containsExactly(
            tuple("Version " + name + " is about to expire", "Rotate (" + name + "), soon"));
  }

  @Property(tries = 500)
  void theRequestIdsOfProviders_areShownAndRecorded(@ForAll("ids") String id) {
    BackendFailure failure = BackendFailure.permanent(FailureCode.REJECTED, "answered INTERNAL");

    assertThat(failedSign(failure.withProviderRequestId(id)))
        .contains("(provider request " + id + ")");
    assertThat(outcome(Operation.SIGN).providerRequestId()).contains(id);
  }

  /** AWS's and Azure's are UUIDs; Google's are made by us; Vault's are UUIDs. */
  @Provide
  static Arbitrary<String> ids() {
    return RealNames.uuid().map(uuid -> uuid.hashCode() % 2 == 0 ? uuid : "enclave-" + uuid);
  }

  @Example
  void aFailure_quotesTheNameOfTheKeyThatWasAskedFor_thoughNobodyDeclaresIt() {
    String message = "There is no key " + ADDRESS + " here: no file of that name. Create it.";

    assertThat(failedSign(BackendFailure.permanent(FailureCode.NOT_FOUND, message)))
        .contains(message);
  }

  @Example
  void aFailureToOpen_quotesTheConfiguredPlace_andWhatLiesBelowIt() {
    String place = "/var/folders/x8/6_3h7zvs1Hq9Kd2Wv0_0j5M00000gn/T/wallet";
    BentProvider closed = new BentProvider("bent");
    closed.before(
        "open",
        () -> {
          throw BackendFailure.permanent(
              FailureCode.MISCONFIGURED, place + "/keys is not a directory. Move it away.");
        });
    Bench bench = Bench.in("production").with(closed).set("enclave.audit.directory", place);

    assertThat(Bench.refused(ErrorCode.CONFIGURATION_INVALID_VALUE, bench::open))
        .contains(place + "/keys is not a directory.");
  }

  // By a seed, since among very many keys there is one whose Base64 reads like words.
  @Property(tries = 100, seed = "27")
  void noKeyPasses_asAPartOfANameThatNobodyDeclared(
      @ForAll long chance, @ForAll("names") String name) {
    byte[] key = new byte[32];
    new Random(chance).nextBytes(key);
    Canary canary = new Canary();
    canary.watch("key", key);
    for (Map.Entry<String, String> form : Canary.forms(key).entrySet()) {
      if (form.getKey().equals("raw")) {
        continue;
      }
      for (String shape : shapes(name)) {
        String planted = shape.replace("KEY", form.getValue());
        BackendFailure failure =
            BackendFailure.permanent(FailureCode.REJECTED, "Sign on " + planted + " failed");

        assertThat(canary.found(failedSign(failure))).as(planted).isEmpty();
        assertThat(canary.found(failedSign(failure.naming(name)))).as(planted).isEmpty();
      }
    }
  }

  private static List<String> shapes(String name) {
    return List.of(
        "projects/p/locations/us/keyRings/r/cryptoKeys/KEY",
        "projects/p/locations/us/keyRings/KEY/cryptoKeys/k/cryptoKeyVersions/1",
        "cryptoKeys/KEY/cryptoKeyVersions/1",
        "https://wallets.vault.azure.net/keys/KEY/0123456789abcdef0123456789abcdef",
        "https://wallets.vault.azure.net/keys/wallet/KEY",
        "arn:aws:kms:eu-west-1:111122223333:key/KEY",
        "alias/KEY",
        "alias/" + ADDRESS + "/KEY",
        name + "/KEY",
        name + " KEY",
        "KEY/" + name,
        name + "KEY" + name);
  }

  private static String failedSign(BackendFailure failure) {
    SigningKey key = enclave.signingKeys().key(ADDRESS);
    BENT.before(
        "sign",
        () -> {
          throw failure;
        });
    Throwable thrown = catchThrowable(() -> key.sign(MESSAGE));
    assertThat(thrown).isInstanceOf(EnclaveException.class);
    return String.valueOf(thrown.getMessage());
  }

  private static KeySnapshot called(String name, KeySnapshot key) {
    return key.withProviderUri(name);
  }

  private static AuditEvent outcome(Operation operation) {
    List<AuditEvent> all = BENCH.audit.events();
    AuditEvent last = all.get(all.size() - 1);
    assertThat(last.operation()).isEqualTo(operation);
    assertThat(last.phase()).isEqualTo(Phase.OUTCOME);
    return last;
  }
}
