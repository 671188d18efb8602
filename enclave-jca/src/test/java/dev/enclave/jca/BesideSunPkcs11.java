package dev.enclave.jca;

import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.SigningAlgorithm;
import dev.enclave.processes.SoftHsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.util.List;

/** A process in which Enclave and SunPKCS11 use the same keys. Says what each can verify. */
final class BesideSunPkcs11 {

  private static final byte[] MESSAGE = "a message".getBytes(StandardCharsets.UTF_8);

  private BesideSunPkcs11() {}

  /** Who is first, {@code sun} or {@code enclave}; the configuration; the library. */
  public static void main(String... arguments) throws Exception {
    boolean isSunFirst = arguments[0].equals("sun");
    KeyStore store = isSunFirst ? store(arguments[2]) : null;
    Enclave enclave = EnclaveFactory.builder().configFile(Path.of(arguments[1])).open();
    if (store == null) {
      store = store(arguments[2]);
    }
    Provider sun = store.getProvider();
    for (SigningAlgorithm algorithm :
        List.of(SigningAlgorithm.ECDSA_P256_SHA256, SigningAlgorithm.RSA_PKCS1_2048_SHA256)) {
      String scheme = TokenTest.scheme(algorithm);
      EnclavePrivateKey key = EnclavePrivateKey.of(TokenTest.key(enclave, algorithm));
      PublicKey known = store.getCertificate(TokenTest.name(algorithm)).getPublicKey();
      byte[] ours = signed(scheme, new EnclaveProvider(), key);
      System.out.println(scheme + " of Enclave: " + verified(scheme, sun, known, ours));
      byte[] theirs = signed(scheme, sun, key(store, algorithm));
      System.out.println(
          scheme
              + " of SunPKCS11: "
              + verified(scheme, new EnclaveProvider(), key.publicKey(), theirs));
    }
    enclave.close();
    System.out.println("SunPKCS11 signs after Enclave is closed: " + signs(store));
  }

  private static KeyStore store(String library) throws Exception {
    Provider sun =
        Security.getProvider("SunPKCS11")
            .configure("--name = beside\nlibrary = " + library + "\nslotListIndex = 0\n");
    KeyStore store = KeyStore.getInstance("PKCS11", sun);
    store.load(null, SoftHsm.PIN.toCharArray());
    return store;
  }

  private static PrivateKey key(KeyStore store, SigningAlgorithm algorithm) throws Exception {
    return (PrivateKey) store.getKey(TokenTest.name(algorithm), null);
  }

  private static boolean signs(KeyStore store) throws Exception {
    try {
      PrivateKey key = key(store, SigningAlgorithm.ECDSA_P256_SHA256);
      return signed("SHA256withECDSA", store.getProvider(), key).length > 0;
    } catch (ProviderException e) {
      return false;
    }
  }

  private static byte[] signed(String scheme, Provider provider, PrivateKey key)
      throws GeneralSecurityException {
    Signature signer = Signature.getInstance(scheme, provider);
    signer.initSign(key);
    signer.update(MESSAGE);
    return signer.sign();
  }

  private static boolean verified(String scheme, Provider provider, PublicKey key, byte[] signature)
      throws GeneralSecurityException {
    Signature verifier = Signature.getInstance(scheme, provider);
    verifier.initVerify(key);
    verifier.update(MESSAGE);
    return verifier.verify(signature);
  }
}
