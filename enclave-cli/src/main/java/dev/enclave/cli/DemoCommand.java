package dev.enclave.cli;

import dev.enclave.ConfigSource;
import dev.enclave.EnclaveFactory;
import dev.enclave.ErrorCode;
import dev.enclave.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
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
      "Uses a scratch folder and the software backend, unless anything is configured."
    })
final class DemoCommand implements Callable<Integer> {

  private final Session session;

  @Option(
      names = "--keep",
      description = "Keep the scratch folder, or the demo's key where the backend is configured.")
  private boolean keep;

  DemoCommand(Session session) {
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
      ConfigSource settings = settingsFor(scratch);
      new Demo(session, () -> withSettings(settings)).run(false);
    } finally {
      if (keep) {
        session.print("Kept " + scratch + ".");
      } else {
        delete(scratch);
      }
    }
  }

  private EnclaveFactory.Builder withSettings(ConfigSource settings) {
    return session.builder().config(settings);
  }

  /** Names the backend: a demo must not make keys in whatever cloud account lies around. */
  private static ConfigSource settingsFor(Path scratch) {
    return new ConfigSource(
        "demo",
        Map.of(
            "enclave.environment",
            "local",
            "enclave.backend",
            "software",
            "enclave.software.directory",
            scratch.resolve("keys").toString(),
            "enclave.audit.directory",
            scratch.resolve("audit").toString()));
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
