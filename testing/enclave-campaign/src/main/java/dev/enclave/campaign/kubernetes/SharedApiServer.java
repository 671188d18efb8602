package dev.enclave.campaign.kubernetes;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that take an {@link ApiServer} one that all test classes of this virtual machine
 * share. It is started when it is first asked for, and ends with the virtual machine. A class
 * therefore keeps to namespaces of its own, and resumes the server if it has interrupted it.
 * Thread-safe.
 */
public final class SharedApiServer implements ParameterResolver {

  private static @Nullable ApiServer started;

  /** For JUnit. */
  public SharedApiServer() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ApiServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return get();
  }

  /** The same, where no test takes it. */
  public static synchronized ApiServer get() {
    ApiServer there = started;
    if (there == null) {
      there = ApiServer.start();
      started = there;
    }
    return there;
  }
}
