package dev.enclave.campaign.kubernetes;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that take an {@link ApiServer} one that all test classes of this virtual machine
 * share. It is started when it is first asked for, and ends with the run of the tests. A class
 * therefore keeps to namespaces of its own, and resumes the server if it has interrupted it.
 * Stateless.
 */
public final class SharedApiServer implements ParameterResolver {

  private static final Namespace OURS = Namespace.create(SharedApiServer.class);

  /** For JUnit. */
  public SharedApiServer() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == ApiServer.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    // Not the root store: Surefire hands JUnit one class after the other, each with its own.
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, OURS)
        .getOrComputeIfAbsent(ApiServer.class, type -> ApiServer.start(), ApiServer.class);
  }
}
