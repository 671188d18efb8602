package dev.enclave.kubernetes.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.kubernetes.KubeApiServer;
import dev.enclave.campaign.kubernetes.Polling;
import dev.enclave.campaign.kubernetes.SharedApiServer;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.SigningProcess;
import dev.enclave.emulators.fault.FaultInjector;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A known key lies in a Secret and signs in a process: etcd's files, the API server's audit log,
 * and the process's heap, environment, arguments and files hold none of it, in any form.
 */
@Tag("needs-kube-apiserver")
@ExtendWith(SharedApiServer.class)
@Tag("full")
class LeakScanTest {

  private static final int SIGNATURES = 200;

  @Test
  void noPartOfThePrivateKeyIsAnywhere_andTheLeakIsFound(KubeApiServer server, @TempDir Path folder)
      throws Exception {
    KekOnAws cloud = new KekOnAws();
    KeyPair known = generated();
    Path process = Files.createDirectory(folder.resolve("process"));
    Path leakFile = process.resolve("leak");
    try (RunningPod pod = (RunningPod) cloud.start(new FaultInjector(), InstantSource.system());
        CloudAccount account = cloud.account(pod.deployment())) {
      account.importP256(known);
      Path deployment = process.resolve("deployment");
      pod.deployment().write(deployment);
      try (ChildProcess client =
          ChildProcess.start(
              process,
              List.of("-Djava.io.tmpdir=" + process),
              SigningProcess.class,
              cloud.getClass().getName(),
              deployment.toString(),
              leakFile.toString(),
              "known",
              Integer.toString(SIGNATURES))) {
        client.awaitLine("signed");
        byte[] leak = SigningProcess.masked(Files.readAllBytes(leakFile));
        // Of a kind that etcd has in the clear, and the audit log too.
        leakToEtcd(server, pod.site().namespace(), leak);
        Map<String, Patterns> wanted =
            Map.of(
                "key", new Patterns().add("scalar", scalar(known)),
                "leak", new Patterns().add("control", leak));
        Map<String, Set<String>> found = new TreeMap<>();
        found.put("audit log", search(folder, List.of(server.auditLog()), wanted));
        found.put("etcd", search(folder, files(server.etcdFiles()), wanted));
        // Without an accelerator copies are left until they are collected:
        // docs/memory-protection.md.
        HeapDumps.collect(client.pid());
        found.put(
            "heap",
            HeapDumps.hits(HeapDumps.take(client.pid(), folder.resolve("client.hprof")), wanted)
                .keySet());
        Path proc = Path.of("/proc", Long.toString(client.pid()));
        found.put(
            "environment and arguments",
            search(folder, List.of(proc.resolve("environ"), proc.resolve("cmdline")), wanted));
        Files.write(process.resolve("control"), leak);
        found.put("files", search(folder, files(process), wanted));
        System.out.println("after " + SIGNATURES + " signatures: " + found);
        Set<String> leakAlone = Set.of("leak");
        assertThat(found)
            .isEqualTo(
                Map.of(
                    "audit log", leakAlone,
                    "etcd", leakAlone,
                    "heap", leakAlone,
                    "environment and arguments", Set.of(),
                    "files", leakAlone));
      }
      requireFound(folder, new Patterns().add("scalar", scalar(known)));
      assertThat(known.getPrivate()).isNotNull();
    }
  }

  /** Or the search for the key could not fail: this process has made it. */
  private static void requireFound(Path folder, Patterns key) throws Exception {
    Path here = HeapDumps.take(ProcessHandle.current().pid(), folder.resolve("here.hprof"));
    assertThat(HeapDumps.hits(here, Map.of("key", key))).containsOnlyKeys("key");
  }

  private static void leakToEtcd(KubeApiServer server, String namespace, byte[] leak) {
    String hex = HexFormat.of().formatHex(leak);
    server.create(
        """
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "%s", "name": "leak"},
         "data": {"control": "%s"}}
        """
            .formatted(namespace, hex));
    Polling.until(() -> server.auditText().contains(hex), () -> "The audit log lacks the leak.");
  }

  /** What is in copies of these files: servers go on writing them. */
  private static Set<String> search(Path folder, List<Path> files, Map<String, Patterns> wanted)
      throws IOException {
    Set<String> found = new TreeSet<>();
    assertThat(files).isNotEmpty();
    for (Path file : files) {
      Path copy = folder.resolve("copy");
      Files.write(copy, Files.readAllBytes(file));
      found.addAll(HeapDumps.hits(copy, wanted).keySet());
    }
    return found;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static KeyPair generated() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** 32 octets. */
  private static byte[] scalar(KeyPair pair) {
    BigInteger number = ((ECPrivateKey) pair.getPrivate()).getS();
    return HexFormat.of().parseHex(String.format(Locale.ROOT, "%064x", number));
  }
}
