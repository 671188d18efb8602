package dev.enclave.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.core.internal.config.Settings;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendProvider;
import java.util.Collection;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Of every setting there is, somebody has decided whether a later source can lower it. */
class EverySettingTest {

  @Test
  void isInTheTableOfStrictness_orInTheListOfThoseThatLowerNothing() {
    Set<String> decided = new TreeSet<>(Settings.lowerable());
    Settings.loweringNothing().values().forEach(decided::addAll);

    assertThat(decided).isEqualTo(all());
  }

  @Test
  void isNotInBoth() {
    assertThat(Settings.lowerable())
        .doesNotContainAnyElementsOf(
            Settings.loweringNothing().values().stream().flatMap(Collection::stream).toList());
  }

  private static Set<String> all() {
    Set<String> all = new TreeSet<>(Settings.own());
    Set<String> backends = new TreeSet<>();
    for (BackendProvider provider : ServiceLoader.load(BackendProvider.class)) {
      backends.add(provider.id().value());
      for (SettingSpec spec : provider.settings()) {
        all.add(Settings.PREFIX + provider.id() + "." + spec.name());
      }
    }
    assertThat(backends)
        .containsExactly(
            "aws-kms",
            "azure-keyvault",
            "gcp-kms",
            "kubernetes",
            "os",
            "pkcs11",
            "software",
            "vault");
    return all;
  }
}
