package dev.enclave.azure.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.spi.BackendFailure;
import dev.enclave.testkit.environments.Recording;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wherever this backend is the one that is chosen, there is an identity to open it with. */
class RecordedIdentitiesTest {

  private static final String APP = "the managed identity endpoint of IDENTITY_ENDPOINT";
  private static final String POD = "workload identity ";
  private static final String MACHINE = "the instance metadata service";
  private static final String NONE = "Variable IMDS_ENDPOINT is set, as on Azure Arc";

  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("azure-aks-kubelet-identity", MACHINE),
              Map.entry("azure-aks-workload-identity", POD),
              Map.entry("azure-app-service-linux", APP),
              Map.entry("azure-app-service-windows", APP),
              Map.entry("azure-arc", NONE),
              Map.entry("azure-container-apps", APP),
              Map.entry("azure-container-apps-job", APP),
              Map.entry("azure-functions", APP),
              Map.entry("azure-functions-flex", APP),
              Map.entry("azure-vm", MACHINE),
              Map.entry("azure-vm-windows", MACHINE),
              Map.entry("two-clouds-one-address", POD)));

  @ParameterizedTest
  @MethodSource("recordings")
  void choosesTheIdentityThatThePlaceHas(Recording recording) {
    assertThat(chosen(recording)).startsWith(EXPECTED.get(recording.name()));
  }

  @Test
  void knowsEveryPlaceWhereThisBackendIsChosen() {
    assertThat(recordings())
        .extracting(Recording::name)
        .containsExactlyElementsOf(EXPECTED.keySet());
  }

  static List<Recording> recordings() {
    return Recording.choosing(BackendId.AZURE_KEYVAULT);
  }

  /** What names the identity, or why none is used there. */
  private static String chosen(Recording recording) {
    String prefix = "enclave." + BackendId.AZURE_KEYVAULT + ".";
    Openings opening = Openings.in(recording.expected().environment()).on(recording.snapshot());
    for (Map.Entry<String, String> setting : recording.settings().entrySet()) {
      if (setting.getKey().startsWith(prefix)) {
        opening.with(setting.getKey().substring(prefix.length()), setting.getValue());
      }
    }
    try {
      return opening.identity();
    } catch (BackendFailure e) {
      return Objects.requireNonNull(e.getMessage());
    }
  }
}
