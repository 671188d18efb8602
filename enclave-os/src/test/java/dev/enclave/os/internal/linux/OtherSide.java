package dev.enclave.os.internal.linux;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.interfaces.DHPublicKey;
import javax.crypto.spec.DHParameterSpec;
import javax.crypto.spec.DHPublicKeySpec;
import javax.crypto.spec.SecretKeySpec;

/** A service's side of an encrypted session, by the JDK alone: it shares no code with ours. */
final class OtherSide {

  /** RFC 2409 §6.2, typed from the standard. */
  static final BigInteger PRIME =
      new BigInteger(
          "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
              + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
              + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
              + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
          16);

  private final KeyPair pair;

  OtherSide() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("DH", "SunJCE");
    generator.initialize(new DHParameterSpec(PRIME, BigInteger.TWO));
    pair = generator.generateKeyPair();
  }

  /** Without leading zeros, as some services send it. */
  byte[] publicKey() {
    byte[] bytes = ((DHPublicKey) pair.getPublic()).getY().toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** 128 bytes. */
  byte[] shared(byte[] theirs) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("DH", "SunJCE");
    agreement.init(pair.getPrivate());
    agreement.doPhase(
        KeyFactory.getInstance("DH", "SunJCE")
            .generatePublic(new DHPublicKeySpec(new BigInteger(1, theirs), PRIME, BigInteger.TWO)),
        true);
    return agreement.generateSecret();
  }

  /** HKDF (RFC 5869) with SHA-256, no salt and no info: its first block. */
  static SecretKeySpec key(byte[] shared) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256", "SunJCE");
    mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
    byte[] pseudorandom = mac.doFinal(shared);
    mac.init(new SecretKeySpec(pseudorandom, "HmacSHA256"));
    return new SecretKeySpec(Arrays.copyOf(mac.doFinal(new byte[] {1}), 16), "AES");
  }
}
