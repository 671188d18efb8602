package dev.enclave.aws.internal;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.net.URI;
import java.util.Objects;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** LocalStack, a third party's imitation of AWS, in a container with a port on loopback. */
final class LocalStack implements AutoCloseable {

  /** The last version that starts without an account at its maker's. */
  static final DockerImageName IMAGE = DockerImageName.parse("localstack/localstack:4.14.0");

  /** The account that LocalStack takes the credentials of these tests for. */
  static final String ACCOUNT = "000000000000";

  private static final int PORT = 4566;

  private final GenericContainer<?> container;

  private LocalStack(GenericContainer<?> container) {
    this.container = container;
  }

  static LocalStack start() {
    GenericContainer<?> container =
        new GenericContainer<>(IMAGE)
            .withEnv("SERVICES", "kms,sts")
            .withExposedPorts(PORT)
            .withCreateContainerCmdModifier(
                command -> onLoopback(Objects.requireNonNull(command.getHostConfig())))
            .waitingFor(Wait.forHttp("/_localstack/health").forPort(PORT));
    container.start();
    return new LocalStack(container);
  }

  /** Docker would offer it to the whole network. */
  private static void onLoopback(HostConfig config) {
    config.withPortBindings(
        new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(PORT)));
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + container.getMappedPort(PORT));
  }

  @Override
  public void close() {
    container.stop();
  }
}
