package dev.enclave.vault.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.enclave.BackendId;
import dev.enclave.EnvironmentType;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.vault.internal.ScriptedVault;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VaultSettingsTest {

  private final ScriptedVault vault = new ScriptedVault();

  @Test
  void hasTheMountsOfAFreshServerByDefault() throws Exception {
    VaultSettings settings = vault.settings();
    assertThat(settings.transit()).isEqualTo("transit");
    assertThat(settings.kv()).isEqualTo("secret");
    assertThat(settings.path()).isEqualTo("enclave");
    assertThat(settings.namespace()).isEmpty();
  }

  @Test
  void keysThatAreRealAreAskedForByTlsAlone() throws Exception {
    vault.set("address", "http://vault.example.com:8200");
    assertThat(vault.settings().address().tls()).isFalse();
    assertThatThrownBy(() -> VaultSettings.of(vault.section(), EnvironmentType.PRODUCTION))
        .isInstanceOf(BackendFailure.class)
        .hasMessageContaining("enclave.vault.address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../sys", "a/../b", "/a", "a/", "a//b", "a b", "a?b", "a%2fb", ".", "..a", "-a", "ä"
      })
  void aPathThatCouldMeanAnotherOneIsRefused(String path) {
    for (String name : new String[] {"namespace", "transit-mount", "kv-mount", "path"}) {
      ScriptedVault wrong = new ScriptedVault().set(name, path);
      assertThatThrownBy(wrong::settings).hasMessageContaining("enclave.vault." + name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "team-1/wallets.eu/x_y", "a..b"})
  void takesPathsOfSeveralParts(String path) throws Exception {
    assertThat(vault.set("path", path).settings().path()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({"auth, userpass", "hsm-seal, shamir", "hsm-seal, transit", "connections, 0"})
  void refusesWhatASettingCannotBe(String name, String value) {
    vault.set(name, value);
    assertThatThrownBy(vault::settings).hasMessageContaining("enclave.vault." + name);
  }

  @Test
  void isAPlaceForVaultWhereItsAddressIsConfigured() {
    assertThat(detected(vault.section(), FakeEnvironment.empty()))
        .isInstanceOf(Detection.Present.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"VAULT_ADDR", "BAO_ADDR", "VAULT_AGENT_ADDR"})
  void aVariableOfItsClientsChoosesNothing_andIsTold(String variable) {
    Detection said =
        detected(
            new BackendSettings(BackendId.VAULT, Map.of()),
            FakeEnvironment.empty().withVariable(variable, "https://vault.example.com"));
    assertThat(said)
        .isInstanceOfSatisfying(
            Detection.Absent.class,
            absent ->
                assertThat(absent.reason()).contains(variable).contains("enclave.vault.address"));
  }

  private static Detection detected(BackendSettings section, FakeEnvironment machine) {
    return VaultSettings.detect(new DetectionContext(machine, section, Map.of()));
  }
}
