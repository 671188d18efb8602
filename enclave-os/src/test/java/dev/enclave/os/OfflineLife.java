package dev.enclave.os;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningKey;
import dev.enclave.admin.KeyBackup;
import dev.enclave.admin.RotationRequest;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;

/** A whole life of a key, in a process of its own; configured by the environment alone. */
final class OfflineLife {

  private static final Message PAYMENT = Message.ofUtf8("pay 10 to Alice");

  private OfflineLife() {}

  public static void main(String[] arguments) {
    System.out.println("network " + network());
    try (Enclave enclave = EnclaveFactory.detect()) {
      System.out.println("backend " + enclave.resolution().chosen());
      System.out.println("environment " + enclave.policy().environment());
      SigningKey key =
          enclave.createKey(KeySpec.named("wallet-1").algorithm(SigningAlgorithm.ED25519));
      System.out.println("assurance " + key.activeVersion().assurance());
      SignatureValue signature = key.sign(PAYMENT);
      enclave.admin().key(key.handle()).rotate(RotationRequest.now());
      System.out.println("verified " + key.verify(PAYMENT, signature));
      KeyBackup backup =
          enclave.admin().key(key.handle()).backup("correct horse battery".toCharArray());
      enclave.admin().restore("twin", backup, "correct horse battery".toCharArray());
      SigningKey twin = enclave.signingKeys().key("twin");
      System.out.println("restored " + twin.verify(PAYMENT, twin.sign(PAYMENT)));
    }
  }

  private static boolean network() {
    try {
      for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (network.isUp()) {
          return true;
        }
      }
      return false;
    } catch (SocketException e) {
      return false; // The JDK's way to say that none is configured.
    }
  }
}
