package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.Enclave;
import dev.enclave.KeyName;
import dev.enclave.KeySpec;
import dev.enclave.SigningAlgorithm;
import dev.enclave.diagnosis.Diagnosis;
import dev.enclave.diagnosis.Diagnosis.Grant;
import dev.enclave.diagnosis.Diagnosis.Permission;
import dev.enclave.emulators.AzureKeyVaultServer;
import dev.enclave.emulators.Denial;
import dev.enclave.emulators.wire.Delivery;
import dev.enclave.emulators.wire.ServiceResponse;
import dev.enclave.spi.TimeSource;
import dev.enclave.testkit.MutableClock;
import dev.enclave.testkit.RecordingAuditSink;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code doctor --probe} is ready where everything is granted, and nowhere else. */
class ProbeVerdictTest {

  private static final List<String> ROLES =
      List.of(
          PrintedRoles.of(PrintedRoles.USING, false), PrintedRoles.of(PrintedRoles.MAKING, false));

  private final TimeSource time = new MutableClock();
  private final AzureKeyVaultServer server = KeyVaults.server().clock(time::now).start();
  private final Map<String, String> settings = Engines.settings(server);

  @AfterEach
  void stop() {
    server.close();
  }

  private Diagnosis probe() {
    return Engines.builder(server, time, settings).with(new RecordingAuditSink()).probe();
  }

  private void withKey() {
    try (Enclave enclave = Engines.open(server, time)) {
      enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
    }
  }

  private void disable(String name) {
    try (AzureSession session = KeyVaults.session(server, time)) {
      session
          .http()
          .during(
              KeyVaults.call(time),
              attempt -> {
                KeyProperties properties = session.keys().getKey(name).getProperties();
                return session.keys().updateKeyProperties(properties.setEnabled(false));
              });
    }
  }

  private static void assertNotReady(Diagnosis diagnosis) {
    assertThat(diagnosis.health().healthy())
        .as("%s %s", diagnosis.permissions(), diagnosis.health())
        .isFalse();
    assertThat(diagnosis.refusal()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isReady_underExactlyThePrintedRoles_withAKeyAndWithout(boolean key) {
    if (key) {
      withKey();
    }
    server.roleDefinitions(ROLES);
    Diagnosis diagnosis = probe();
    assertThat(diagnosis.health().healthy()).as(diagnosis.health().toString()).isTrue();
    assertThat(diagnosis.refusal()).isEmpty();
    assertThat(diagnosis.permissions()).isNotEmpty().allMatch(Permission::granted);
  }

  static Stream<String> actions() {
    return ROLES.stream().flatMap(role -> PrintedRoles.allowed(role).stream()).distinct();
  }

  @ParameterizedTest
  @MethodSource("actions")
  void isNotReady_withoutOneOfThePrintedActions(String action) {
    server.roleDefinitions(ROLES.stream().map(role -> PrintedRoles.without(action, role)).toList());
    assertThat(missing(probe())).containsExactly(action);

    server.roleDefinitions(List.of());
    server.deny(Denial.of(action));
    assertThat(missing(probe())).containsExactly(action);
  }

  private static List<String> missing(Diagnosis diagnosis) {
    assertNotReady(diagnosis);
    return diagnosis.permissions().stream()
        .filter(permission -> permission.grant() == Grant.MISSING)
        .map(Permission::name)
        .toList();
  }

  @Test
  void isNotReady_withoutARole() {
    server.deny(Denial.of("*"));
    assertNotReady(probe());
  }

  @Test
  void isNotReady_inAnotherTenant() {
    settings.put("enclave.azure-keyvault.tenant-id", "99999999-8888-7777-6666-555555555555");
    assertNotReady(probe());
  }

  @Test
  void isNotReady_whereTheKeyIsDisabled() {
    withKey();
    disable(AzureNames.of(KeyName.of("wallet")));
    assertNotReady(probe());
  }

  @ParameterizedTest
  @ValueSource(strings = {"disabled", "gone", "another vault's"})
  void isNotReady_whereAnAdoptedKeyCannotSign(String how) {
    withKey();
    String uri = KeyVaults.foreignKey(server, time, SigningAlgorithm.ECDSA_P256_SHA256);
    settings.put("enclave.keys.treasury", uri);
    assertThat(probe().health().healthy()).isTrue();
    String name = uri.replaceFirst(".*/keys/([^/]*).*", "$1");
    settings.put(
        "enclave.keys.treasury",
        switch (how) {
          case "gone" -> uri.replace(name, "nothing");
          case "another vault's" -> uri.replaceFirst("https://[^/]*", "https://b.vault.azure.net");
          default -> uri;
        });
    if (how.equals("disabled")) {
      disable(name);
    }
    assertNotReady(probe());
  }

  /** As a proxy or a gateway answers for what it does not know. */
  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404})
  void isNotReady_whereAnotherThanTheVaultAnswers(int status) {
    try (AzureKeyVaultServer behind =
        KeyVaults.server()
            .clock(time::now)
            .interceptor(
                (request, service) ->
                    Delivery.answer(
                        request.operation().equals("Sign")
                                || request.operation().equals("CreateKey")
                            ? ServiceResponse.of(
                                status, "<html>no</html>".getBytes(StandardCharsets.UTF_8))
                            : service.handle(request)))
            .start()) {
      Diagnosis diagnosis = Engines.builder(behind, time, new RecordingAuditSink()).probe();
      assertNotReady(diagnosis);
      assertThat(diagnosis.permissions())
          .filteredOn(permission -> permission.grant() == Grant.UNKNOWN)
          .hasSize(2);
    }
  }
}
