package dev.enclave.cryptoki;

import dev.enclave.processes.SoftHsm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;

/** A process in which SunPKCS11 uses the same library. Says what it sees, line by line. */
final class BesideSun {

  private BesideSun() {}

  /** Who is first, {@code sun} or {@code enclave}; the library; the token's label. */
  public static void main(String... arguments) throws Exception {
    Path library = Path.of(arguments[1]);
    boolean isSunFirst = arguments[0].equals("sun");
    Provider sun = isSunFirst ? sun(library) : null;
    CryptokiModule module = CryptokiModule.open(library);
    System.out.println("initialised here: " + module.isInitializedHere());
    if (sun == null) {
      sun = sun(library);
    }
    KeyStore.getInstance("PKCS11", sun).load(null, SoftHsm.PIN.toCharArray());
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", sun);
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    sign(sun, pair);
    long slot = SoftHsmTest.slotOf(module, arguments[2]);
    try (Session session = module.openSession(slot, false)) {
      session.random(8);
    }
    sign(sun, pair);
    System.out.println("signed beside it");
    module.close();
    try {
      sign(sun, pair);
      System.out.println("SunPKCS11 signs: yes");
    } catch (GeneralSecurityException | ProviderException e) {
      System.out.println("SunPKCS11 signs: finalised");
    }
  }

  private static Provider sun(Path library) {
    return Security.getProvider("SunPKCS11")
        .configure("--name = beside\nlibrary = " + library + "\nslotListIndex = 0\n");
  }

  private static void sign(Provider sun, KeyPair pair) throws GeneralSecurityException {
    Signature signer = Signature.getInstance("SHA256withECDSA", sun);
    signer.initSign(pair.getPrivate());
    signer.update("a message".getBytes(StandardCharsets.UTF_8));
    signer.sign();
  }
}
