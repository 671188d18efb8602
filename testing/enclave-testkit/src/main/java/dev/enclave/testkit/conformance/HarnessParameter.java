package dev.enclave.testkit.conformance;

import dev.enclave.testkit.BackendHarness;
import java.util.Objects;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands the harness of this run to the contracts; a launcher session carries it, no static does.
 */
final class HarnessParameter implements ParameterResolver {

  static final String KEY = "harness";

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == BackendHarness.class;
  }

  @Override
  public BackendHarness resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return Objects.requireNonNull(
        context
            .getStore(StoreScope.LAUNCHER_SESSION, Namespace.GLOBAL)
            .get(KEY, BackendHarness.class),
        "no harness: the contracts of a conformance run are started by ConformanceRun");
  }
}
