package dev.enclave.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.testkit.MutableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysReconcileCommandTest {

  private final Path folder;

  KeysReconcileCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void saysThatABackendLeavesNoOrphans() {
    Cli cli = Cli.local(folder);
    Cli.Run run = cli.run("keys", "reconcile");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("look for orphans");
  }

  @Test
  void showsThenRemovesWhatALostAnswerLeft() {
    AtomicBoolean losing = new AtomicBoolean(true);
    try (AwsKmsServer server =
        AwsKmsServer.builder()
            .interceptor(
                (request, service) -> {
                  var answer = service.handle(request);
                  return request.operation().equals("CreateKey") && losing.getAndSet(false)
                      ? Delivery.reset()
                      : Delivery.answer(answer);
                })
            .start()) {
      Cli cli = Cli.in(folder);
      String[] options = options(server);
      succeed(cli, options, "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
      assertThat(succeed(cli, options, "keys", "reconcile").out())
          .as("the creation may be under way")
          .contains("There are no orphans");
      Cli later = cli.with(new MutableClock(Instant.now().plus(Duration.ofHours(1))));
      assertThat(succeed(later, options, "keys", "reconcile", "--dry-run").out())
          .contains("(meant for ")
          .contains("Nothing was removed");
      assertThat(succeed(later, options, "keys", "reconcile", "--json").out())
          .contains("\"meantFor\" : \"");
      assertThat(succeed(later, options, "keys", "reconcile").out())
          .contains("There are no orphans");
      assertThat(server.journal().of("ScheduleKeyDeletion")).hasSize(1);
      assertThat(succeed(cli, options, "audit", "show").out()).contains("DISCARD");
    }
  }

  private static Cli.Run succeed(Cli cli, String[] options, String... args) {
    String[] all = new String[args.length + options.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(options, 0, all, args.length, options.length);
    return cli.succeed(all);
  }

  private String[] options(AwsKmsServer server) {
    return new String[] {
      "-D", "enclave.environment=development",
      "-D", "enclave.backend=aws-kms",
      "-D", "enclave.audit.directory=" + folder.resolve("audit"),
      "-D", "enclave.aws-kms.region=" + server.region(),
      "-D", "enclave.aws-kms.endpoint=" + server.endpoint(),
      "-D", "enclave.aws-kms.sts-endpoint=" + server.endpoint(),
      "-D", "enclave.aws-kms.access-key-id=" + server.credentials().accessKeyId(),
      "-D", "enclave.aws-kms.secret-access-key=" + server.credentials().secretAccessKey()
    };
  }
}
