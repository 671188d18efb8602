package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that take an {@link ApiServer} one that all test classes of this virtual machine
 * share: the real one where the system property {@code tests.kube-apiserver} names its program, as
 * in {@code --full}, and else ours. A test that takes a {@link KubeApiServer} needs the real one.
 * It is started when it is first asked for, and ends with the virtual machine. A class therefore
 * keeps to namespaces of its own, and resumes the server if it has interrupted it. Thread-safe.
 */
public final class SharedApiServer implements ParameterResolver {

  private static @Nullable ApiServer started;

  /** For JUnit. */
  public SharedApiServer() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == ApiServer.class || type == KubeApiServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == KubeApiServer.class ? real() : get();
  }

  /** The same, where no test takes it. */
  public static synchronized ApiServer get() {
    ApiServer there = started;
    if (there == null) {
      there = KubeApiServer.isNamed() ? KubeApiServer.start() : OwnApiServer.start();
      started = there;
    }
    return there;
  }

  /**
   * The real one.
   *
   * @throws AssertionError if no program is named
   */
  public static synchronized KubeApiServer real() {
    if (KubeApiServer.isNamed() && get() instanceof KubeApiServer real) {
      return real;
    }
    return KubeApiServer.start();
  }
}
