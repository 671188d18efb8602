package dev.enclave.cryptoki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.enclave.processes.Ended;
import dev.enclave.processes.JavaCommand;
import dev.enclave.processes.SoftHsm;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who initialises a library, and who finalises it. */
@Tag("full")
@Tag("needs-softhsm")
class InitializationTest {

  private static final String LABEL = "initialization";

  @TempDir private static Path folder = Path.of("");

  private static SoftHsm softHsm;

  @BeforeAll
  static void makeToken() throws Exception {
    softHsm = SoftHsm.in(folder);
    softHsm.token(LABEL);
  }

  private static void assertReturns(String name, ThrowingCallable call) {
    assertThatExceptionOfType(CryptokiException.class)
        .isThrownBy(call)
        .satisfies(e -> assertThat(e.name()).isEqualTo(name));
  }

  @Test
  void whoComesSecond_leavesTheLibraryInitialised() throws Exception {
    try (CryptokiModule first = CryptokiModule.open(SoftHsm.library())) {
      Session session = first.openSession(SoftHsmTest.slotOf(first, LABEL), false);
      CryptokiModule second = CryptokiModule.open(SoftHsm.library());
      assertThat(first.isInitializedHere()).isTrue();
      assertThat(second.isInitializedHere()).isFalse();
      assertThat(second.slots(true)).isEqualTo(first.slots(true));
      assertThat(second.reinitialize(second.generation())).as("not its own").isFalse();
      second.close();
      assertThat(session.random(8)).hasSize(8);
      assertReturns("CKR_CRYPTOKI_NOT_INITIALIZED", () -> second.slots(true));
    }
  }

  @Test
  void whoComesFirst_endsTheLibraryForAll() throws Exception {
    CryptokiModule first = CryptokiModule.open(SoftHsm.library());
    try (CryptokiModule second = CryptokiModule.open(SoftHsm.library())) {
      Session session = second.openSession(SoftHsmTest.slotOf(second, LABEL), false);
      first.close();
      assertReturns("CKR_CRYPTOKI_NOT_INITIALIZED", () -> session.random(8));
    }
  }

  @Test
  void endsItsSessions_andCanBeClosedTwice() throws Exception {
    CryptokiModule module = CryptokiModule.open(SoftHsm.library());
    Session session = module.openSession(SoftHsmTest.slotOf(module, LABEL), false);
    module.close();
    module.close();
    assertReturns("CKR_CRYPTOKI_NOT_INITIALIZED", () -> session.random(8));
    assertThat(module.reinitialize(module.generation())).as("it is closed").isFalse();
    session.close();
  }

  @Test
  void initialisesAnew_onceForAllWhoFoundItLost() throws Exception {
    try (CryptokiModule module = CryptokiModule.open(SoftHsm.library())) {
      long slot = SoftHsmTest.slotOf(module, LABEL);
      Session old = module.openSession(slot, false);
      long lost = old.generation();
      assertThat(module.reinitialize(lost)).isTrue();
      Session session = module.openSession(slot, false);
      assertThat(module.reinitialize(lost)).as("was done by another").isTrue();
      assertThat(module.generation()).isEqualTo(lost + 1);
      assertThat(session.random(8)).hasSize(8);
      assertReturns("CKR_SESSION_HANDLE_INVALID", () -> old.random(8));
      old.close();
      assertThat(session.random(8)).as("the handle is that of the old one").hasSize(8);
    }
  }

  @Test
  void waitsForCallsThatAreRunning_beforeItEnds() throws Exception {
    CryptokiModule module = CryptokiModule.open(SoftHsm.library());
    Session session = module.openSession(SoftHsmTest.slotOf(module, LABEL), false);
    CountDownLatch running = new CountDownLatch(3);
    FutureTask<String> caller =
        new FutureTask<>(
            () -> {
              try {
                while (true) {
                  session.random(100_000);
                  running.countDown();
                }
              } catch (CryptokiException e) {
                return e.name();
              }
            });
    Thread thread = new Thread(caller);
    thread.start();
    running.await();
    module.close();
    assertThat(caller.get()).isEqualTo("CKR_CRYPTOKI_NOT_INITIALIZED");
  }

  @Test
  void livesBesideTheJdksOwnBinding_whoeverComesFirst() throws Exception {
    for (String first : new String[] {"sun", "enclave"}) {
      ProcessBuilder child =
          new ProcessBuilder(
              JavaCommand.of(BesideSun.class, first, SoftHsm.library().toString(), LABEL));
      child.environment().putAll(softHsm.variables());
      assertThat(Ended.run(child).succeeded().lines())
          .as(first)
          .containsExactly(
              "initialised here: " + first.equals("enclave"),
              "signed beside it",
              "SunPKCS11 signs: " + (first.equals("enclave") ? "finalised" : "yes"));
    }
  }
}
