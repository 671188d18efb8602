package dev.enclave.aws.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.aws.internal.KmsBench;
import dev.enclave.aws.internal.Openings;
import dev.enclave.aws.internal.Operations;
import dev.enclave.aws.internal.Sessions;
import dev.enclave.aws.internal.backend.AwsKmsBackend;
import dev.enclave.aws.internal.calls.KmsNames;
import dev.enclave.aws.internal.calls.KmsOperation;
import dev.enclave.campaign.CapableBackend;
import dev.enclave.campaign.StrictEnclave;
import dev.enclave.crypto.LocalKey;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.fault.Fault;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.emulators.fault.FaultPlan;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.ExportedKey;
import dev.enclave.spi.ExportedKey.Version;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.OrphanCollector.Orphan;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the policies grant is what the backend sends, by the journal of our own server. */
class AwsAccessPolicyTest {

  private static final Pattern ACTION = Pattern.compile("\"(kms:[A-Z][A-Za-z]+)\"(?!:)");
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final FaultInjector faults = new FaultInjector();
  private KmsBench bench;

  @BeforeEach
  void open() {
    bench = new KmsBench(server -> server.faults(faults));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  /** The actions of the policy whose heading begins so. */
  private static Set<String> granted(String heading) throws BackendFailure {
    String text = AwsAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).text();
    String policy =
        Arrays.stream(text.split("(?m)^# For "))
            .filter(part -> part.startsWith(heading))
            .findFirst()
            .orElseThrow();
    return ACTION
        .matcher(policy)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> sent() {
    return bench.requests().stream()
        .map(operation -> "kms:" + operation)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> all() {
    return Operations.all().stream()
        .map(KmsOperation::permission)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void tellsWhichTrailsKeepNoSignature() throws Exception {
    assertThat(AwsAccessPolicy.of(Openings.in(EnvironmentType.PRODUCTION).context()).providerLog())
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .contains("WriteOnly", "kms.amazonaws.com", "get-event-selectors"));
  }

  @Test
  void grantsEveryOperationThatThereIs_andNoOther() throws BackendFailure {
    Set<String> granted = new TreeSet<>(granted("signing"));
    granted.addAll(granted("creating"));
    granted.addAll(granted("enclave keys reconcile"));

    assertThat(granted).isEqualTo(all());
  }

  @Test
  void grantsWhatSigningAndSealingSend_andNothingElse() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    var request = bench.request(KeyName.of("kek"), WrappingAlgorithm.AES_256_GCM);
    KeySnapshot kek = bench.backend.create(request, bench.call(request.operationId()));
    bench.server.journal().clear();

    CapableBackend signing = bench.open();
    try (SecretBytes dataKey = SecretBytes.takeOver(new byte[32])) {
      signing.load(KmsBench.NAME, bench.call());
      signing.sign(first(key), MESSAGE, bench.call());
      signing.health(bench.call());
      var wrapped = signing.wrap(first(kek), dataKey, bench.call());
      signing.unwrap(first(kek), wrapped, bench.call()).close();
    } finally {
      signing.close();
    }

    assertThat(sent()).isEqualTo(granted("signing"));
  }

  private static KeyVersionRef first(KeySnapshot key) {
    return key.ref(key.versions().get(0));
  }

  @Test
  void grantsWhatAdministrationSends_andNothingElse() throws BackendFailure {
    KeySnapshot key = bench.create(KmsBench.NAME);
    bench.backend.sign(first(key), MESSAGE, bench.call());
    KeySnapshot rotated = bench.rotate(bench.rotate(key));
    KeyVersion active = rotated.active().orElseThrow();
    change(rotated, active, KeyState.DISABLED);
    change(rotated, active, KeyState.ACTIVE);
    change(rotated, rotated.versions().get(0), KeyState.DESTROYED);
    change(rotated, active, KeyState.VERIFY_ONLY);
    change(rotated, rotated.versions().get(1), KeyState.ACTIVE);
    bench.backend.list(bench.call());
    bench.backend.permissions(bench.call());
    restore();

    Set<String> granted = granted("creating");
    // Of which the probe of permissions asks, too.
    granted.addAll(granted("signing"));
    assertThat(sent()).isEqualTo(granted);
  }

  @Test
  void grantsWhatReconcilingSends_besides() throws BackendFailure {
    collectAnOrphan();

    Set<String> granted = granted("enclave keys reconcile");
    assertThat(sent()).containsAll(granted);
    granted.addAll(granted("creating"));
    assertThat(granted).containsAll(sent());
  }

  private void change(KeySnapshot key, KeyVersion version, KeyState target) throws BackendFailure {
    bench.backend.changeState(key.ref(version), target, bench.call());
  }

  private void collectAnOrphan() throws BackendFailure {
    faults.follow(FaultPlan.NONE.on("CreateAlias", 1, Fault.resetBefore()));
    Assertions.assertThatThrownBy(() -> bench.create(KeyName.of("never-made")))
        .isInstanceOf(BackendFailure.class);
    faults.follow(FaultPlan.NONE);
    bench.clock.advance(Duration.ofHours(1));
    for (Orphan orphan : bench.backend.orphans(Optional.empty(), bench.call()).orphans()) {
      bench.backend.discard(orphan, bench.call());
    }
  }

  private void restore() throws BackendFailure {
    try (LocalKey key = LocalKey.generate(KmsBench.ALGORITHM, new SecureRandom());
        ExportedKey outside =
            ExportedKey.of(
                KmsBench.NAME,
                KmsBench.ALGORITHM,
                RotationInterval.NEVER,
                Optional.empty(),
                List.of(
                    Version.of(
                        KeyVersionId.of("1"),
                        KeyState.ACTIVE,
                        bench.clock.now(),
                        key.publicKey(),
                        Optional.of(key.encode()))))) {
      bench.backend.restore(
          RestoreRequest.of(
              KeyName.of("restored"), EnvironmentType.PRODUCTION, outside, KmsBench.newId()),
          bench.call());
    }
  }

  @Test
  void grantsWhatAnAdoptedKeyNeedsInProduction_andNothingElse() throws BackendFailure {
    String signing = adoptable("ECC_NIST_P256", "SIGN_VERIFY");
    String wrapping = adoptable("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT");
    Set<String> granted = granted("a key that something else made");
    Set<String> forbidden = all();
    forbidden.removeAll(granted);
    forbidden.forEach(action -> bench.server.deny(Denial.of(action)));
    bench.server.journal().clear();

    try (Enclave enclave = adopting(signing)) {
      enclave.signingKeys().key("treasury").sign(MESSAGE);
    }
    try (Enclave enclave = adopting(wrapping)) {
      byte[] secret = "s3cret".getBytes(StandardCharsets.UTF_8);
      assertThat(enclave.unseal(enclave.seal("treasury", secret, new byte[0]), new byte[0]))
          .isEqualTo(secret);
    }

    // The health check at the start asks whether KMS answers; being refused is an answer, too.
    assertThat(answered()).isEqualTo(granted);
  }

  private String adoptable(String spec, String usage) {
    return bench
        .console()
        .createKey(
            r -> r.keySpec(spec).keyUsage(usage).tags(KmsNames.tag(KmsNames.STAMP, "PRODUCTION")))
        .keyMetadata()
        .arn();
  }

  private Enclave adopting(String arn) {
    return StrictEnclave.adopting(
            arn,
            Map.of(),
            context -> AwsKmsBackend.over(Sessions.with(bench.server, bench.clock), context))
        .with(bench.clock)
        .with(new RecordingAuditSink())
        .open();
  }

  private Set<String> answered() {
    return bench.server.journal().entries().stream()
        .filter(entry -> entry.status() == 200)
        .map(entry -> "kms:" + entry.operation())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
