package dev.enclave.cli.demo;

import dev.enclave.cli.session.Session;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
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
          + " system's store where that is unlocked, else as the software backend keeps them."
    })
public final class DemoCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--keep",
      description =
          "Keep the scratch folder with its sealing key, or the demo's key where the backend is"
              + " configured.")
  private boolean keep;

  public DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (session.builder().diagnose().settings().isEmpty()) {
      runInScratchFolder();
    } else {
      session.print("Using the configuration that is set (see: enclave doctor).");
      new Demo(session, session::builder).run(!keep);
    }
    return 0;
  }

  private void runInScratchFolder() {
    Path scratch = createScratch();
    try {
      session.print("Nothing is configured, so everything happens in " + scratch + ".");
      runIn(DemoStore.in(scratch, session));
    } finally {
      if (keep) {
        session.print("Kept " + scratch + ".");
      } else {
        delete(scratch);
      }
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
      session.context().err().println("warning: " + scratch + " could not be removed; remove it.");
    }
  }
}
