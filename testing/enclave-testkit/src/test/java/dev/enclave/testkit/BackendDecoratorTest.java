package dev.enclave.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.BackendId;
import dev.enclave.KeyName;
import dev.enclave.SigningAlgorithm;
import dev.enclave.WrappingAlgorithm;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.contract.BackendContract;
import dev.enclave.testkit.firstday.TellingBackend;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A decorated backend keeps every contract that the backend keeps, and every call is seen. */
@Tag("full")
class BackendDecoratorTest implements BackendContract {

  @Override
  public BackendHarness harness() {
    InMemoryProvider provider =
        new InMemoryProvider()
            .algorithms(Set.of(SigningAlgorithm.ED25519, WrappingAlgorithm.AES_256_GCM));
    return InMemoryBackendTest.harness(provider)
        .opening(context -> new TellingBackend(provider.open(context), operation -> {}));
  }

  static Class<?>[] capabilities() {
    return Capability.class.getPermittedSubclasses();
  }

  /** Also one that a later version adds: it would be hidden otherwise. */
  @ParameterizedTest
  @MethodSource("capabilities")
  void passesOnEveryCallOfACapability(Class<? extends Capability> type) throws Exception {
    Everything real = new Everything();
    List<String> told = new ArrayList<>();
    Capability decorated = new TellingBackend(real, told::add).capability(type).orElseThrow();
    List<String> expected = new ArrayList<>();
    List<String> made = new ArrayList<>();
    for (Method method : type.getDeclaredMethods()) {
      if (method.isDefault() || method.isSynthetic()) {
        continue;
      }
      made.add(method.getName());
      if (method.getParameterCount() > 0) {
        expected.add(method.getName());
      }
      method.invoke(decorated, arguments(method));
    }
    assertThat(told).isEqualTo(expected);
    assertThat(real.asked).isEqualTo(made);
  }

  @Test
  void isATraitForEveryCapability() {
    assertThat(
            Arrays.stream(BackendTrait.values())
                .flatMap(trait -> trait.capability().stream())
                .toArray(Class<?>[]::new))
        .containsExactlyInAnyOrder(capabilities());
    assertThat(new TellingBackend(new Everything(), told -> {}).traits())
        .containsExactlyInAnyOrder(
            Arrays.stream(BackendTrait.values())
                .filter(trait -> trait.capability().isPresent())
                .toArray(BackendTrait[]::new));
  }

  private static Object[] arguments(Method method) {
    Object[] arguments = new Object[method.getParameterCount()];
    if (arguments.length > 0) {
      MutableClock time = new MutableClock();
      arguments[arguments.length - 1] =
          CallContext.of("once", 1, Deadline.in(Duration.ofMinutes(1), time), time);
    }
    return arguments;
  }

  /** Has every capability there is, and notes what it is asked. */
  private static final class Everything implements SigningBackend {

    private final List<String> asked = new ArrayList<>();

    @Override
    public <C extends Capability> Optional<C> capability(Class<C> type) {
      return Optional.of(
          type.cast(
              Proxy.newProxyInstance(
                  type.getClassLoader(),
                  new Class<?>[] {type},
                  (proxy, method, arguments) -> {
                    asked.add(method.getName());
                    return method.getReturnType() == boolean.class ? false : null;
                  })));
    }

    @Override
    public BackendDescription describe() {
      return BackendDescription.of(BackendId.of("everything"), "here", Set.of(), List.of());
    }

    @Override
    public KeySnapshot load(KeyName name, CallContext call) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public HealthReport health(CallContext call) {
      throw new AssertionError("nobody asks");
    }

    @Override
    public void close() {}
  }
}
