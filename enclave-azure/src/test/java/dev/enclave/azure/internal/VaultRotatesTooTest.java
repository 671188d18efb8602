package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.models.KeyRotationLifetimeAction;
import com.azure.security.keyvault.keys.models.KeyRotationPolicy;
import com.azure.security.keyvault.keys.models.KeyRotationPolicyAction;
import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.RotationResult;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.spi.audit.AuditEvent.Operation;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import dev.enclave.testkit.SteppedTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Six weeks in which the vault's own rotation policy and Enclave rotate the same key. */
class VaultRotatesTooTest {

  private static final Message MESSAGE = Message.ofUtf8("pay 10");
  private static final Duration INTERVAL = Duration.ofDays(20);
  private static final Duration SIX_WEEKS = Duration.ofDays(41);

  /** The shortest that Azure takes. */
  private static final String OF_THE_VAULT = "P7D";

  private final MutableClock clock = new MutableClock();
  private final AzureKeyVaultServer server =
      KeyVaults.server().clock(clock::now).anyTokenTime().start();
  private final RecordingAuditSink audit = new RecordingAuditSink();
  private final List<RotationResult> rotated = new ArrayList<>();
  private final List<SignatureValue> signatures = new ArrayList<>();
  private final SteppedTasks tasks = new SteppedTasks();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void signsNothingWithTheVaultsVersions_andRotatesAsIfTheyWereNotThere() {
    try (Enclave enclave = open("ignored")) {
      SigningKey key = live(enclave);
      Set<KeyVersionId> ours = made();
      List<KeyVersion> theirs =
          key.info().versions().stream().filter(v -> !ours.contains(v.id())).toList();

      assertThat(rotated).hasSize(2);
      assertThat(theirs).as("the vault's versions").hasSizeBetween(3, 6);
      assertThat(signatures).allMatch(signature -> ours.contains(signature.version()));
      requireInOrder(key);
      assertThat(audit.events(Operation.OBSERVE))
          .as("each of the vault's versions is told once")
          .extracting(event -> event.version().orElseThrow())
          .containsExactlyInAnyOrderElementsOf(theirs.stream().map(KeyVersion::id).toList());
      for (KeyVersion version : theirs) {
        assertThat(enclave.health().findings())
            .anyMatch(
                finding ->
                    finding.observed().contains(version.providerUri())
                        && finding.fix().contains("rotation-by-vault=used"));
      }
    }
  }

  @Test
  void takesTheVaultsVersions_withoutMakingOneItself_ifTheOperatorWantsThat() {
    try (Enclave enclave = open("used")) {
      SigningKey key = live(enclave);

      // What is taken counts from when the vault made it.
      assertThat(rotated).hasSize(2);
      assertThat(server.journal().of("CreateKey"))
          .as("made by Enclave, the statement key beside it")
          .filteredOn(made -> !made.keyId().orElseThrow().contains("statements"))
          .hasSize(1);
      assertThat(made()).hasSize(3);
      requireInOrder(key);
    }
  }

  private Enclave open(String byVault) {
    Map<String, String> settings = Engines.settings(server);
    settings.put("enclave.rotation.automatic", "on");
    settings.put("enclave.azure-keyvault.rotation-by-vault", byVault);
    return Engines.builder(server, clock, settings)
        .with(audit)
        .scheduler(tasks)
        .onRotation(rotated::add)
        .open();
  }

  /** Six weeks of a key with a rotation policy, which signs every other day. */
  private SigningKey live(Enclave enclave) {
    SigningKey key =
        enclave.createKey(
            KeySpec.named("wallet")
                .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                .rotation(RotationInterval.every(INTERVAL)));
    try (AzureSession administrator = KeyVaults.session(server, clock)) {
      administrator
          .http()
          .during(
              KeyVaults.call(clock),
              attempt ->
                  administrator
                      .keys()
                      .updateKeyRotationPolicy(AzureNames.of(KeyName.of("wallet")), policy()));
    }
    Instant end = clock.now().plus(SIX_WEEKS);
    Instant nextSignature = clock.now();
    while (clock.now().isBefore(end)) {
      tasks.runNext(clock::advance);
      if (clock.now().isAfter(nextSignature)) {
        signatures.add(key.sign(MESSAGE));
        nextSignature = clock.now().plus(Duration.ofDays(2));
      }
    }
    return key;
  }

  private static KeyRotationPolicy policy() {
    return new KeyRotationPolicy()
        .setLifetimeActions(
            List.of(
                new KeyRotationLifetimeAction(KeyRotationPolicyAction.ROTATE)
                    .setTimeAfterCreate(OF_THE_VAULT)));
  }

  /** The versions that were ever active. */
  private Set<KeyVersionId> made() {
    Set<KeyVersionId> made =
        rotated.stream().map(result -> result.active().id()).collect(Collectors.toSet());
    made.add(rotated.get(0).previous().id());
    return made;
  }

  /** No version comes back, and every signature verifies. */
  private void requireInOrder(SigningKey key) {
    List<KeyVersionId> order = new ArrayList<>(List.of(rotated.get(0).previous().id()));
    rotated.forEach(result -> order.add(result.active().id()));
    assertThat(signatures)
        .extracting(signature -> order.indexOf(signature.version()))
        .isSorted()
        .doesNotContain(-1);
    assertThat(signatures).hasSizeGreaterThan(15).allMatch(s -> key.verify(MESSAGE, s));
  }
}
