package dev.enclave.testkit.firstday;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeyHandle;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.RotationInterval;
import dev.enclave.SignOptions;
import dev.enclave.SignatureValue;
import dev.enclave.SigningAlgorithm;
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
                .algorithm(SigningAlgorithm.ECDSA_SECP256K1_KECCAK256)
                .rotation(RotationInterval.NEVER));
    return key.handle().toString();
  }

  /** Signs, and gives the signature as text: store it with the transaction. */
  String sign(String storedHandle, byte[] transaction, String user) {
    SigningKey key = enclave.signingKeys().key(KeyHandle.parse(storedHandle));
    SignOptions options = SignOptions.by(user).deadline(Duration.ofSeconds(2));
    return key.sign(Message.of(transaction), options).toString();
  }

  boolean verify(byte[] transaction, String storedSignature) {
    SignatureValue signature = SignatureValue.parse(storedSignature);
    return enclave.signingKeys().key(signature.key()).verify(Message.of(transaction), signature);
  }

  String address(String storedHandle) {
    return enclave.signingKeys().key(KeyHandle.parse(storedHandle)).publicKey().ethereumAddress();
  }

  @Override
  public void close() {
    enclave.close();
  }
}
// endregion
