package dev.enclave.cli.demo;

import dev.enclave.browser.demo.BrowserDemo;
import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.error.ErrorCode;
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
      requireNothingTyped("--browser", Texts.SERVES_A_PAGE.with());
      serveToBrowser();
    } else if (outage) {
      requireNothingTyped("--outage", Texts.STARTS_A_SERVICE.with());
      inScratchFolder(Texts.CONFIGURATION_NOT_USED.with(), this::runOutage);
    } else if (session.builder().diagnose().settings().isEmpty()) {
      inScratchFolder(
          Texts.NOTHING_IS_CONFIGURED.with(), scratch -> runIn(DemoStore.in(scratch, session)));
    } else {
      session.print(Texts.USING_CONFIGURATION.with());
      new Demo(session, session::apartFromQueue).run(!keep);
    }
    return 0;
  }

  /** Whoever names settings beside the option expects them to be used. */
  private void requireNothingTyped(String option, String why) {
    EnclaveEngine.Request typed = session.request();
    if (!typed.overrides().isEmpty() || typed.configFile().isPresent()) {
      throw Texts.OPTION_TAKES_NO_SETTINGS.as(ErrorCode.INVALID_ARGUMENT, option, why);
    }
  }

  private void serveToBrowser() {
    if (!BrowserDemo.hasWallet()) {
      throw Texts.NO_WALLET.as(ErrorCode.INVALID_ARGUMENT);
    }
    try (BrowserDemo demo = BrowserDemo.start(session::now, new SecureRandom())) {
      session.print(Texts.OPEN_IN_BROWSER.with(demo.address()));
      session.context().out().flush();
      session.tell(Texts.SERVING.with());
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw Texts.NOTHING_LISTENS_HERE.as(ErrorCode.INVALID_ARGUMENT, "--browser");
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
        session.print(Texts.KEPT.with(scratch));
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
      throw Texts.NOTHING_LISTENS_HERE.as(ErrorCode.INVALID_ARGUMENT, "--outage");
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
      throw Texts.NO_SCRATCH_FOLDER.as(ErrorCode.FILE_UNREADABLE, parent);
    }
  }

  private void delete(Path scratch) {
    try (Stream<Path> files = Files.walk(scratch)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
      session.print(Texts.SCRATCH_FOLDER_REMOVED.with());
    } catch (IOException e) {
      session.tell(Texts.SCRATCH_FOLDER_LEFT.with(scratch));
    }
  }
}
