package dev.enclave.cli;

import dev.enclave.ErrorCode;
import dev.enclave.UsageException;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.AwsKmsServerBuilder;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.Journal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code enclave emulator aws}. */
@Command(
    name = "aws",
    sortOptions = false,
    description = {
      "Serve AWS KMS on 127.0.0.1 until interrupted; its keys are gone then.",
      "Prints, one a line, the options that point another enclave command at it."
    })
final class EmulatorAwsCommand implements Callable<Integer> {

  private static final int LAST_PORT = 65_535;
  private static final int KEPT_ENTRIES = 1_000;

  private final Session session;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Listen on this port; 0, the default, takes any free one.")
  private int port;

  @Option(
      names = "--faults",
      paramLabel = "FILE",
      description = "Fail as this plan says, a rule a line, such as: Sign 1%: unavailable")
  private @Nullable String faults;

  EmulatorAwsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (AwsKmsServer server = start()) {
      options(server).forEach(session::print);
      session.context().out().flush();
      session
          .context()
          .err()
          .println("Serving AWS KMS at " + server.endpoint() + " until interrupted (Ctrl-C).");
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private AwsKmsServer start() {
    if (port < 0 || port > LAST_PORT) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "--port is " + port + ". Choose a port from 1 to 65535, or 0 for any free one.");
    }
    AwsKmsServerBuilder server =
        AwsKmsServer.builder().port(port).journal(Journal.ofLast(KEPT_ENTRIES));
    if (faults != null) {
      server.faults(new FaultInjector(plan(faults)));
    }
    try {
      return server.start();
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    } catch (IllegalStateException e) {
      throw new UsageException(
          ErrorCode.INVALID_ARGUMENT,
          "Nothing can listen on port "
              + port
              + " of 127.0.0.1. Choose another --port, or 0 for any free one.");
    }
  }

  private FaultPlan plan(String file) {
    String text = new String(session.files().read(file), StandardCharsets.UTF_8);
    try {
      return FaultPlan.parse(text);
    } catch (IllegalArgumentException e) {
      throw unusable(e);
    }
  }

  /** The emulator's own words quote the plan's line, and nothing else. */
  private UsageException unusable(IllegalArgumentException e) {
    return new UsageException(
        ErrorCode.INVALID_ARGUMENT,
        "The plan in " + faults + " cannot be followed. " + e.getMessage());
  }

  private static List<String> options(AwsKmsServer server) {
    AwsCredentials credentials = server.credentials();
    return List.of(
        "-D enclave.backend=aws-kms",
        "-D enclave.environment=development",
        "-D enclave.aws-kms.region=" + server.region(),
        "-D enclave.aws-kms.endpoint=" + server.endpoint(),
        "-D enclave.aws-kms.sts-endpoint=" + server.endpoint(),
        "-D enclave.aws-kms.access-key-id=" + credentials.accessKeyId(),
        "-D enclave.aws-kms.secret-access-key=" + credentials.secretAccessKey());
  }
}
