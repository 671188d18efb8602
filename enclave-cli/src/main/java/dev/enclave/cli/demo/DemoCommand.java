package dev.enclave.cli.demo;

import dev.enclave.browser.demo.BrowserDemo;
import dev.enclave.cli.session.Session;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.opening.EnclaveEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave demo}: the life of a key, here, in plain words. */
@Command(
    name = "demo",
    sortOptions = false,
    description = {
      "Watch a key being created, used, rotated and audited.",
      "Unless anything is configured, its keys lie in a scratch folder: sealed by the operating"
          + " system's store where that is unlocked, else as the software backend keeps them.",
      "With --outage, watch signatures wait for a key service that goes away and returns.",
      "With --browser, open a page with a wallet whose keys are made and kept in your browser."
    })
public final class DemoCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--keep",
      description =
          "Keep the scratch folder with its sealing key, or the demo's key where the backend is"
              + " configured.")
  private boolean keep;

  @Option(
      names = "--outage",
      description =
          "Show an outage in place of a key's life: by a key service of the demo's own on"
              + " 127.0.0.1 and a scratch folder, never by what is configured and never by a"
              + " cloud.")
  private boolean outage;

  @Option(
      names = "--browser",
      description =
          "Serve a page with a wallet on 127.0.0.1 in place of a key's life, until interrupted;"
              + " nothing that is configured is used.")
  private boolean browser;

  public DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (browser) {
      requireNothingTyped("--browser", "it serves a page, and its keys are in the browser");
      serveToBrowser();
    } else if (outage) {
      requireNothingTyped("--outage", "it starts a key service of its own");
      inScratchFolder(
          "Whatever is configured is not used: a key service is started, and everything else"
              + " happens in ",
          this::runOutage);
    } else if (session.builder().diagnose().settings().isEmpty()) {
      inScratchFolder(
          "Nothing is configured, so everything happens in ",
          scratch -> runIn(DemoStore.in(scratch, session)));
    } else {
      session.print("Using the configuration that is set (see: enclave doctor).");
      new Demo(session, session::apartFromQueue).run(!keep);
    }
    return 0;
  }

  /** Whoever names settings beside the option expects them to be used. */
  private void requireNothingTyped(String option, String why) {
    EnclaveEngine.Request typed = session.request();
    if (!typed.overrides().isEmpty() || typed.configFile().isPresent()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          option + " takes no settings: " + why + ". Leave out -D and --config.");
    }
  }

  private void serveToBrowser() {
    if (!BrowserDemo.hasWallet()) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "The wallet for browsers is not in this build: Node builds it, and was not there."
              + " Install Node 20 or newer with npm, then run ./enclave demo --browser in a"
              + " checkout.");
    }
    try (BrowserDemo demo = BrowserDemo.start(session::now, new SecureRandom())) {
      session.print("Open " + demo.address() + " in a browser on this computer.");
      session.context().out().flush();
      session.tell("Serving until interrupted (Ctrl-C).");
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing can listen on 127.0.0.1. Allow it on this machine, or leave out --browser.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void inScratchFolder(String why, Consumer<Path> demo) {
    Path scratch = createScratch();
    try {
      session.print(why + scratch + ".");
      demo.accept(scratch);
    } finally {
      if (keep) {
        session.print("Kept " + scratch + ".");
      } else {
        delete(scratch);
      }
    }
  }

  private void runOutage(Path scratch) {
    FaultInjector faults = new FaultInjector();
    try (AwsKmsServer service = started(faults)) {
      new OutageDemo(session, scratch, service, faults).run();
    }
  }

  private static AwsKmsServer started(FaultInjector faults) {
    try {
      return AwsKmsServer.builder().faults(faults).start();
    } catch (IllegalStateException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing can listen on 127.0.0.1. Allow it on this machine, or leave out --outage.");
    }
  }

  private void runIn(DemoStore store) {
    try {
      new Demo(session, store::builder).run(!keep);
    } finally {
      if (!keep) {
        store.remove();
      }
    }
  }

  private Path createScratch() {
    Path parent = session.context().temporaryDirectory();
    try {
      return Files.createTempDirectory(parent, "enclave-demo-");
    } catch (IOException e) {
      throw new UsageException(
          ErrorCode.FILE_UNREADABLE,
          "No scratch folder can be made in "
              + parent
              + ". Name another temporary folder with JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER.");
    }
  }

  private void delete(Path scratch) {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      session.print("Removed the scratch folder. Your own start: enclave doctor");
    } catch (IOException e) {
      session.tell("warning: " + scratch + " could not be removed; remove it.");
    }
  }
}
