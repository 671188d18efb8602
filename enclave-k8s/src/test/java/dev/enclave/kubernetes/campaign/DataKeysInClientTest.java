package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.Bytes;
import dev.enclave.KeyVersion;
import dev.enclave.SealedBytes;
import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.kubernetes.ApiServer;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.SigningProcess;
import dev.enclave.crypto.DataKey;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.kubernetes.internal.Pod;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.Deadline;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.SigningBackend;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What opens a key passes through the provider's client and the engine: the data key of the box,
 * which the provider unwraps, and the data key of the record, which the box holds. How often the
 * first is found is printed, for docs/memory-protection.md: clients keep buffers. The second passes
 * through Enclave alone, and is nowhere once what was left is collected.
 */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class DataKeysInClientTest {

  static Stream<KubernetesUnderTest> clouds() {
    return Stream.of(new KekOnAws(), new KekOnAzure(), new KekOnGoogle(), new KekOnVault());
  }

  @ParameterizedTest
  @MethodSource("clouds")
  void areCounted_andThatOfTheRecordIsNowhereOnceCollected(
      KubernetesUnderTest cloud, ApiServer server, @TempDir Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    Path deployment = folder.resolve("deployment");
    Path leak = folder.resolve("leak");
    try (RunningPod pod = (RunningPod) cloud.start(new FaultInjector(), InstantSource.system());
        CloudAccount account = cloud.account(pod.deployment())) {
      account.importP256(generator.generateKeyPair());
      pod.deployment().write(deployment);
      try (ChildProcess client =
          ChildProcess.start(
              folder,
              // Room for all it makes: what is garbage is still there when it is dumped.
              List.of("-Xms256m", "-Xmn200m"),
              SigningProcess.class,
              cloud.getClass().getName(),
              deployment.toString(),
              leak.toString(),
              "known",
              "20")) {
        client.awaitLine("signed");
        Map<String, Patterns> wanted = wanted(cloud.others().get(0), pod, record(server, pod));
        wanted.put(
            "leak", new Patterns().add("control", SigningProcess.masked(Files.readAllBytes(leak))));
        Map<String, Map<String, Integer>> before = dump(client, folder, wanted);
        HeapDumps.collect(client.pid());
        Map<String, Map<String, Integer>> after = dump(client, folder, wanted);
        System.out.println(cloud.getClass().getSimpleName() + ": " + before + ", then " + after);
        assertThat(before).containsKeys("leak", "of the box");
        assertThat(after).containsKey("leak").doesNotContainKey("of the record");
      }
    }
  }

  private static Map<String, Map<String, Integer>> dump(
      ChildProcess client, Path folder, Map<String, Patterns> wanted) throws Exception {
    return HeapDumps.hits(HeapDumps.take(client.pid(), folder.resolve("client.hprof")), wanted);
  }

  private static byte[] record(ApiServer server, RunningPod pod) {
    String path = "/api/v1/namespaces/" + pod.site().namespace() + "/secrets/enclave-known-key";
    return Base64.getDecoder().decode(server.admin().get(path).required("data", "record"));
  }

  /** As the key-encryption key gives them to whoever may use it. */
  private static Map<String, Patterns> wanted(
      BackendProvider provider, RunningPod pod, byte[] record) throws Exception {
    SealedBytes box =
        SealedBytes.parse(
            RecordBackend.dataKeyOf(Bytes.of(record)).orElseThrow().wrapped().toByteArray());
    try (SigningBackend backend =
            provider.open(pod.deployment().context(provider.id(), Pod.REAL_TIME));
        SecretBytes raw = unwrapped(backend, box);
        DataKey dataKey = DataKey.of(raw)) {
      byte[] user = "backend:kubernetes".getBytes(StandardCharsets.UTF_8);
      ByteArrayOutputStream authenticated = new ByteArrayOutputStream();
      authenticated.writeBytes(box.header().toByteArray());
      authenticated.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(user.length).array());
      authenticated.writeBytes(user);
      authenticated.writeBytes(identity(record));
      return new HashMap<>(
          Map.of(
              "of the box",
              new Patterns().add("key", raw.exposeSecret()),
              "of the record",
              new Patterns()
                  .add(
                      "key",
                      dataKey.decrypt(
                          box.nonce(), Bytes.of(authenticated.toByteArray()), box.ciphertext()))));
    }
  }

  private static SecretBytes unwrapped(SigningBackend backend, SealedBytes box)
      throws BackendFailure {
    CallContext call =
        CallContext.of("call", 1, Deadline.in(Duration.ofMinutes(1), Pod.REAL_TIME), Pod.REAL_TIME);
    KeySnapshot kek = backend.load(box.kek().name(), call);
    KeyVersion version = kek.version(box.version()).orElseThrow();
    return backend
        .capability(KeyWrapper.class)
        .orElseThrow()
        .unwrap(kek.ref(version), box.wrappedKey(), call);
  }

  /** What names a record: magic and four texts. */
  private static byte[] identity(byte[] record) throws IOException {
    ByteArrayInputStream rest = new ByteArrayInputStream(record);
    try (DataInputStream in = new DataInputStream(rest)) {
      in.skipNBytes(8);
      for (int texts = 4; texts > 0; texts--) {
        in.skipNBytes(in.readUnsignedShort());
      }
      return Arrays.copyOf(record, record.length - rest.available());
    }
  }
}
