package dev.enclave.consumers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.enclave.Enclave;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.testkit.InMemoryEnclave;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** A user's test of an application, run by the JUnit that Maven gave it. */
final class TestingConsumer {

  private TestingConsumer() {}

  @ExtendWith(InMemoryEnclave.class)
  static final class Signing {

    @Test
    void signs(Enclave enclave) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ED25519));
      Message message = Message.ofUtf8("pay 10 to Alice");
      assertThat(key.verify(message, key.sign(message))).isTrue();
    }
  }

  public static void main(String[] arguments) {
    LauncherDiscoveryRequest tests =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Signing.class)).build();
    Launcher launcher = LauncherFactory.create();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    launcher.execute(tests, listener);
    listener.getSummary().getFailures().forEach(f -> f.getException().printStackTrace());
    System.out.println(listener.getSummary().getTestsSucceededCount() + " test succeeded");
  }
}
