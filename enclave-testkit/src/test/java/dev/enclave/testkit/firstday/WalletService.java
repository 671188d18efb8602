package dev.enclave.testkit.firstday;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import java.time.Duration;

// region wallet
/** The keys of a wallet service: opened at start-up, kept for the service's life. */
final class WalletService implements AutoCloseable {

  private final Enclave enclave;

  WalletService(Enclave enclave) {
    this.enclave = enclave;
  }

  static WalletService start() {
    return new WalletService(EnclaveFactory.detect());
  }

  /** Makes the wallet's key, or finds it. The handle is identity only: store it with the wallet. */
  String register(String wallet) {
    SigningKey key =
        enclave.ensureKey(
            KeySpec.named(wallet)
                .algorithm(KeyAlgorithm.ECDSA_SECP256K1_KECCAK256)
                .rotation(RotationInterval.NEVER));
    return key.handle().toString();
  }

  SignatureValue sign(String storedHandle, byte[] transaction, String user) {
    SigningKey key = enclave.key(KeyHandle.parse(storedHandle));
    return key.sign(Message.of(transaction), SignOptions.by(user).deadline(Duration.ofSeconds(2)));
  }

  boolean verify(String storedHandle, byte[] transaction, SignatureValue signature) {
    return enclave.key(KeyHandle.parse(storedHandle)).verify(Message.of(transaction), signature);
  }

  @Override
  public void close() {
    enclave.close();
  }
}
// endregion
