package dev.enclave.cli.audit;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignOptions;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.testkit.FakeEnvironment;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A process in production whose audit log is standard output, where it prints lines of its own. */
final class StdoutApplication {

  static final int THREADS = 4;
  static final int SIGNATURES = 25;

  private StdoutApplication() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("application starting {\"at\":\"noon\"}");
    try (Enclave enclave = open()) {
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet").algorithm(SigningAlgorithm.ECDSA_P256_SHA256));
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String user = "user:" + i + " \u2028 \u00e9 ${jndi:ldap://x}";
        running.add(threads.submit(() -> sign(key, user)));
      }
      threads.shutdown();
      for (Future<?> one : running) {
        one.get();
      }
    }
    System.out.print("application ended, without a line end");
  }

  private static void sign(SigningKey key, String user) {
    for (int i = 0; i < SIGNATURES; i++) {
      key.sign(Message.of(new byte[] {1}), SignOptions.by(user));
      System.out.println("signed for " + Thread.currentThread().getName());
    }
  }

  private static Enclave open() {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(FakeEnvironment.empty())
        .with(new CloudShapedProvider(CloudVariant.COMPARE_AND_SET))
        .config(
            new ConfigSource(
                "test",
                Map.of("enclave.environment", "production", "enclave.audit.sink", "stdout")))
        .open();
  }
}
