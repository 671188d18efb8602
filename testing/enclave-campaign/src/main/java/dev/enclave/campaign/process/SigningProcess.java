package dev.enclave.campaign.process;

import dev.enclave.Enclave;
import dev.enclave.SigningKey;
import dev.enclave.campaign.cloud.Claims;
import dev.enclave.campaign.cloud.Clouds;
import dev.enclave.campaign.cloud.Deployment;
import dev.enclave.testkit.RecordingAuditSink;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/** A process that signs with a key it does not have, and is dumped. */
public final class SigningProcess {

  /** What is deliberately held, so that the search shows that it sees. */
  private static final List<Object> LEAKS = new ArrayList<>();

  private SigningProcess() {}

  /** Arguments: cloud, deployment, file for the masked leak, the key's name, signatures. */
  public static void main(String[] arguments) throws Exception {
    byte[] leak = new byte[32];
    new SecureRandom().nextBytes(leak);
    LEAKS.add(leak.clone());
    Files.write(Path.of(arguments[2]), masked(leak));
    try (Enclave enclave =
        Deployment.read(arguments[1])
            .builder(Clouds.named(arguments[0]))
            .with(new RecordingAuditSink())
            .open()) {
      SigningKey key = enclave.signingKeys().key(arguments[3]);
      for (int i = Integer.parseInt(arguments[4]); i > 0; i--) {
        key.sign(Claims.MESSAGE, Claims.PATIENTLY);
      }
      System.out.println("signed");
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
  }

  /** Masks, and takes the mask away. */
  public static byte[] masked(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] ^= (byte) (0xa5 + 31 * i);
    }
    return bytes;
  }
}
