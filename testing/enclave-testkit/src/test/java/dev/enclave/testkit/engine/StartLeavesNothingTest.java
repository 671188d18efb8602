package dev.enclave.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.spi.TaskScheduler;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.audit.AuditEvent;
import dev.enclave.spi.audit.AuditOutput;
import dev.enclave.spi.deferral.DeferralQueue;
import dev.enclave.testkit.FakeEnvironment;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever throws at a start or while an Enclave is closed, everything that is open is closed. */
class StartLeavesNothingTest {

  /** Throws once, at one call of the threads that start. */
  private static final class Fuse {

    private final Thread starting = Thread.currentThread();
    private final AtomicInteger left;
    private volatile boolean blown;

    Fuse(int left) {
      this.left = new AtomicInteger(left);
    }

    void burn() {
      Thread now = Thread.currentThread();
      if ((now == starting || now.getName().startsWith("enclave-opening"))
          && left.getAndDecrement() == 0) {
        blown = true;
        throw new IllegalStateException("blown");
      }
    }
  }

  private final List<Thread> others = threads();
  private final AtomicInteger open = new AtomicInteger();
  private final BentProvider bent =
      new BentProvider("bent")
          .after("open", open::incrementAndGet)
          .before("close", open::decrementAndGet);
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Path parent;
  private Path directory;

  StartLeavesNothingTest(@TempDir Path parent) {
    this.parent = parent;
    this.directory = parent.resolve("audit");
    settings.put("enclave.environment", "development");
  }

  private EnclaveFactory.Builder builder() {
    settings.put("enclave.audit.directory", directory.toString());
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(bent)
        .config(new ConfigSource("test", settings));
  }

  private void assertNothingIsLeft(String when) {
    assertThat(open).as(when).hasValue(0);
    assertThat(threads()).as(when).isSubsetOf(others);
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.isAlive() && thread.getName().startsWith("enclave-audit"))
        .toList();
  }

  @Test
  void whicheverCallOfTheClockFails() {
    everyFailure(
        (builder, fuse) ->
            builder.with(
                new TimeSource() {
                  @Override
                  public Instant now() {
                    fuse.burn();
                    return Instant.now();
                  }

                  @Override
                  public long nanoTime() {
                    fuse.burn();
                    return System.nanoTime();
                  }

                  @Override
                  public void pause(Duration duration) throws InterruptedException {
                    throw new InterruptedException();
                  }
                }));
  }

  @Test
  void whicheverCallOfTheRandomNumbersFails() {
    everyFailure(
        (builder, fuse) ->
            builder.random(
                new SecureRandom() {
                  @Override
                  public void nextBytes(byte[] bytes) {
                    fuse.burn();
                    super.nextBytes(bytes);
                  }
                }));
  }

  /** Fails each call of a part in turn, until a start makes no more calls of it. */
  private void everyFailure(java.util.function.BiConsumer<EnclaveFactory.Builder, Fuse> part) {
    boolean blown = true;
    for (int call = 0; blown; call++) {
      directory = parent.resolve("audit-" + call);
      Fuse fuse = new Fuse(call);
      EnclaveFactory.Builder builder = builder().with(output());
      part.accept(builder, fuse);
      Throwable thrown =
          catchThrowable(
              () -> {
                Enclave enclave = builder.open();
                fuse.left.set(-1);
                enclave.close();
              });
      blown = fuse.blown;
      assertNothingIsLeft("call " + call + " failed: " + blown + ", " + thrown);
    }
  }

  private static AuditOutput output() {
    return new AuditOutput() {
      @Override
      public String id() {
        return "test";
      }

      @Override
      public void write(AuditEvent event, String line) {}
    };
  }

  @Test
  void whenAQueueThrowsWhileItIsClosed() {
    settings.put("enclave.jobs.kek", "kek");
    DeferralQueue queue =
        (DeferralQueue)
            Proxy.newProxyInstance(
                DeferralQueue.class.getClassLoader(),
                new Class<?>[] {DeferralQueue.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("close")) {
                    throw new IllegalStateException("the queue cannot be closed");
                  }
                  return Optional.empty();
                });
    Enclave enclave = builder().deferral(context -> queue).open();

    assertThatThrownBy(enclave::close).hasMessage("the queue cannot be closed");

    assertNothingIsLeft("the queue threw");
  }

  @Test
  void whenTheSchedulerThrowsWhileAnEnclaveIsClosed() {
    settings.put("enclave.rotation.automatic", "on");
    TaskScheduler scheduler =
        (delay, task) ->
            () -> {
              throw new AssertionError("cannot be cancelled");
            };
    Enclave enclave = builder().scheduler(scheduler).open();

    assertThatThrownBy(enclave::close)
        .isInstanceOf(AssertionError.class)
        .satisfies(thrown -> assertThat(thrown.getSuppressed()).isNotEmpty());

    assertNothingIsLeft("the scheduler threw");
  }

  @Test
  void whenASettingOfLentKeysIsWrong() {
    settings.put("enclave.lent-keys-open-to-callers", "no key at all");

    assertThatThrownBy(builder()::open).hasMessageContaining("enclave.lent-keys-open-to-callers");

    assertNothingIsLeft("a setting is wrong");
  }

  @Test
  void whenTheQueueCannotBeOpened() {
    settings.put("enclave.jobs.kek", "kek");
    EnclaveFactory.Builder builder =
        builder()
            .deferral(
                context -> {
                  throw new AssertionError("no queue");
                });

    assertThatThrownBy(builder::open).hasMessage("no queue");

    assertNothingIsLeft("the queue threw");
  }
}
