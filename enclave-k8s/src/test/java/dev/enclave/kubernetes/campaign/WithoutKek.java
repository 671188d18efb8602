package dev.enclave.kubernetes.campaign;

import dev.enclave.emulators.fault.FaultInjector;
import java.time.InstantSource;
import java.util.Optional;

/** In LOCAL, where nothing wraps data keys. */
public final class WithoutKek extends KubernetesUnderTest {

  @Override
  Optional<KekServer> kek(FaultInjector faults, InstantSource clock) {
    return Optional.empty();
  }

  @Override
  String environment() {
    return "local";
  }
}
