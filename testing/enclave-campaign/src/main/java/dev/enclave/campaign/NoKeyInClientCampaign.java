package dev.enclave.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.enclave.campaign.cloud.CloudAccount;
import dev.enclave.campaign.cloud.CloudUnderTest;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.campaign.process.ChildProcess;
import dev.enclave.campaign.process.ServingProcess;
import dev.enclave.campaign.process.SigningProcess;
import dev.enclave.processes.HeapDumps;
import dev.enclave.processes.Patterns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A key is known, the server that holds it is another process, and the client is searched for it.
 */
@Tag("full")
public abstract class NoKeyInClientCampaign {

  private static final int SIGNATURES = Integer.getInteger("enclave.campaign.dumped", 200);

  private final CloudUnderTest cloud;

  /** Against this cloud. */
  protected NoKeyInClientCampaign(CloudUnderTest cloud) {
    this.cloud = cloud;
  }

  @Test
  void theHeapOfAClientThatSignedHoldsNoPartOfTheKey(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("deployment");
    Path leakFile = folder.resolve("leak");
    try (ChildProcess server =
        ChildProcess.start(folder, ServingProcess.class, Clouds.nameOf(cloud), file.toString())) {
      server.awaitLine("serving");
      KeyPair known = generated();
      Deployment deployment = Deployment.read(file.toString());
      imported(deployment, known).write(file);
      try (ChildProcess client =
          ChildProcess.start(
              folder,
              SigningProcess.class,
              Clouds.nameOf(cloud),
              file.toString(),
              leakFile.toString(),
              "known",
              Integer.toString(SIGNATURES))) {
        client.awaitLine("signed");
        Patterns key = new Patterns().add("scalar", scalar(known));
        Map<String, Patterns> wanted =
            Map.of(
                "key",
                key,
                "leak",
                new Patterns().add("control", SigningProcess.masked(Files.readAllBytes(leakFile))));
        if (!serverHasTheKey()) {
          // What uses a key in Java's memory leaves copies until they are collected.
          HeapDumps.collect(client.pid());
        }
        Map<String, Map<String, Integer>> inClient =
            HeapDumps.hits(HeapDumps.take(client.pid(), folder.resolve("client.hprof")), wanted);
        Map<String, Map<String, Integer>> inServer =
            HeapDumps.hits(HeapDumps.take(server.pid(), folder.resolve("server.hprof")), wanted);
        System.out.println(
            "client after " + SIGNATURES + " signatures: " + inClient + "; server: " + inServer);
        assertThat(inClient).containsOnlyKeys("leak");
        if (serverHasTheKey()) {
          assertThat(inServer).containsOnlyKeys("key");
        } else {
          assertThat(inServer).isEmpty();
          requireFound(folder, key);
        }
      }
      assertThat(known.getPrivate()).isNotNull();
    }
  }

  /** Or the search for the key could not fail: this process has made it. */
  private static void requireFound(Path folder, Patterns key) throws Exception {
    Path here = HeapDumps.take(ProcessHandle.current().pid(), folder.resolve("here.hprof"));
    assertThat(HeapDumps.hits(here, Map.of("key", key))).containsOnlyKeys("key");
  }

  /** Whether the key is used in the server's memory, and not in locked memory of the client. */
  protected boolean serverHasTheKey() {
    return true;
  }

  /** Takes the key in past the client, and says what it is deployed with then. */
  protected Deployment imported(Deployment deployment, KeyPair known) throws Exception {
    try (CloudAccount account = cloud.account(deployment)) {
      return deployment.with("enclave.keys.known", account.importP256(known));
    }
  }

  private static KeyPair generated() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /** 32 octets. */
  private static byte[] scalar(KeyPair pair) {
    byte[] number = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
    byte[] scalar = new byte[32];
    int length = Math.min(32, number.length);
    System.arraycopy(
        Arrays.copyOfRange(number, number.length - length, number.length),
        0,
        scalar,
        32 - length,
        length);
    return scalar;
  }
}
