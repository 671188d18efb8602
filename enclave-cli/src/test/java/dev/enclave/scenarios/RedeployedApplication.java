package dev.enclave.scenarios;

import dev.enclave.BackendId;
import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.testkit.FakeEnvironment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** An application that a server deploys: it opens an Enclave, uses keys, and closes it. */
public final class RedeployedApplication implements Runnable {

  private static final List<SigningAlgorithm> ALGORITHMS =
      List.of(
          SigningAlgorithm.ECDSA_P256_SHA256,
          SigningAlgorithm.ECDSA_SECP256K1_SHA256,
          SigningAlgorithm.ED25519);

  private final Map<String, String> place;

  /**
   * @param place the settings, and {@code variable.NAME} and {@code file.PATH} of the environment
   */
  public RedeployedApplication(Map<String, String> place) {
    this.place = place;
  }

  @Override
  public void run() {
    Map<String, String> settings = new TreeMap<>();
    FakeEnvironment environment = FakeEnvironment.empty();
    for (Map.Entry<String, String> entry : place.entrySet()) {
      String name = entry.getKey();
      if (name.startsWith("variable.")) {
        environment = environment.withVariable(name.substring(9), entry.getValue());
      } else if (name.startsWith("file.")) {
        environment = environment.withFile(name.substring(5), entry.getValue());
      } else {
        settings.put(name, entry.getValue());
      }
    }
    EnclaveFactory.Builder builder =
        EnclaveFactory.builder().with(environment).config(new ConfigSource("test", settings));
    try (Enclave enclave = builder.open()) {
      boolean cloud = !enclave.resolution().chosen().equals(BackendId.SOFTWARE);
      use(enclave, cloud ? 1 : ALGORITHMS.size());
    }
  }

  private static void use(Enclave enclave, int algorithms) {
    for (SigningAlgorithm algorithm : ALGORITHMS.subList(0, algorithms)) {
      String name = "key" + ALGORITHMS.indexOf(algorithm);
      SigningKey key = enclave.ensureKey(KeySpec.named(name).algorithm(algorithm));
      Message message = Message.ofUtf8("pay 10 to Alice");
      SignatureValue signed = CompletableFuture.supplyAsync(() -> key.sign(message)).join();
      if (!key.verify(message, signed)) {
        throw new IllegalStateException("a signature does not verify");
      }
    }
  }
}
