package dev.enclave.benchmarks.rival;

import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.TestKeys;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;

/** A JCA provider at its best: its own key objects, one initialised Signature object a thread. */
public final class JcaRival implements Rival {

  private final Provider provider;
  private final String signatureName;
  private final PrivateKey privateKey;
  private final PublicKey publicKey;
  private final byte[] message;

  public JcaRival(Provider provider, Scheme scheme, TestKeys keys, byte[] message)
      throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance(scheme.keyType(), provider);
    this.provider = provider;
    this.signatureName = scheme.algorithm().jcaName();
    this.privateKey = factory.generatePrivate(new PKCS8EncodedKeySpec(keys.pkcs8().toByteArray()));
    this.publicKey = factory.generatePublic(new X509EncodedKeySpec(keys.spki().toByteArray()));
    this.message = message;
  }

  @Override
  public Work signing() throws GeneralSecurityException {
    Signature signature = Signature.getInstance(signatureName, provider);
    signature.initSign(privateKey);
    return () -> {
      signature.update(message);
      return signature.sign();
    };
  }

  @Override
  public Work verification() throws Exception {
    byte[] made = (byte[]) signing().once();
    Signature signature = Signature.getInstance(signatureName, provider);
    signature.initVerify(publicKey);
    return () -> {
      signature.update(message);
      return Rival.valid(signature.verify(made));
    };
  }
}
