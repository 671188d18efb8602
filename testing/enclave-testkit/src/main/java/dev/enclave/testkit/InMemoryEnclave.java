package dev.enclave.testkit;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A JUnit extension that opens an Enclave in memory for each test that asks for one:
 * {@code @ExtendWith(InMemoryEnclave.class)} on the class, and a parameter of type {@link Enclave}.
 * Its environment is LOCAL, nothing of the machine is read, and it is closed after the test. Needs
 * the engine on the class path, which every provider's artifact brings.
 */
public final class InMemoryEnclave implements ParameterResolver, AfterEachCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(InMemoryEnclave.class);

  /** An Enclave of its own, which the caller closes. */
  public static Enclave open() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(new InMemoryProvider())
        .with(new RecordingAuditSink())
        .with(FakeEnvironment.empty())
        .config(new ConfigSource("the test", Map.of("enclave.environment", "local")))
        .open();
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
    return parameter.getParameter().getType() == Enclave.class && test.getTestMethod().isPresent();
  }

  /** The same for all parameters of one test, those of its set-up included. */
  @Override
  public Enclave resolveParameter(ParameterContext parameter, ExtensionContext test) {
    return test.getStore(NAMESPACE)
        .getOrComputeIfAbsent(Enclave.class, type -> open(), Enclave.class);
  }

  @Override
  public void afterEach(ExtensionContext test) {
    Enclave opened = test.getStore(NAMESPACE).remove(Enclave.class, Enclave.class);
    if (opened != null) {
      opened.close();
    }
  }
}
