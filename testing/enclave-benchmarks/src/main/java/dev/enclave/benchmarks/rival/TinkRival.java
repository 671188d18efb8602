package dev.enclave.benchmarks.rival;

import com.google.crypto.tink.Configuration;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.Parameters;
import com.google.crypto.tink.PublicKeySign;
import com.google.crypto.tink.PublicKeyVerify;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.signature.EcdsaParameters;
import com.google.crypto.tink.signature.Ed25519Parameters;
import com.google.crypto.tink.signature.SignatureConfig;
import dev.enclave.benchmarks.setting.Scheme;
import java.security.GeneralSecurityException;

/**
 * Tink's primitives over a key of its own. Tink takes Conscrypt only where the application has
 * registered it; nothing is registered here, so its ECDSA is SunEC's and its Ed25519 its own.
 */
final class TinkRival implements Rival {

  private final PublicKeySign signer;
  private final PublicKeyVerify verifier;
  private final byte[] message;

  TinkRival(Scheme scheme, byte[] message) throws GeneralSecurityException {
    SignatureConfig.register();
    Configuration configuration = RegistryConfiguration.get();
    KeysetHandle key = KeysetHandle.generateNew(parameters(scheme));
    this.signer = key.getPrimitive(configuration, PublicKeySign.class);
    this.verifier = key.getPublicKeysetHandle().getPrimitive(configuration, PublicKeyVerify.class);
    this.message = message;
  }

  private static Parameters parameters(Scheme scheme) throws GeneralSecurityException {
    return switch (scheme) {
      case P256 ->
          EcdsaParameters.builder()
              .setCurveType(EcdsaParameters.CurveType.NIST_P256)
              .setHashType(EcdsaParameters.HashType.SHA256)
              .setSignatureEncoding(EcdsaParameters.SignatureEncoding.DER)
              .setVariant(EcdsaParameters.Variant.NO_PREFIX)
              .build();
      case ED25519 -> Ed25519Parameters.create();
      default -> throw new IllegalArgumentException("Tink is not measured with " + scheme.title());
    };
  }

  @Override
  public Work signing() {
    return () -> signer.sign(message);
  }

  @Override
  public Work verification() throws GeneralSecurityException {
    byte[] made = signer.sign(message);
    return () -> {
      verifier.verify(made, message);
      return true;
    };
  }
}
