package dev.enclave.pkcs11.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.cryptoki.Attributes;
import dev.enclave.cryptoki.Ck;
import dev.enclave.cryptoki.CryptokiModule;
import dev.enclave.cryptoki.Session;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.pkcs11.Pkcs11BackendProvider;
import dev.enclave.processes.SoftHsm;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyRotator.RotateRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.MutableClock;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts, which have no lock in common, with one token of SoftHSM's. */
@Tag("full")
@Tag("needs-softhsm")
class SharedTokenTest {

  private static final String WON = "won";
  private static final KeyName NONE = KeyName.of("none");

  @TempDir private static Path folder = Path.of("");

  private static Host first;
  private static Host second;

  /** A host's clock, which lets the other host go at one of its readings. */
  private static final class Host implements TimeSource {

    final MutableClock clock = new MutableClock();
    final CapableBackend backend;
    private final SigningBackend opened;
    private int reading;
    private int at;
    private Runnable other = () -> {};

    Host(String name) throws Exception {
      Path own = Files.createDirectory(folder.resolve(name));
      opened =
          new Pkcs11BackendProvider()
              .open(
                  new TokenAdministrator(SoftHsm.library(), "shared", SoftHsm.PIN, own)
                      .context(this, "settle-seconds", "2"));
      backend = new CapableBackend(opened);
    }

    void letGo(int atReading, Runnable other) {
      this.at = atReading;
      this.other = other;
      reading = 0;
    }

    private void reads() {
      if (++reading == at) {
        other.run();
      }
    }

    /** Whether the other one was let go. */
    boolean reached() {
      return reading >= at;
    }

    @Override
    public Instant now() {
      reads();
      return clock.now();
    }

    @Override
    public long nanoTime() {
      reads();
      return clock.nanoTime();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
      reads();
      clock.pause(duration);
    }

    CallContext call() {
      return CallContext.of("op", 1, Deadline.in(Duration.ofSeconds(25), this), this);
    }
  }

  private interface Change {
    void by(Host host) throws BackendFailure;
  }

  @BeforeAll
  static void open() throws Exception {
    SoftHsm.in(folder).token("shared");
    first = new Host("first");
    second = new Host("second");
  }

  @AfterAll
  static void close() {
    first.opened.close();
    second.opened.close();
  }

  private static String said(Host host, Change change) {
    try {
      change.by(host);
      return WON;
    } catch (BackendFailure told) {
      return told.code().name();
    }
  }

  /** Repeated, as the engine does, by whoever has waited for too long. */
  private static String finished(String said, Host host, Change change) {
    return said.equals(FailureCode.TIMEOUT.name()) ? said(host, change) : said;
  }

  /** The second goes at each so manieth reading of the first one's clock; how many those are. */
  private static int race(
      int step,
      Change ofFirst,
      Change ofSecond,
      FailureCode lost,
      Runnable prepare,
      Runnable check) {
    for (int at = 1; ; at += step) {
      prepare.run();
      String[] saidSecond = new String[1];
      first.letGo(at, () -> saidSecond[0] = said(second, ofSecond));
      String saidFirst = said(first, ofFirst);
      boolean raced = first.reached();
      first.letGo(0, () -> {});
      if (!raced) {
        return at / step;
      }
      String endSecond = finished(saidSecond[0], second, ofSecond);
      String endFirst = finished(saidFirst, first, ofFirst);
      assertThat(List.of(endFirst, endSecond))
          .as("at reading %s", at)
          .containsExactlyInAnyOrder(WON, lost.name());
      check.run();
      // Their clocks stay together, whatever one of them has waited for.
      Duration apart = Duration.between(first.clock.now(), second.clock.now());
      (apart.isNegative() ? second : first).clock.advance(apart.abs());
    }
  }

  private KeyName name = NONE;
  private KeyVersionId active = KeyVersionId.of("1");
  private int made;

  private CreateRequest creation(String operation) {
    return CreateRequest.of(
        name,
        SigningAlgorithm.ECDSA_P256_SHA256,
        RotationInterval.NEVER,
        EnvironmentType.DEVELOPMENT,
        operation + "-" + name);
  }

  private Change create(String operation) {
    return host -> host.backend.create(creation(operation), host.call());
  }

  private Change rotate(String operation) {
    return host -> {
      RotateRequest request =
          RotateRequest.of(name, active, operation + "-" + name, KeyState.VERIFY_ONLY);
      KeyVersion next = host.backend.prepare(request, host.call());
      host.backend.activate(request, next.id(), host.call());
    };
  }

  @Test
  void oneOfTwoHostsMakesTheKey_andTheOtherIsTold() {
    int races =
        race(
            2,
            host -> create("first").by(host),
            host -> create("second").by(host),
            FailureCode.ALREADY_EXISTS,
            () -> name = KeyName.of("made-" + ++made),
            () -> assertThat(versions()).extracting(KeyVersion::state).hasSize(1));
    assertThat(races).isGreaterThan(10);
    System.out.println("two hosts make a key: " + races + " orders");
  }

  @Test
  void oneOfTwoHostsRotatesTheKey_andTheOtherIsTold() {
    int races =
        race(
            5,
            host -> rotate("first").by(host),
            host -> rotate("second").by(host),
            FailureCode.CONFLICT,
            () -> {
              name = KeyName.of("rotated-" + ++made);
              assertThat(said(first, create("creation"))).isEqualTo(WON);
            },
            () ->
                assertThat(versions())
                    .extracting(KeyVersion::state)
                    .filteredOn(KeyState.ACTIVE::equals)
                    .hasSize(1));
    assertThat(races).isGreaterThan(9);
    System.out.println("two hosts rotate a key: " + races + " orders");
  }

  private List<KeyVersion> versions() {
    try {
      List<KeyVersion> one = first.opened.load(name, first.call()).versions();
      assertThat(second.opened.load(name, second.call()).versions()).isEqualTo(one);
      return one;
    } catch (BackendFailure e) {
      throw new AssertionError(e);
    }
  }

  /** Told while it counts, and by doctor; removed by the next change. */
  @Test
  void aDeadHostsClaimCountsForTwoMinutes_andIsTold() throws Exception {
    Attributes claim =
        new Attributes()
            .with(Ck.CKA_CLASS, Ck.CKO_DATA)
            .with(Ck.CKA_TOKEN, true)
            .with(Ck.CKA_APPLICATION, "enclave.claim");
    name = KeyName.of("after-death");
    Instant died = second.clock.now();
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library());
        Session session = module.openSession(module.slots(true).get(0), true)) {
      TokenAdministrator.logIn(session, SoftHsm.PIN);
      session.createObject(
          new Attributes()
              .with(Ck.CKA_CLASS, Ck.CKO_DATA)
              .with(Ck.CKA_TOKEN, true)
              .with(Ck.CKA_APPLICATION, "enclave.claim")
              .with(Ck.CKA_PRIVATE, true)
              .with(Ck.CKA_LABEL, "0123")
              .with(Ck.CKA_VALUE, ByteBuffer.allocate(8).putLong(died.toEpochMilli()).array()));
      assertThat(said(second, create("creation"))).isEqualTo(FailureCode.TIMEOUT.name());
      assertThat(observed(second.opened.health(second.call())))
          .hasSize(1)
          .first()
          .asString()
          .contains("settling rule");
      second.clock.advance(Duration.ofMinutes(2));
      assertThat(observed(second.opened.health(second.call())))
          .hasSize(2)
          .anySatisfy(it -> assertThat(it).contains("claim of " + died));
      assertThat(said(second, create("creation"))).isEqualTo(WON);
      assertThat(session.find(claim)).isEmpty();
      assertThat(observed(second.opened.health(second.call()))).hasSize(1);
    }
    first.clock.advance(Duration.between(first.clock.now(), second.clock.now()));
  }

  private static List<String> observed(HealthReport report) {
    return report.findings().stream().map(Finding::observed).toList();
  }
}
