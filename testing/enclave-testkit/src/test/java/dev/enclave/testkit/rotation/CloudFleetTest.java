package dev.enclave.testkit.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Enclave;
import dev.enclave.KeyInfo;
import dev.enclave.KeySpec;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.kit.BackendDecorator.Call;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.testkit.cloud.CloudShapedProvider;
import dev.enclave.testkit.cloud.CloudVariant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replicas that stall between the steps of a rotation, over clouds of all kinds. */
@Tag("full")
class CloudFleetTest {

  private static final int REPLICAS = 4;
  private static final int KEYS = 8;
  private static final int DAYS = 20;
  private static final Duration INTERVAL = Duration.ofDays(1);
  private static final Message MESSAGE = Message.ofUtf8("pay 10 to Alice");

  private final VirtualTime time = new VirtualTime();
  private final Random random = new Random(20);
  private int stalls;

  @ParameterizedTest
  @EnumSource(
      value = CloudVariant.class,
      names = {"COMPARE_AND_SET", "EVENTUALLY_CONSISTENT", "NO_COMPARE_AND_SET"})
  void eachKeyHasOneActiveVersion_andEverySignatureVerifies(CloudVariant variant) {
    CloudShapedProvider cloud = new CloudShapedProvider(variant);
    List<Replica> fleet = new ArrayList<>();
    List<Enclave> opened = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      Replica replica = new Replica(time, cloud, i);
      fleet.add(replica);
      opened.add(replica.open());
    }
    List<SigningKey> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add(
          opened
              .get(i % REPLICAS)
              .createKey(
                  KeySpec.named("key-" + i)
                      .algorithm(SigningAlgorithm.ECDSA_P256_SHA256)
                      .rotation(RotationInterval.every(INTERVAL))));
    }
    fleet.forEach(replica -> replica.keys.between = new Stalling());
    Map<SignatureValue, SigningKey> signed = new LinkedHashMap<>();
    for (int hour = 0; hour < DAYS * 24; hour++) {
      time.pass(Duration.ofHours(1));
      SigningKey key =
          opened.get(random.nextInt(REPLICAS)).signingKeys().key("key-" + random.nextInt(KEYS));
      signed.put(key.sign(MESSAGE), key);
    }
    fleet.forEach(replica -> replica.keys.between = SharedKeys.NOTHING);
    time.pass(Duration.ofHours(4));

    for (SigningKey key : keys) {
      KeyInfo info = opened.get(0).admin().key(key.handle()).info();
      List<KeyVersion> used = info.versions().stream().filter(v -> v.state().mayConsume()).toList();
      assertThat(used).filteredOn(v -> v.state() == KeyState.ACTIVE).hasSize(1);
      assertThat(used.size()).as("%s", info.versions()).isBetween(DAYS - 1, DAYS + 1);
    }
    signed.forEach((signature, key) -> assertThat(key.verify(MESSAGE, signature)).isTrue());
    assertThat(stalls).isGreaterThan(100);
    opened.forEach(Enclave::close);
  }

  private final class Stalling implements SharedKeys.Between {
    @Override
    public <T> T around(String operation, CallContext context, Call<T> call) throws BackendFailure {
      boolean rotates = operation.equals("prepare") || operation.equals("activate");
      if (rotates && random.nextBoolean()) {
        stalls++;
        time.pass(Duration.ofMillis(random.nextLong(10 * 60_000)));
      }
      return call.run(context);
    }
  }
}
