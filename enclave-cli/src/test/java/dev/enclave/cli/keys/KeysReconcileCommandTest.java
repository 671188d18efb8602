package dev.enclave.cli.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.cli.Cli;
import dev.enclave.emulators.AwsKmsServer;
import dev.enclave.emulators.GcpKmsServer;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.testkit.MutableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysReconcileCommandTest {

  private static final String RING = "Payments_EU2024-Prod7";

  private final Path folder;

  KeysReconcileCommandTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void saysThatABackendLeavesNoOrphans() {
    Cli cli = Cli.local(folder);
    Cli.Run run = cli.run("keys", "reconcile");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("leaves no orphans", "(UNSUPPORTED_OPERATION)");
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

  @Test
  void namesVersionsOfGoogleWhole_inWhatItSaysAndInTheAuditLog() throws IOException {
    FaultInjector faults = new FaultInjector();
    try (GcpKmsServer server = GcpKmsServer.builder().faults(faults).keyRing(RING).start()) {
      Cli cli = Cli.in(folder).with(new MutableClock(Instant.now()));
      String[] options = options(server);
      succeed(cli, options, "keys", "create", "wallet", "--algorithm", "ECDSA_P256_SHA256");
      succeed(cli, options, "keys", "statement-key", "--out=statements.jwks");
      // The record of its beginning does; what makes the new version the active one never gets
      // there.
      faults.follow(FaultPlan.NONE.between("CreateCryptoKey", 2, 1000, Fault.resetBefore()));
      assertThat(cli.run(with(options, "keys", "rotate", "wallet")).code()).isNotZero();
      faults.follow(FaultPlan.NONE);
      String version = server.keyRingName(RING) + "/cryptoKeys/wallet/cryptoKeyVersions/2";
      Cli later = Cli.in(folder).with(new MutableClock(Instant.now().plus(Duration.ofHours(1))));

      assertThat(succeed(later, options, "keys", "reconcile", "--dry-run").out()).contains(version);
      assertThat(succeed(later, options, "keys", "reconcile").out()).contains(version);

      assertThat(auditLog()).contains("\"detail.providerUri\":\"" + version + "\"");
    }
  }

  private String auditLog() throws IOException {
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.list(folder.resolve("audit"))) {
      for (Path file : files.sorted().toList()) {
        log.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    return log.toString();
  }

  private static Cli.Run succeed(Cli cli, String[] options, String... args) {
    return cli.succeed(with(options, args));
  }

  private static String[] with(String[] options, String... args) {
    return Stream.of(args, options).flatMap(Stream::of).toArray(String[]::new);
  }

  private String[] options(GcpKmsServer server) {
    return new String[] {
      "-D", "enclave.environment=development",
      "-D", "enclave.backend=gcp-kms",
      "-D", "enclave.audit.directory=" + folder.resolve("audit"),
      "-D", "enclave.gcp-kms.key-ring=" + server.keyRingName(RING),
      "-D", "enclave.gcp-kms.endpoint=http://" + server.target(),
      "-D", "enclave.gcp-kms.access-token=" + server.accessToken()
    };
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
