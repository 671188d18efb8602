package dev.enclave.cli.keys;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo;
import dev.enclave.KeyPurpose;
import dev.enclave.KeyVersion;
import dev.enclave.PublicKeyInfo;
import dev.enclave.RotationInterval;
import dev.enclave.SigningAlgorithm;
import dev.enclave.cli.text.Texts;
import dev.enclave.error.ErrorCode;
import java.util.Optional;

/** Keys whose public key may be an address, which is stranded when another version signs. */
final class AddressKeys {

  private AddressKeys() {}

  /**
   * Refuses to strand an address that nobody has confirmed.
   *
   * @param notDone what the command was to do, and that it was not done
   */
  static void requireConfirmed(KeyInfo key, boolean yes, String notDone) {
    if (yes || !mayBeAddress(key)) {
      return;
    }
    Optional<PublicKeyInfo> address = key.active().flatMap(KeyVersion::publicKey);
    if (address.isPresent()) {
      throw Texts.KEY_MAY_BE_ADDRESS.as(
          ErrorCode.INVALID_ARGUMENT,
          key.active().orElseThrow().id(),
          key.name(),
          text(address.get()),
          notDone);
    }
  }

  private static boolean mayBeAddress(KeyInfo key) {
    return key.purpose() == KeyPurpose.SIGN
        && !key.adopted()
        && (key.rotation().equals(RotationInterval.NEVER) || onSecp256k1(key.algorithm()));
  }

  /** The address, in the form in which its owner knows it. */
  static String text(PublicKeyInfo key) {
    if (key.algorithm() == SigningAlgorithm.ECDSA_SECP256K1_KECCAK256) {
      return key.ethereumAddress();
    }
    if (onSecp256k1(key.algorithm())) {
      return Texts.COMPRESSED_POINT.with(key.compressedPoint().toHex());
    }
    return key.algorithm() == SigningAlgorithm.ED25519
        ? "Ed25519 " + key.rawEd25519().toHex()
        : Texts.FINGERPRINT.with(key.fingerprint());
  }

  private static boolean onSecp256k1(KeyAlgorithm algorithm) {
    return algorithm.curve().equals(Optional.of("secp256k1"));
  }
}
