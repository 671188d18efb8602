package dev.enclave.cli.emulator;

import dev.enclave.cli.session.Session;
import dev.enclave.cli.text.Texts;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.wire.Journal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code enclave emulator gcp}. */
@Command(
    name = "gcp",
    sortOptions = false,
    description = {
      "Serve Google Cloud KMS on 127.0.0.1 until interrupted; its keys are gone then.",
      "Prints, one a line, the options that point another enclave command at it."
    })
public final class EmulatorGcpCommand implements Callable<Integer> {

  private static final String KEY_RING = "enclave";
  // The token that is printed is to last as long as anybody serves a test.
  private static final Duration TOKEN_LIFETIME = Duration.ofDays(365);

  private final Session session;

  @Mixin private final EmulatorServing serving = new EmulatorServing();

  public EmulatorGcpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    try (GcpKmsServer server = serving.start(session, EmulatorGcpCommand::started)) {
      EmulatorServing.untilInterrupted(
          session, Texts.GOOGLE_CLOUD_KMS.with(), endpoint(server), options(server));
    }
    return 0;
  }

  private static GcpKmsServer started(int port, FaultInjector faults) {
    return GcpKmsServer.builder()
        .port(port)
        .faults(faults)
        .keyRing(KEY_RING)
        .tokenLifetime(TOKEN_LIFETIME)
        .journal(Journal.ofLast(EmulatorServing.KEPT_ENTRIES))
        .start();
  }

  private static URI endpoint(GcpKmsServer server) {
    return URI.create("http://" + server.target());
  }

  private static List<String> options(GcpKmsServer server) {
    return List.of(
        "-D enclave.backend=gcp-kms",
        "-D enclave.environment=development",
        "-D enclave.gcp-kms.key-ring=" + server.keyRingName(KEY_RING),
        "-D enclave.gcp-kms.endpoint=" + endpoint(server),
        "-D enclave.gcp-kms.access-token=" + server.accessToken());
  }
}
