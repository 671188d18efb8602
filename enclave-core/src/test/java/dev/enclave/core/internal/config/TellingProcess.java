package dev.enclave.core.internal.config;

import dev.enclave.core.internal.environment.ProcessEnvironment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Another process that says its configuration, and what of it is ignored. */
final class TellingProcess {

  private TellingProcess() {}

  public static void main(String[] arguments) {
    Configuration configuration =
        ConfigurationLoader.load(
            new KnownSettings(Map.of()),
            ProcessEnvironment.capture(),
            Optional.empty(),
            List.of(),
            List.of(),
            ClassLoader.getPlatformClassLoader());
    configuration
        .describe()
        .forEach(s -> System.out.println(s.name() + "=" + s.value() + " from " + s.source()));
    configuration
        .ignored()
        .forEach(
            i ->
                System.out.println("ignored " + i.entry().value() + " from " + i.entry().source()));
  }
}
