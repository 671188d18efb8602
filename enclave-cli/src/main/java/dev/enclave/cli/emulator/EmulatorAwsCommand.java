package dev.enclave.cli.emulator;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.emulators.AwsCredentials;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.Journal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code enclave emulator aws}. */
@Command(
    name = "aws",
    sortOptions = false,
    description = {
      "Serve AWS KMS on 127.0.0.1 until interrupted; its keys are gone then.",
      "Prints, one a line, the options that point another enclave command at it."
    })
public final class EmulatorAwsCommand implements Callable<Integer> {

  private final Session session;

  @Mixin private final EmulatorServing serving = new EmulatorServing();

  public EmulatorAwsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (AwsKmsServer server = serving.start(session, EmulatorAwsCommand::started)) {
      EmulatorServing.untilInterrupted(
          session, Texts.AWS_KMS.with(), server.endpoint(), options(server));
    }
    return 0;
  }

  private static AwsKmsServer started(int port, FaultInjector faults) {
    return AwsKmsServer.builder()
        .port(port)
        .faults(faults)
        .journal(Journal.ofLast(EmulatorServing.KEPT_ENTRIES))
        .start();
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
