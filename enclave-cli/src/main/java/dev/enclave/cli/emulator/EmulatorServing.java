package dev.enclave.cli.emulator;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.ErrorCode;
import dev.enclave.internal.Quoted;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands that serve have in common. */
final class EmulatorServing {

  /** How many requests a server that runs for days remembers. */
  static final int KEPT_ENTRIES = 1_000;

  private static final int LAST_PORT = 65_535;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Listen on this port; 0, the default, takes any free one.")
  private int port;

  @Option(
      names = "--faults",
      paramLabel = "FILE",
      description = "Fail as this plan says, a rule a line, such as: Sign 1%%: unavailable")
  private @Nullable String faults;

  /**
   * Starts a server.
   *
   * @param <T> its type
   */
  @FunctionalInterface
  interface Start<T> {
    T start(int port, FaultInjector faults);
  }

  /** Starts a server on the port and with the faults that were asked for, or says why not. */
  <T> T start(Session session, Start<T> server) {
    if (port < 0 || port > LAST_PORT) {
      throw Texts.PORT_INVALID.as(ErrorCode.INVALID_ARGUMENT, port);
    }
    FaultPlan plan = faults == null ? FaultPlan.NONE : plan(session, faults);
    try {
      return server.start(port, new FaultInjector(plan));
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    } catch (IllegalStateException e) {
      throw Texts.PORT_TAKEN.as(ErrorCode.INVALID_ARGUMENT, port);
    }
  }

  private FaultPlan plan(Session session, String file) {
    String text = new String(session.files().read(file), StandardCharsets.UTF_8);
    try {
      return FaultPlan.parse(text);
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** The emulator's own words quote the plan's line, and nothing else. */
  private EnclaveException unusable(IllegalArgumentException e) {
    String why = String.valueOf(e.getMessage());
    return Texts.FAULT_PLAN_UNUSABLE.as(
        ErrorCode.INVALID_ARGUMENT, Quoted.of(String.valueOf(faults)), why);
  }

  /** Prints how to reach it and returns when the thread is interrupted. */
  static void untilInterrupted(Session session, String service, URI endpoint, List<String> lines) {
    lines.forEach(session::print);
    session.context().out().flush();
    session.tell(Texts.SERVING_SERVICE.with(service, endpoint));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
