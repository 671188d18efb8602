package dev.enclave.crypto.internal.bouncycastle;

import java.security.SecureRandom;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.engines.RSABlindedEngine;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;

/**
 * RSA with base blinding. The paddings around it do not all hand their randomness down, and Bouncy
 * Castle would then take a default one.
 */
final class BlindedRsa extends RSABlindedEngine {

  private final SecureRandom random;

  BlindedRsa(SecureRandom random) {
    this.random = random;
  }

  @Override
  public void init(boolean forEncryption, CipherParameters parameters) {
    super.init(
        forEncryption,
        parameters instanceof RSAPrivateCrtKeyParameters
            ? new ParametersWithRandom(parameters, random)
            : parameters);
  }
}
